"""The resources of a stack and of its local modules, by the addresses that Terraform gives them.

What a module is handed is filled into its resources, references inside it lead to its own, and what it gives is filled into its
caller: policies, review and report judge a module like any other part of the stack.

Over 200 lines: one walk over calls, arguments and references of modules.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.modules import files as module_files
from dicom_cdk.plan.payload_files import read_in
from dicom_cdk.plan.reading import hcl_text
from dicom_cdk.plan.reading.expressions import evaluated, written
from dicom_cdk.plan.reading.stated import OPEN, STEP, stepped
from dicom_cdk.plan.redaction.secret_values import is_marked, is_secret
from dicom_cdk.plan.stack import Stack

Json = dict[str, Any]
DEEPEST = 20
"""Values within values that are filled in; deeper ones stay references."""
LONGEST = 200_000
"""Letters of one value that is filled in."""
_KEPT = object()
_REPEATED = re.compile(r"(?<![\w.\-\"])(?:each\.(?:key|value)|count\.index)\b")
_REFERENCE = re.compile(
    r"(?<![\w.\-\"])(?:(?P<kind>var|local)\.(?P<name>[\w-]+)|module\.(?P<call>[\w-]+)(?:\[[^\]]*\])?\.(?P<output>[\w-]+)"
    r"|(?P<address>(?:data\.)?[a-z][a-z0-9]*_[a-z0-9_]+\.[A-Za-z_][\w-]*))"
)


@dataclass(frozen=True)
class Placed:
    """One resource, or data source: its module's address ("" for the stack itself), folder, type, name and body."""

    module: str
    folder: Path
    type: str
    name: str
    body: Any

    @property
    def address(self) -> str:
        return f"{self.module}{'.' if self.module else ''}{self.type}.{self.name}"


def resources(stack: Stack, section: str = "resource") -> Iterator[Placed]:
    """Those of the stack first, in the order of its file. `section`: or its data sources. Raises NotAStack."""
    calls = modules.calls(stack)
    root = _Scope("", stack.folder, stack.document, None, {})
    scopes = {"": root}
    for call in calls:
        above, _, name = call.address.rpartition(".module.")
        above, name = (above, name) if above else ("", call.address.removeprefix("module."))
        if call.folder is not None and above in scopes:
            caller = scopes[above]
            inner = _Scope(call.address, call.folder, module_files.document(call.folder), caller, call.arguments)
            caller.children[name] = scopes[call.address] = inner
    for scope in scopes.values():
        for kind, named in (scope.document.get(section) or {}).items():
            if kind == "//" or not isinstance(named, dict):
                continue
            for name, body in named.items():
                body = scope.filled(body) if len(scopes) > 1 else body
                yield Placed(scope.module, scope.folder, kind, name, read_in(body, scope.folder, stack.folder))


def carriers(stack: Stack) -> Iterator[tuple[str, str, Json]]:
    """Address, type and arguments of every managed resource. Raises NotAStack."""
    for one in resources(stack):
        body = _block(one.body)
        if body:
            yield one.address, one.type, body


def documents(stack: Stack) -> Iterator[Json]:
    """Everything that is written for a stack: its document, those of its modules, and what these become once they are called."""
    yield stack.document
    folders = modules.folders(stack)
    yield from (module_files.document(folder) for folder in folders)
    for one in resources(stack) if folders else ():
        yield {"resource": {one.type: {one.name: one.body}}}


def line(placed_in: Path, kind: str, name: str) -> tuple[Path, int]:
    """File and line, from 1, of a resource in its module's folder."""
    block = re.compile(rf'^[ \t]*resource\s+"?{re.escape(kind)}"?\s+"?{re.escape(name)}"?\s*\{{', re.MULTILINE)
    for file, text in module_files.texts(placed_in):
        found = block.search(text)
        if file.name.endswith(".json"):
            kinds = re.compile(rf"{re.escape(json.dumps(kind))}\s*:\s*[\[{{]").search(text)
            found = kinds and re.compile(rf"{re.escape(json.dumps(name))}\s*:\s*[\[{{]").search(text, kinds.end())
        if found:
            return file, text.count("\n", 0, found.start() + len(found[0]) - len(found[0].lstrip())) + 1
    return placed_in, 1


