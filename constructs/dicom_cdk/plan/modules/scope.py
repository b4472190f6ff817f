"""What the names inside a module mean, in words of the stack that calls it.

Over 200 lines: one scope, whose names, calls and arguments lead to each other.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dicom_cdk.plan.addresses import plain
from dicom_cdk.plan.modules import files as module_files
from dicom_cdk.plan.modules.called import MOST, Call, calls
from dicom_cdk.plan.reading.expressions import Names, evaluated
from dicom_cdk.plan.reading.repeated import REPEATED, index, instances
from dicom_cdk.plan.reading.stated import DEEPEST
from dicom_cdk.plan.redaction.secret_values import is_marked, is_secret
from dicom_cdk.plan.stack import Stack

Json = dict[str, Any]
Stated = Mapping[tuple[str, str], Any]
LONGEST = 200_000
"""Letters of one value that is filled in."""
_KEPT = object()
_REFERENCE = "${%s}"


@dataclass
class _Program:
    """What all scopes of a stack share. `left`: how many more instances of modules are told apart; `depth`: of names just now."""

    calls: Mapping[str, Mapping[str, Call]]
    stated: Stated
    left: int
    depth: int = 0


@dataclass(frozen=True)
class _Called:
    """A call by the keys of its instances; one for all, by None, where it has one or only a plan knows which."""

    scopes: Mapping[Any, "Scope"]
    repeated: bool
    counted: bool = False


def scopes(stack: Stack, stated: Stated, *, each: bool) -> Iterator["Scope"]:
    """The stack's own, then those of its local modules, from the outside in. Raises NotAStack.

    `stated`: what variables and locals of the stack are written as; those that lack there stay references. `each`: one for each
    instance of a call, where the files say which there are.
    """
    inside: dict[str, dict[str, Call]] = {}
    for one in calls(stack):
        caller, _, name = one.address.rpartition("module.")
        inside.setdefault(caller.removesuffix("."), {})[name] = one
    waiting = [Scope("", stack.folder, stack.document, _Program(inside, stated, MOST if each else 0))]
    while waiting:
        scope = waiting.pop(0)
        yield scope
        waiting += [inner for name in inside.get(plain(scope.module), {}) for inner in scope.instances(name)]


class Scope(Names):
    """One module as it is called, or the stack: its names by their steps. `module`: its address, "" for the stack.

    `caller`: the scope that calls it, with `arguments`, and `own`, its `each` or `count`, where that is known.
    """

    def __init__(
        self,
        module: str,
        folder: Path,
        document: Json,
        program: _Program,
        caller: "Scope | None" = None,
        arguments: Json | None = None,
        own: Names | None = None,
    ) -> None:
        super().__init__()
        self.module, self.folder, self.document = module, folder, document
        self._program, self._caller, self._arguments, self._own = program, caller, arguments or {}, own
        self._calls: dict[str, _Called | None] = {}

    def filled(self, body: Any) -> Any:
        """The body of a resource with its names followed."""
        if isinstance(body, list):
            return [self.filled(one) for one in body]
        if not isinstance(body, dict):
            return evaluated(body, self)
        return {
            key: part
            if key == "//"
            else self._depended(part)
            if key == "depends_on" and isinstance(part, list)
            else evaluated(part, self)
            for key, part in body.items()
        }

    def _depended(self, names: list[Any]) -> list[Any]:
        return [
            _REFERENCE % self.reference(one.removeprefix("${").removesuffix("}"))
            if self.module and isinstance(one, str)
            else one
            for one in names
        ]

    def instances(self, name: str) -> list["Scope"]:
        """The scopes of a module that this one calls; none where it cannot be looked into."""
        called = self._called(name)
        return list(called.scopes.values()) if called else []

    def _called(self, name: str) -> _Called | None:
        """What one call makes, once it is asked for: which instances there are may hang on what another call gives."""
        if name not in self._calls:
            call = self._program.calls.get(plain(self.module), {}).get(name)
            self._calls[name] = None
            if call is not None and call.folder is not None:
                self._calls[name] = self._made(name, call.folder, call.arguments)
        return self._calls[name]

    def _made(self, name: str, folder: Path, arguments: Json) -> _Called:
        address, document = f"{self.module}.module.{name}".removeprefix("."), module_files.document(folder)
        written = {key: arguments[key] for key in REPEATED if key in arguments}
        named = instances(evaluated(written, self)) if written and self._program.left else None
        if named is None or len(named) > self._program.left:
            return _Called({None: Scope(address, folder, document, self._program, self, arguments)}, bool(written))
        self._program.left -= len(named)
        found = {
            key: Scope(f"{address}{index(key)}", folder, document, self._program, self, arguments, own)
            for key, own in named.items()
        }
        return _Called(found, repeated=True, counted="count" in written)

    def reference(self, written: str) -> str:
        return f"{self.module}.{written}" if self.module else written

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        if key in self:
            return super().get(key)
        meant = self._known(key)
        if meant is None:
            return default
        reference = _REFERENCE % self.reference("".join(map(_step, key)).removeprefix("."))
        if self._program.depth >= DEEPEST:
            return reference
        # Until it is known: what refers to itself stays a reference, as what grows with every step does.
        self[key] = reference
        self._program.depth += 1
        found = meant()
        self._program.depth -= 1
        if found is not _KEPT and (self._literal(key, found) or len(json.dumps(found, default=str)) <= LONGEST):
            self[key] = found
        return self[key]

    def _literal(self, key: tuple[Any, ...], found: Any) -> bool:
        """A long list of the stack's own is as long as somebody wrote it."""
        return not self.module and len(key) == 2 and self._program.stated.get((key[0], key[1]), _KEPT) == found

    def _known(self, key: tuple[Any, ...]) -> Callable[[], Any] | None:
        """What gives the value of a name, or that it is kept; None for what is no name of this module."""
        kind, *rest = key
        if kind == "module" and rest:
            return self._given(rest[0], rest[1:])
        if not self.module:
            stated = self._program.stated
            return (lambda: evaluated(stated[key[0], key[1]], self)) if key in stated else None
        if not all(isinstance(one, str) for one in rest):
            return None
        if len(rest) == 1 and kind in ("var", "local"):
            return lambda: (self._variable if kind == "var" else self._local)(rest[0])
        section, names = ("data", rest) if kind == "data" else ("resource", [kind, *rest])
        # What looks like an address may be the iterator of a dynamic block or of a `for`.
        return (lambda: _KEPT) if len(names) == 2 and names[0] in (self.document.get(section) or {}) else None

    def _local(self, name: str) -> Any:
        written = single(self.document.get("locals")).get(name, _KEPT)
        return _KEPT if written is _KEPT else evaluated(written, self)

    def _variable(self, name: str) -> Any:
        body = single((self.document.get("variable") or {}).get(name))
        if is_marked(body) or is_secret(name, {}):
            return _KEPT
        if self._caller is not None and name in self._arguments:
            return evaluated(self._arguments[name], _Arguments(self._caller, self.module, self._own))
        return body.get("default", _KEPT)

    def _given(self, name: str, rest: list[Any]) -> Callable[[], Any] | None:
        """Of `module.NAME`, `module.NAME.OUTPUT`, and of `module.NAME[KEY].OUTPUT` for a call that is repeated."""
        called = self._called(name)
        several = called is not None and None not in called.scopes
        if not rest and called is not None and several:
            return lambda: _outputs(called)
        if not rest:
            return (lambda: _KEPT) if self.module else None
        if called is None or len(rest) != (2 if called.repeated else 1) or isinstance(rest[-1], tuple):
            return None
        # The same is said of all instances, where only a plan knows which there are.
        scope = called.scopes.get(rest[0]) if several else called.scopes[None]
        return None if scope is None else scope.output(rest[-1])

    def output(self, name: Any) -> Callable[[], Any] | None:
        """What gives its value, in words of the stack; None where there is none of that name."""
        body = single((self.document.get("output") or {}).get(name))
        return (lambda: evaluated(body["value"], self)) if "value" in body else None


