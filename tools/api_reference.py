"""Writes docs/api.md: what people import, with signatures and docstrings, read from the sources (`make docs`)."""

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "constructs/dicom_cdk"
TARGET = ROOT / "docs/api.md"
ROOMS = (
    "network",
    "logs",
    "secrets",
    "registry",
    "database",
    "storage",
    "directory",
    "archive",
    "dicomweb",
    "gateway",
    "filter",
    "recovery",
    "watch",
    "alarms",
)
HEAD = """<!-- Generated from the sources by `make docs`; do not edit. -->

# What you import

How to use it: [library.md](library.md). Everything else in the package may change without notice.
"""
Definition = ast.ClassDef | ast.FunctionDef


def text() -> str:
    """The whole page."""
    front = ast.parse((SOURCES / "__init__.py").read_text())
    homes = next(
        ast.literal_eval(node.value) for node in front.body if isinstance(node, ast.Assign) and _named(node, "_HOMES")
    )
    lines = [HEAD, "## `from dicom_cdk import …`", ""]
    for name, home in sorted(homes.items()):
        lines += _entry(name, home)
    lines += [
        "## Rooms",
        "",
        "Each alone, from its module; its settings are the model of the same name below `dicom_cdk.settings.models`.",
        "",
    ]
    for room in ROOMS:
        lines += _entry(room.capitalize(), f"service.rooms.{room}")
    return "\n".join(lines).rstrip("\n") + "\n"


def main() -> int:
    TARGET.write_text(text())
    print(TARGET.relative_to(ROOT))
    return 0


def _entry(name: str, home: str) -> Iterator[str]:
    module = ast.parse((SOURCES / f"{home.replace('.', '/')}.py").read_text())
    found = next(node for node in module.body if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name)
    yield f"### {name}"
    yield ""
    yield f"`dicom_cdk.{home}`"
    yield ""
    yield "```python"
    yield _signature(found)
    yield "```"
    yield ""
    for doc in (ast.get_docstring(found), ast.get_docstring(init) if (init := _init(found)) else None):
        if doc:
            yield doc
            yield ""
    attributes = list(_attributes(found))
    if attributes:
        yield "| attribute | type | is |"
        yield "| --- | --- | --- |"
        yield from attributes
        yield ""


def _signature(found: Definition) -> str:
    function = _init(found) if isinstance(found, ast.ClassDef) else found
    if function is None:
        return f"class {found.name}"
    arguments = ast.unparse(function.args).removeprefix("self, ").removeprefix("self")
    if isinstance(found, ast.ClassDef):
        return f"{found.name}({arguments})"
    return f"{found.name}({arguments}) -> {ast.unparse(function.returns) if function.returns else 'None'}"


def _init(found: Definition) -> ast.FunctionDef | None:
    return next((node for node in found.body if isinstance(node, ast.FunctionDef) and node.name == "__init__"), None)


def _attributes(found: Definition) -> Iterator[str]:
    """Annotated ones of the class or in `__init__`, with the docstring that follows; there also `self.room = room = Room(…)`."""
    if not isinstance(found, ast.ClassDef):
        return
    init = _init(found)
    for body, read in ((found.body, _of_class), (init.body if init else [], _of_self)):
        for node, after in itertools.zip_longest(body, body[1:]):
            if (attribute := read(node)) is None:
                continue
            name, kind = attribute
            said = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
            yield f"| `{name}` | `{_cell(kind)}` | {_cell(' '.join(str(said).split()))} |"


def _of_class(node: ast.stmt) -> tuple[str, str] | None:
    """Name and type of `room: Room`."""
    match node:
        case ast.AnnAssign(target=ast.Name(id=name), annotation=kind):
            return name, ast.unparse(kind)
    return None


def _of_self(node: ast.stmt) -> tuple[str, str] | None:
    """Name and type of `self.room: Room = …` and of `self.room = room = Room(…)`."""
    match node:
        case ast.AnnAssign(target=ast.Attribute(attr=name, value=ast.Name(id="self")), annotation=kind):
            return name, ast.unparse(kind)
        case ast.Assign(
            targets=[ast.Attribute(attr=name, value=ast.Name(id="self")), ast.Name()],
            value=ast.Call(func=ast.Name(id=made)),
        ):
            return name, made
    return None


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _named(node: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)


if __name__ == "__main__":
    raise SystemExit(main())
