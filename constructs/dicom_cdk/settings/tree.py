"""A YAML file as a tree in which every key remembers its file and line."""

import datetime
from typing import Any, NamedTuple

from dicom_cdk.settings.errors import Path, shown

UNREADABLE = object()
"""The value of a scalar that was refused while reading: already reported, not to be judged again."""


class Scalar(NamedTuple):
    """A single value. `value` is what YAML 1.1 reads (str, int, float, bool, None, date) or UNREADABLE; `text` what is written."""

    file: str
    line: int
    text: str
    value: Any
    quoted: bool


class Items(NamedTuple):
    """A list."""

    file: str
    line: int
    items: list["Node"]


class Entries(NamedTuple):
    """A map: each key with the place where it is written and its value."""

    file: str
    line: int
    entries: dict[str, "Entry"]


class Entry(NamedTuple):
    """A key's place and its value."""

    file: str
    line: int
    node: "Node"


Node = Scalar | Items | Entries


def place(root: Entries, path: Path) -> tuple[str, int, bool]:
    """File and line of the key at `path`, or of the nearest map around it; and whether the key itself is written."""
    file, line, node = root.file, root.line, root
    found: Node = node
    for part in path:
        if isinstance(found, Entries) and isinstance(part, str) and part in found.entries:
            entry = found.entries[part]
            file, line, found = entry.file, entry.line, entry.node
        elif isinstance(found, Items) and isinstance(part, int) and part < len(found.items):
            found = found.items[part]
            file, line = found.file, found.line
        else:
            return file, line, False
    return file, line, True


def kind(node: Node) -> str:
    """What a node is, with its value where that is short: for errors."""
    if isinstance(node, Entries):
        return "a map"
    if isinstance(node, Items):
        return "a list"
    if node.quoted or isinstance(node.value, str) or node.value is None:
        return shown(node.value)
    if isinstance(node.value, bool):
        meant = f" (YAML 1.1 reads {node.text} so)" if node.text.lower() not in ("true", "false") else ""
        return f"{shown(node.value)}{meant}"
    if isinstance(node.value, datetime.date):
        return f"the date {node.text}"
    if ":" in node.text:
        return f"the number {node.value} (YAML 1.1 reads {node.text} to the base 60)"
    if str(node.value) != node.text:
        return f"the number {node.value} (YAML 1.1 reads {node.text} so)"
    return f"the number {node.text}"
