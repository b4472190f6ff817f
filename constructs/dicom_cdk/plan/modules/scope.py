"""What the names inside a module mean, in words of the stack that calls it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dicom_cdk.plan.reading.expressions import Names, evaluated
from dicom_cdk.plan.reading.stated import DEEPEST
from dicom_cdk.plan.redaction.secret_values import is_marked, is_secret

Json = dict[str, Any]
LONGEST = 200_000
"""Letters of one value that is filled in."""
REPEATING = ("for_each", "count")
_KEPT = object()
_REFERENCE = "${%s}"


class Scope(Names):
    """One module as it is called, or the stack: its names by their steps. `module`: its address, "" for the stack.

    `caller`: the scope that calls it, with `arguments`. `stated`: what variables and locals of the stack stand for; without it
    these stay references.
    """

    def __init__(
        self,
        module: str,
        folder: Path,
        document: Json,
        caller: "Scope | None" = None,
        arguments: Json | None = None,
        stated: Names | None = None,
    ) -> None:
        super().__init__()
        self.module, self.folder, self.document = module, folder, document
        self.children: dict[str, Scope] = {}
        self._caller, self._arguments, self._stated = caller, arguments or {}, stated
        self._depth: list[int] = caller._depth if caller else [0]

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

    def reference(self, written: str) -> str:
        return f"{self.module}.{written}" if self.module else written

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        if key in self:
            return super().get(key)
        if not self.module and key[0] in ("var", "local"):
            return default if self._stated is None else self._stated.get(key, default)
        meant = self._known(key)
        if meant is None:
            return default
        reference = _REFERENCE % self.reference("".join(map(_step, key)).removeprefix("."))
        if self._depth[0] >= DEEPEST:
            return reference
        # Until it is known: what refers to itself stays a reference, as what grows with every step does.
        self[key] = reference
        self._depth[0] += 1
        found = meant()
        self._depth[0] -= 1
        if found is not _KEPT and len(json.dumps(found, default=str)) <= LONGEST:
            self[key] = found
        return self[key]

    def _known(self, key: tuple[Any, ...]) -> Callable[[], Any] | None:
        """What gives the value of a name, or that it is kept; None for what is no name of this module."""
        kind, *rest = key
        if kind == "module":
            return self._output(rest)
        if not self.module or not all(isinstance(one, str) for one in rest):
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
            return evaluated(self._arguments[name], _Arguments(self._caller, self.module))
        return body.get("default", _KEPT)

    def _output(self, steps: list[Any]) -> Callable[[], Any] | None:
        """Of `module.NAME.OUTPUT`, and of `module.NAME[KEY].OUTPUT` for a call that is repeated."""
        child = self.children.get(steps[0]) if steps else None
        if len(steps) == 1 and self.module:
            return lambda: _KEPT
        if child is None or len(steps) != (3 if any(one in child._arguments for one in REPEATING) else 2):
            return None
        body = single((child.document.get("output") or {}).get(steps[-1]))
        return (lambda: evaluated(body["value"], child)) if "value" in body else None


class _Arguments(Names):
    """Names in the arguments of a call: the caller's, and the call's own `each` and `count`, which are not those of a resource."""

    def __init__(self, caller: Scope, called: str) -> None:
        super().__init__()
        self._caller, self._called = caller, called
        self.reference = caller.reference  # type: ignore[method-assign]

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        if key in (("each",), ("count",)):
            return _REFERENCE % f"{self._called}.{key[0]}"
        return self._caller.get(key, default)


def single(found: Any) -> Json:
    """The one body that stands there, in a list or not; empty where there is none."""
    found = found[0] if isinstance(found, list) and len(found) == 1 else found
    return found if isinstance(found, dict) else {}


def _step(step: Any) -> str:
    if isinstance(step, tuple):
        return f"[{step[0]}]"
    return f".{step}" if isinstance(step, str) and step.replace("-", "_").isidentifier() else f"[{json.dumps(step)}]"
