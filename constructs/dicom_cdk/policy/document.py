"""What is judged: the resources of a stack, from cdk.tf.json or a plan of it (planned.py), in one form, so that verdicts agree.

Over 200 lines: one form of all that is judged, which every policy relies on.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any

from dicom_cdk.plan.addresses import keyless, plain
from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.modules import resources as module_resources
from dicom_cdk.plan.modules import stack_files
from dicom_cdk.plan.modules.resources import Placed
from dicom_cdk.plan.reading.expressions import Names, evaluated
from dicom_cdk.plan.reading.repeated import REPEATED
from dicom_cdk.plan.reading.stated import stated
from dicom_cdk.plan.reading.written_json import is_open
from dicom_cdk.plan.stack import FILE, NotAStack, Stack, texts_in
from dicom_cdk.policy import ingress_networks
from dicom_cdk.policy.dynamic_blocks import written_out

Json = dict[str, Any]
LARGEST_MB = 32
_MODULE = r"(?:module\.[\w-]+(?:\[[^\]]*\])?\.)*"
_REFERENCE = re.compile(
    rf"(?<![\w.\"-])(?P<address>{_MODULE}(?:alicloud|random|tls|time|terraform)_[a-z0-9_]+\.[A-Za-z0-9_-]+)"
)
_OPENED = re.compile(r"\s*:\s*[\[{]")


@dataclass(frozen=True)
class Resource:
    """One managed resource; `values` as Terraform JSON has them, variables and locals filled in where the stack says them."""

    address: str
    type: str
    name: str
    values: Json
    path: str = ""
    """Construct path below the stack, such as archive/host/instance; "" where none is written."""
    waivers: tuple[Json, ...] = ()
    hidden: frozenset[str] = frozenset()
    """Attributes that a plan does not show."""
    known: Json = field(default_factory=dict)
    """What a plan knows of attributes that `values` holds as references."""
    module: Path | None = None
    """Folder of the local module that it is written in; None: the stack itself."""

    @property
    def room(self) -> str:
        return self.path.partition("/")[0] if "/" in self.path else ""

    def get(self, name: str, default: Any = None) -> Any:
        """An attribute's value, else the reference it is."""
        return self.known.get(name, self.values.get(name, default))

    @cached_property
    def needs(self) -> frozenset[str]:
        """Addresses that this one refers to."""
        return frozenset(references(self.values))