@dataclass
class _Scope:
    """One module as it is called, or the stack: what its references mean, in words of the stack."""

    module: str
    folder: Path
    document: Json
    caller: "_Scope | None"
    arguments: Json
    children: dict[str, "_Scope"] = field(default_factory=dict)
    known: dict[tuple[str, str], Any] = field(default_factory=dict)

    def filled(self, value: Any, depth: int = 0) -> Any:
        """`value` with its references followed; those of the stack's own variables and locals are kept."""
        if isinstance(value, dict):
            return {key: part if key == "//" else self._filled_part(key, part, depth) for key, part in value.items()}
        if isinstance(value, list):
            return [self.filled(part, depth) for part in value]
        if not isinstance(value, str) or "${" not in value or depth > DEEPEST:
            return value
        parts = hcl_text.pieces(value)
        if [sign for sign, _ in parts] == ["$"]:
            return self._expression(parts[0][1], depth)
        return "".join(self._piece(sign, text, depth) for sign, text in parts)

    def _filled_part(self, key: str, part: Any, depth: int) -> Any:
        if key == "depends_on" and isinstance(part, list):
            return [
                self.filled(one if "${" in one else f"${{{one}}}", depth)
                if isinstance(one, str) and self.module
                else one
                for one in part
            ]
        return self.filled(part, depth)

    def _expression(self, text: str, depth: int) -> Any:
        """What one `${…}` is, `text` being inside it."""
        only = _REFERENCE.match(text.strip())
        if only:
            found, end = self._meant(only, text.strip(), depth)
            if found is not _KEPT and end == len(text.strip()):
                return found
        return evaluated(f"${{{self._rewritten(text, depth)}}}", {})

    def _spliced(self, text: str, depth: int) -> str:
        found = self._expression(text, depth)
        if isinstance(found, bool):
            return "true" if found else "false"
        if isinstance(found, str | int | float):
            return str(found)
        return f"${{{self._rewritten(text, depth)}}}"

    def _piece(self, sign: str, text: str, depth: int) -> str:
        if sign == "%":
            return f"%{{{self._rewritten(text, depth)}}}"
        return self._spliced(text, depth) if sign else text

    def _rewritten(self, text: str, depth: int) -> str:
        """An expression with what its references mean put into their place."""
        whole, at = "", 0
        for one in _REFERENCE.finditer(text):
            if one.start() < at:
                continue
            found, end = self._meant(one, text, depth)
            whole += text[at : one.start()] + (self._prefixed(one[0]) if found is _KEPT else written(found))
            at = one.end() if found is _KEPT else end
        return whole + text[at:]

    def _prefixed(self, text: str) -> str:
        # What looks like an address may be the iterator of a dynamic block or of a `for`.
        section, kind = ("data", text.split(".")[1]) if text.startswith("data.") else ("resource", text.split(".")[0])
        own = text.startswith(("var.", "local.", "module.")) or kind in (self.document.get(section) or {})
        return f"{self.module}.{text}" if self.module and own else text

    def _meant(self, one: re.Match[str], text: str, depth: int) -> tuple[Any, int]:
        """The value of a reference, and where it ends with the keys that were followed; _KEPT where only its place is known."""
        found = self._value(one, depth)
        end = one.end()
        while (step := STEP.match(text, end)) and (part := stepped(found, step)) is not OPEN:
            found, end = part, step.end()
        if found is not _KEPT and text[end : end + 1] in (".", "[") and not isinstance(found, str):
            return _KEPT, one.end()
        return found, end

    def _value(self, one: re.Match[str], depth: int) -> Any:
        if one["address"]:
            return _KEPT
        kind, name = (one["kind"], one["name"]) if one["kind"] else (one["call"], one["output"])
        if (kind, name) not in self.known:
            # Until it is known: what refers to itself stays a reference.
            self.known[kind, name] = _KEPT
            found = self._looked_up(one, depth + 1)
            small = found is _KEPT or len(json.dumps(found, default=str)) <= LONGEST
            self.known[kind, name] = found if small else _KEPT
        return self.known[kind, name]

    def _of_call(self, value: Any) -> Any:
        """An argument of a call that stands `for_each` or `count`: its `each` is not that of the resource which it reaches."""
        if isinstance(value, dict):
            return {key: self._of_call(part) for key, part in value.items()}
        if isinstance(value, list):
            return [self._of_call(part) for part in value]
        return _REPEATED.sub(rf"{self.module}.\g<0>", value) if isinstance(value, str) and "{" in value else value

    def _looked_up(self, one: re.Match[str], depth: int) -> Any:
        if one["call"]:
            inner = self.children.get(one["call"])
            body = _block((inner.document.get("output") or {}).get(one["output"])) if inner else {}
            return inner.filled(body["value"], depth) if inner and "value" in body else _KEPT
        if self.caller is None:
            return _KEPT
        if one["kind"] == "local":
            written = _block(self.document.get("locals")).get(one["name"], _KEPT)
            return _KEPT if written is _KEPT else self.filled(written, depth)
        body = _block((self.document.get("variable") or {}).get(one["name"]))
        if is_marked(body) or is_secret(one["name"], {}):
            return _KEPT
        if one["name"] in self.arguments:
            return self._of_call(self.caller.filled(self.arguments[one["name"]], depth))
        return body.get("default", _KEPT)


def _block(found: Any) -> Json:
    found = found[0] if isinstance(found, list) and len(found) == 1 else found
    return found if isinstance(found, dict) else {}
