"""What our Python policies share: natural values instead of Checkov's wrapped ones, one line per problem, decoded payloads.

Over 200 lines: each policy imports this one name, and other files of the folder are taken as policies.
"""

import ipaddress
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, ClassVar

from checkov.common.bridgecrew.severities import BcSeverities, Severities
from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

from dicom_cdk.payload import unpack
from dicom_cdk.payload.errors import PayloadError
from dicom_cdk.plan.reading.written_json import is_open, read_json
from dicom_cdk.policy.address_ranges import network
from dicom_cdk.policy.ingress_networks import LIST, LISTED, RANGES

Json = dict[str, Any]

PRIVATE = tuple(ipaddress.ip_network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
HEALTH_CHECKS = ipaddress.ip_network("100.64.0.0/10")
"""Where CLB health checks come from (facts: policies 10)."""


class ResourcePolicy(BaseResourceCheck):
    """A policy over one resource. A subclass sets the class attributes and yields one line per problem; none means passed.

    `reads` names attributes whose text is parsed: where a plan hides or lacks one, the gate says "not judged" instead.
    `weighs` names arguments, through blocks by dots, whose value decides: where one is an expression of what only Terraform
    knows, nothing passes: the gate says "not judged".
    In `failing`, exactly the resources whose names start with "bad" fail; in `passing`, none does.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    severity_name: ClassVar[str]
    category: ClassVar[str]
    fix: ClassVar[str]
    types: ClassVar[tuple[str, ...]]
    reads: ClassVar[tuple[str, ...]] = ()
    weighs: ClassVar[tuple[str, ...]] = ()
    failing: ClassVar[Json]
    passing: ClassVar[Json]

    def __init__(self) -> None:
        super().__init__(
            name=self.title,
            id=self.key,
            categories=[CheckCategories[self.category]],
            supported_resources=list(self.types),
            guideline=self.fix,
        )
        self.severity = Severities[getattr(BcSeverities, self.severity_name)]  # type: ignore[assignment]

    def scan_resource_conf(self, conf: dict[str, list[Any]]) -> CheckResult:
        """Passed or failed, never unknown: Checkov drops that silently. Details of what passed are what could not be read."""
        resource = natural(conf)
        problems = list(self.problems(resource))
        self.details = problems or [path for path in self.weighed(resource) if _unread(resource, path.split("."))]
        return CheckResult.FAILED if problems else CheckResult.PASSED

    def weighed(self, resource: Json) -> tuple[str, ...]:  # noqa: ARG002 - policies look at it
        """`weighs`, as far as it matters for this resource."""
        return self.weighs

    def problems(self, resource: Json) -> Iterator[str]:
        """One line per problem; no line quotes a value that could be secret."""
        raise NotImplementedError


class PayloadPolicy(ResourcePolicy):
    """A policy over the files that a resource sends to a host: user data and Cloud Assistant commands, decoded."""

    types = ("alicloud_instance", "alicloud_ecs_launch_template", "alicloud_ecs_command")
    reads = weighs = ("user_data", "command_content")
    category = "GENERAL_SECURITY"

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}

    def problems(self, resource: Json) -> Iterator[str]:
        if unreadable(resource):
            return  # CKV2_DICOM_90 says so, once
        for name, text in files(resource):
            yield from self._judged(name, text)

    def _judged(self, name: str, text: str) -> tuple[str, ...]:
        """Many resources carry the same file: it is looked at once."""
        if (name, text) not in self._known:
            self._known[name, text] = tuple(f"{name}:{line}: {problem}" for line, problem in self.in_file(name, text))
        return self._known[name, text]

    def in_file(self, name: str, text: str) -> Iterator[tuple[int, str]]:
        """Line, from 1, and problem. `name`: "user data", "command", a path on the host, or room/path of a bundle."""
        raise NotImplementedError


class ListPolicy(ResourcePolicy):
    """A policy over the list of modalities, which is an object `modalities/…` of the bucket of operations."""

    types = ("alicloud_oss_bucket_object",)
    reads = ("content",)

    def weighed(self, resource: Json) -> tuple[str, ...]:
        return ("content",) if str(resource.get("key")).startswith("modalities/") else ()

    def problems(self, resource: Json) -> Iterator[str]:
        content = resource.get("content")
        if not str(resource.get("key")).startswith("modalities/") or is_reference(content):
            return
        try:
            listed = content if isinstance(content, dict) else read_json(str(content))
        except ValueError:
            listed = None
        if isinstance(listed, dict):
            yield from self.judge(listed)
        else:
            yield "the list of modalities is no JSON"

    def judge(self, listed: Json) -> Iterator[str]:
        """One line per problem. `listed`: hospitals with their networks, modalities."""
        raise NotImplementedError


def natural(wrapped: Any) -> Any:
    """Values as Terraform JSON has them: Checkov wraps each in a list. Nested blocks stay lists of maps."""
    if not isinstance(wrapped, dict):
        return wrapped
    found = {}
    for name, value in wrapped.items():
        if name in ("__startline__", "__endline__", "start_line", "end_line"):
            continue
        if name == "//" or not isinstance(value, list):
            found[name] = value
        elif any(isinstance(part, dict) for part in value):
            found[name] = [natural(part) for part in value]
        else:
            found[name] = value[0] if len(value) == 1 else value
    return found


def block(resource: Json, name: str) -> Json:
    """The one nested block `name`; empty where there is none."""
    found = resource.get(name)
    found = found[0] if isinstance(found, list) and found else found
    return found if isinstance(found, dict) else {}


def blocks(resource: Json, name: str) -> list[Json]:
    """All nested blocks `name`."""
    found = resource.get(name)
    found = found if isinstance(found, list) else [found]
    return [part for part in found if isinstance(part, dict)]


def items(value: Any) -> list[Any]:
    """A list, whether one or several were written."""
    return value if isinstance(value, list) else [] if value is None else [value]


def document(value: Any) -> Any:
    """JSON text, or what Checkov decoded of it already; None where it is neither."""
    if isinstance(value, str):
        try:
            return read_json(value)
        except ValueError:
            return None
    return value if isinstance(value, dict | list) else None


def _unread(resource: Json, names: list[str]) -> bool:
    """Whether only Terraform knows what stands at a path of names. A document of JSON with references in it is read."""
    return names[0] in block(resource, "dynamic") or any(
        is_open(one) and document(one) is None for one in values(resource, names)
    )


def values(value: Any, names: list[str]) -> Iterator[Any]:
    """What stands at a path of names, through blocks; a whole block that is one expression too."""
    for part in items(value):
        if not names:
            yield from values(part, names) if isinstance(part, list) else [part]
        elif not isinstance(part, dict):
            yield part
        elif part.get(names[0]) is not None:
            yield from values(part[names[0]], names[1:])


def is_true(value: Any) -> bool:
    return value is True or str(value).lower() == "true"


def is_reference(value: Any) -> bool:
    """Whether Terraform fills it in."""
    return isinstance(value, str) and "${" in value


def is_private(cidr: Any) -> bool:
    """Whether all of `cidr` lies in the ranges of RFC 1918 or 4193."""
    found = network(cidr)
    return found is not None and any(
        found.version == one.version and found.subnet_of(one)  # type: ignore[arg-type]
        for one in PRIVATE
    )


def ports(port_range: Any) -> range:
    """The ports of `80/443`; all of them for `-1/-1`, for nothing and for what cannot be read."""
    first, _, last = str(port_range or "").partition("/")
    try:
        low, high = int(first), int(last)
    except ValueError:
        low, high = -1, -1
    return range(65536) if low < 0 or high < 0 else range(low, high + 1)


def accepts(rule: Json) -> bool:
    """Whether a security-group rule lets something in."""
    return rule.get("type") == "ingress" and rule.get("policy", "accept") != "drop"


def weighed(rule: Json) -> tuple[str, ...]:
    """Arguments that say whom a security-group rule lets in."""
    return () if rule.get("type") == "egress" else ("type", "policy", *RANGES, LISTED if LISTED in rule else LIST)


def ranges(rule: Json) -> Iterator[tuple[str, Any]]:
    """What a security-group rule says and every range that this means; those of a prefix list of the stack with its argument."""
    yield from ((f"{name} is", rule[name]) for name in RANGES if rule.get(name))
    yield from ((f"{LIST} names a list with", cidr) for cidr in items(rule.get(LISTED)))


def statements(text: Any) -> list[Json]:
    """Statements of a RAM or bucket policy; empty for what is none."""
    found = document(text)
    said = found.get("Statement") if isinstance(found, dict) else None
    return [one for one in items(said) if isinstance(one, dict)]


def files(resource: Json) -> tuple[tuple[str, str], ...]:
    """Name and text of every text file that a resource sends to a host; nothing where Terraform fills it in later."""
    command = resource.get("command_content")
    content = command if command is not None else resource.get("user_data")
    if not isinstance(content, str) or "${" in content:
        return ()
    return _files(content, command is not None)


def unreadable(resource: Json) -> str:
    """Why a payload cannot be decoded; "" where it can."""
    try:
        files(resource)
    except PayloadError as error:
        return str(error)
    return ""


@lru_cache(maxsize=256)
def _decoded(content: str, command: bool) -> unpack.Payload:
    if command:
        return unpack.payload_of("alicloud_ecs_command.payload", "command_content", content)
    return unpack.payload_of("alicloud_instance.payload", "user_data", content)


@lru_cache(maxsize=256)
def _files(content: str, command: bool) -> tuple[tuple[str, str], ...]:
    payload = _decoded(content, command)
    found = [("command" if command else "user data", payload.text)]
    found += [(path, _text(data)) for path, data in sorted(payload.files.items())]
    for bundle in payload.bundles:
        found += [(f"{bundle.room}/{file.path}", _text(file.content)) for file in bundle.files]
    return tuple((name, text) for name, text in found if text)


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return ""


@lru_cache(maxsize=64)
def code_lines(text: str, comment: str = "#") -> tuple[tuple[int, str], ...]:
    """Lines with their numbers from 1, without whole-line comments and blank lines. Nine policies ask for those of each file."""
    numbered = enumerate(text.splitlines(), 1)
    return tuple(
        (number, line) for number, line in numbered if (bare := line.lstrip()) and not bare.startswith(comment)
    )
