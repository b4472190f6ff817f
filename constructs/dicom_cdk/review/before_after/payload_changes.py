"""Files that hosts get, before and after, line by line; each file once, with everybody who carries it."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from dicom_cdk.payload.readable import Carrier, files, masked

LONGEST = 400
"""Lines of one file's difference; the rest is counted."""


@dataclass(frozen=True)
class FileChange:
    """One file: "added", "removed" or "changed"; `lines` as of a unified diff, masked; `carriers` addresses."""

    name: str
    kind: str
    lines: tuple[str, ...]
    carriers: tuple[str, ...]
    left_out: int = 0


def file_changes(before: Sequence[Carrier], after: Sequence[Carrier]) -> list[FileChange]:
    """In order of names. What cannot be decoded is a file named for it. `before`: by the addresses of after."""
    # What a whole new or gone resource carries is its own change; what is written as before carries what it did.
    was = {address: body for address, _, body in before}
    differing = {address for address, _, body in after if address in was and was[address] != body}
    old, new = (files(one for one in side if one[0] in differing) for side in (before, after))
    found: dict[tuple[str, str, str], list[str]] = {}
    for address, name in sorted({*old, *new}):
        texts = old.get((address, name)), new.get((address, name))
        if texts[0] != texts[1]:
            found.setdefault((name, texts[0] or "", texts[1] or ""), []).append(address)
    return [_change(name, one, other, carriers) for (name, one, other), carriers in sorted(found.items())]


def _change(name: str, before: str, after: str, carriers: list[str]) -> FileChange:
    kind = "added" if not before else "removed" if not after else "changed"
    lines = [
        line
        for line in difflib.unified_diff(masked(before), masked(after), lineterm="", n=2)
        if not line.startswith(("---", "+++"))
    ]
    return FileChange(name, kind, tuple(lines[:LONGEST]), tuple(sorted(carriers)), max(len(lines) - LONGEST, 0))