class _Arguments(Names):
    """Names in the arguments of a call: the caller's, and the call's own `each` and `count`, which are not those of a resource."""

    def __init__(self, caller: Scope, called: str, own: Names | None) -> None:
        super().__init__(own or {})
        self._caller, self._called = caller, called

    def reference(self, written: str) -> str:
        return self._caller.reference(written)

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        if key in self:
            return super().get(key)
        if key in (("each",), ("count",)):
            return _REFERENCE % f"{self._called}.{key[0]}"
        return self._caller.get(key, default)


def single(found: Any) -> Json:
    """The one body that stands there, in a list or not; empty where there is none."""
    found = found[0] if isinstance(found, list) and len(found) == 1 else found
    return found if isinstance(found, dict) else {}


def _outputs(called: _Called) -> Any:
    """What all instances of a call give, by key or in their order."""
    found = {
        key: {name: value() for name in scope.document.get("output") or {} if (value := scope.output(name)) is not None}
        for key, scope in called.scopes.items()
    }
    return list(found.values()) if called.counted else found


def _step(step: Any) -> str:
    if isinstance(step, tuple):
        return f"[{step[0]}]"
    return f".{step}" if isinstance(step, str) and step.replace("-", "_").isidentifier() else f"[{json.dumps(step)}]"
