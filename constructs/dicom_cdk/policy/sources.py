"""From a construct path to the Python line that made the resource.

Line numbers are not written into cdk.tf.json: every edit above would change the committed result. They are found in the sources
instead, by the ids that constructs are given: the path names the way from the stack's class to the call.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dicom_cdk.policy.document import Document

SERVICE = Path(__file__).resolve().parent.parent / "service"
STACKS = ("DicomStack", "BootstrapStack")
EXACT, PATTERN, PREFIX, ANY = range(4)


@dataclass(frozen=True)
class Place:
    """A file and its line, from 1."""

    file: Path
    line: int


@dataclass(frozen=True)
class _Call:
    callee: str
    place: Place
    literal: str | None
    pattern: re.Pattern[str] | None

    def rank(self, id: str) -> int | None:
        """How well this call fits a construct of that id; None: not at all."""
        if self.literal is not None:
            if self.literal == id:
                return EXACT
            return PREFIX if id.startswith(f"{self.literal}-") else None
        if self.pattern is not None:
            return PATTERN if self.pattern.fullmatch(id) else None
        return ANY


def place(document: Document, address: str, root: Path) -> tuple[str, int]:
    """Path relative to `root` and line: of the Python source, where it lies below `root`, else of the JSON or the module's file."""
    resource = document.resources.get(address)
    found = find(resource.path) if resource and resource.path else None
    if found is not None and found.file.is_relative_to(root):
        return found.file.relative_to(root).as_posix(), found.line
    file, line = document.place(address)
    file = file.resolve()
    shown = file.relative_to(root) if file.is_relative_to(root) else Path(file.parent.name, file.name)
    return shown.as_posix(), line


@cache
def find(path: str) -> Place | None:
    """The call behind a construct path below the stack, such as archive/host/instance."""
    classes = _classes()
    for stack in STACKS:
        if stack in classes:
            found = _within(stack, path.split("/"), 0)
            if found is not None:
                return found
    return None


def _within(name: str, ids: list[str], depth: int) -> Place | None:
    fitting = sorted(
        ((rank, call) for call in _classes()[name] if (rank := call.rank(ids[0])) is not None),
        key=lambda one: (one[0], one[1].place.line),
    )
    if depth == 0:
        # A stack holds too much that fits by chance.
        fitting = [one for one in fitting if one[0] in (EXACT, PATTERN)]
    for _, call in fitting:
        if len(ids) == 1:
            return call.place
        inner = _within(call.callee, ids[1:], depth + 1) if call.callee in _classes() else None
        if inner is not None or call.callee in _classes():
            return inner or call.place
    return fitting[0][1].place if fitting else None


@cache
def _classes() -> dict[str, list[_Call]]:
    """Class → the constructs that it makes, also by functions of its module, and by those of others that it hands itself to."""
    trees = {file: ast.parse(file.read_text()) for file in sorted(SERVICE.rglob("*.py"))}
    functions = {
        node.name: list(_calls(node, file))
        for file, tree in trees.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }
    found: dict[str, list[_Call]] = {}
    for file, tree in trees.items():
        loose = [call for node in tree.body if isinstance(node, ast.FunctionDef) for call in functions[node.name]]
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                handed = [call for name in sorted(_handed_to(node)) for call in functions.get(name, ())]
                found[node.name] = [*_calls(node, file), *loose, *handed]
    return found


def _handed_to(made: ast.ClassDef) -> set[str]:
    """Functions that get the construct itself first, and no id: with one the call is the place."""
    return {
        node.func.id
        for node in ast.walk(made)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args
        if isinstance(node.args[0], ast.Name) and node.args[0].id in ("self", "scope")
        if not isinstance(_id(node, node.func.id), ast.Constant | ast.JoinedStr | ast.Name)
    }


def _calls(tree: ast.AST, file: Path) -> Iterator[_Call]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        callee = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = _id(node, callee)
        if given is None:
            continue
        here = Place(file, node.lineno)
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            yield _Call(callee, here, given.value, None)
        elif isinstance(given, ast.JoinedStr):
            parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in given.values]
            yield _Call(callee, here, None, re.compile("".join(parts)))
        elif isinstance(given, ast.Name):
            yield _Call(callee, here, None, None)


def _id(call: ast.Call, callee: str) -> ast.expr | None:
    """The id that a call gives to a construct: after its scope, or first in a method of the room itself."""
    if callee == "__init__":
        return None
    first = call.args[0]
    if isinstance(first, ast.Name) and first.id in ("self", "scope", "stack"):
        return call.args[1] if len(call.args) > 1 else None
    own = (
        isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id == "self"
    )
    return first if own and isinstance(first, ast.Constant | ast.JoinedStr) else None