@dataclass(frozen=True)
class Document:
    """The resources of one stack by address. `mode`: json or plan."""

    name: str
    file: Path
    resources: Mapping[str, Resource]
    mode: str = "json"
    unseen: tuple[str, ...] = ()
    """What is said of each module that cannot be looked into."""
    by_call: Mapping[str, Resource] | None = None
    """The resources by each instance of the modules that call them, where the files name some; None where they name none."""

    def of(self, *types: str) -> list[Resource]:
        """The resources of `types`, in the order of the stack."""
        found = [placed for kind in dict.fromkeys(types) for placed in self._by_type.get(kind, ())]
        return [one for _, one in sorted(found, key=itemgetter(0))]

    @cached_property
    def _by_type(self) -> Mapping[str, list[tuple[int, Resource]]]:
        """Type → its resources with their place in the order: rules ask for each of thousands."""
        found: dict[str, list[tuple[int, Resource]]] = {}
        for place, one in enumerate(self.resources.values()):
            found.setdefault(one.type, []).append((place, one))
        return found

    def target(self, value: Any, *types: str) -> Resource | None:
        """The resource of one of `types` that `value` refers to."""
        return next(iter(self.targets(value, *types)), None)

    def targets(self, value: Any, *types: str) -> list[Resource]:
        """All resources of `types` that `value` refers to."""
        return [
            self.resources[instance]
            for address in references(value)
            for instance in ([address] if address in self.resources else self._meant(value, address))
            if self.resources[instance].type in types
        ]

    def naming(self, resource: Resource) -> list[Resource]:
        """Those that refer to it, by its address with or without its key."""
        names = {resource.address: 0, keyless(resource.address): 0, plain(resource.address): 0}
        return [one for name in names for one in self._naming.get(name, ())]

    @cached_property
    def _naming(self) -> Mapping[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for one in self.resources.values():
            for address in one.needs:
                found.setdefault(address, []).append(one)
        return found

    def _meant(self, value: Any, address: str) -> list[str]:
        """The instances that `value` names by their keys; all, where it names none."""
        instances = self._instances.get(address, [])
        texts = [text for text in texts_in(value) if f"{address}[" in text] if len(instances) > 1 else []
        return [one for one in instances if any(one in text for text in texts)] or instances

    @cached_property
    def _instances(self) -> Mapping[str, list[str]]:
        """Address without keys, its own or all, → those of its instances, of `count` and `for_each`."""
        found: dict[str, list[str]] = {}
        for address in self.resources:
            if "[" in address:
                for bare in {plain(address), keyless(address)}:
                    found.setdefault(bare, []).append(address)
        return found

    def resolved(self, resource: Resource) -> Json:
        """Its values with references to literals of other resources filled in, and the ranges of a prefix list."""
        found: Json = evaluated(resource.values, _Literals(self.resources))
        ranges = ingress_networks.listed(self, resource) if resource.type == ingress_networks.RULE else []
        return {**found, **resource.known, **({ingress_networks.LISTED: ranges} if ranges else {})}

    def behind(self, address: str) -> set[str]:
        """Everything that must exist before `address`, by references and depends_on."""
        found: set[str] = set()
        waiting = [address]
        while waiting:
            one = self.resources.get(waiting.pop())
            for needed in one.needs if one else ():
                if needed not in found and needed in self.resources:
                    found.add(needed)
                    waiting.append(needed)
        return found

    def place(self, address: str) -> tuple[Path, int]:
        """File and line, from 1, of a resource: cdk.tf.json, or a file of its module; line 1 where it cannot be told."""
        one = self.resources.get(address)
        if one is not None and one.module is not None:
            return module_resources.line(one.module, one.type, one.name)
        return self.file, self.line(address)

    def line(self, address: str) -> int:
        """Line, from 1, of a resource in cdk.tf.json; 1 where it cannot be told."""
        return self._lines.get(plain(address), 1)

    @cached_property
    def _lines(self) -> Mapping[str, int]:
        """Looked for once, also where none is found, as in a plan: that file may be megabytes."""
        return _lines(self.file, self.resources)


class _Literals(Names):
    """Attributes of resources by address and name, where the stack says what they are."""

    def __init__(self, resources: Mapping[str, Resource]) -> None:
        super().__init__()
        self._resources = resources

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        if len(key) < 3 or not isinstance(key[-1], str):
            return default
        above, last = ".".join(str(step) for step in key[:-2]), key[-2]
        # `.v` and `["v"]` are the same step.
        one = self._resources.get(f"{above}.{last}") or self._resources.get(f"{above}[{json.dumps(last)}]")
        given = one.values.get(key[-1]) if one else None
        return default if given is None or is_open(given) else given


def read(folder: Path) -> Document:
    """The document of a stack's folder. Raises NotAStack for what is none, is too large, or has nothing to judge."""
    file = folder / FILE
    try:
        size = file.stat().st_size
    except OSError:
        size = 0
    if size > LARGEST_MB * 1024 * 1024:
        raise NotAStack(
            f"{file}: {size // (1024 * 1024)} MB, allowed are {LARGEST_MB}; is it a stack of cdktf? Split it, or check its parts"
        )
    return of_stack(Stack.read(folder))


def of_stack(stack: Stack) -> Document:
    """The document of a stack. Raises NotAStack for other shapes."""
    file = stack.folder / FILE
    said = stated(stack.document)
    found = _resources(stack, file, module_resources.resources(stack, stated=said))
    if not any(part for section, part in stack.document.items() if section != "//"):
        raise NotAStack(f"{file}: nothing in it to judge; name the folder of a stack that cdktf wrote")
    by_call = None
    if any(key in call.arguments for call in modules.calls(stack) for key in REPEATED):
        by_call = _resources(stack, file, module_resources.resources(stack, stated=said, each=True))
    unseen = tuple(stack_files.not_looked_into(stack))
    return Document(stack.name, file, found, unseen=unseen, by_call=by_call)


def _resources(stack: Stack, file: Path, placed: Iterable[Placed]) -> dict[str, Resource]:
    resources = {}
    for one in placed:
        body = one.body[0] if isinstance(one.body, list) and len(one.body) == 1 else one.body
        if not isinstance(body, dict):
            raise NotAStack(
                f"{file}: resource.{one.address} is {type(body).__name__}, allowed is a map of arguments; synthesize again"
            )
        comment = body.get("//")
        comment = comment if isinstance(comment, dict) else {}
        said = {key: value for key, value in body.items() if key != "//"}
        resources[one.address] = Resource(
            one.address,
            one.type,
            one.name,
            written_out(said),
            stack.paths.get(one.address, ""),
            _waivers(comment),
            module=one.folder if one.module else None,
        )
    return resources


def _expressions(value: str) -> list[str]:
    """What stands in ``${}``. Where there are several, one may be inside another or hold quoted braces: then all from the first to
    the last, since a name too many in words between them is less bad than a reference that nobody sees."""
    found = re.findall(r"\$\{([^$]*)\}", value)
    if value.count("${") > 1:
        found.append(value[value.index("${") : value.rfind("}")])
    return found


def references(value: Any) -> Iterator[str]:
    """Addresses of resources named in `value`: in references, in depends_on, in functions."""
    if isinstance(value, str):
        if "${" in value or "." in value:
            expressions = _expressions(value) or ([value] if _REFERENCE.fullmatch(value) else [])
            yield from dict.fromkeys(found["address"] for text in expressions for found in _REFERENCE.finditer(text))
    elif isinstance(value, dict):
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def _waivers(comment: Json) -> tuple[Json, ...]:
    checkov = comment.get("checkov")
    skip = checkov.get("skip") if isinstance(checkov, dict) else None
    return tuple(one for one in skip if isinstance(one, dict)) if isinstance(skip, list) else ()


def _lines(file: Path, resources: Mapping[str, Resource]) -> dict[str, int]:
    """By looking for each type's key, then each name's behind the one before, which is the order of the file."""
    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError):
        return {}
    found: dict[str, int] = {}
    named: dict[tuple[str, str], int] = {}
    start, kinds, behind = max(text.find('"resource"'), 0), {}, {}
    ends = [found.start() for found in re.finditer("\n", text)]
    for one in resources.values():
        if one.type not in kinds:
            kinds[one.type] = behind[one.type] = _key_end(text, one.type, start)
        if (one.type, one.name) not in named and kinds[one.type] >= 0:
            at = _key_end(text, one.name, behind[one.type])
            named[one.type, one.name] = at if at >= 0 else _key_end(text, one.name, kinds[one.type])
            behind[one.type] = max(at, behind[one.type])
        name = named.get((one.type, one.name), -1)
        if name >= 0:
            found[one.address] = bisect_left(ends, name - 1) + 1
    return found


def _key_end(text: str, key: str, start: int) -> int:
    """Behind the bracket that a key opens; -1 where there is none."""
    quoted = json.dumps(key)
    while (at := text.find(quoted, start)) >= 0:
        start = at + len(quoted)
        if opened := _OPENED.match(text, start):
            return opened.end()
    return -1
