"""Files that hosts get, before and after, line by line; each file once, with everybody who carries it."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dicom_cdk.payload import unpack
from dicom_cdk.payload.errors import PayloadError
from dicom_cdk.payload.secrets_scan import findings

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


def file_changes(before: dict[str, Any], after: dict[str, Any]) -> list[FileChange]:
    """In order of names. What cannot be decoded is a file named for it."""
    old, new = _files(before), _files(after)
    found: dict[tuple[str, str, str], list[str]] = {}
    for address, name in sorted({*old, *new}):
        # What a whole new or gone resource carries is its own change.
        if not any(address == one for one, _ in old) or not any(address == one for one, _ in new):
            continue
        texts = old.get((address, name)), new.get((address, name))
        if texts[0] != texts[1]:
            found.setdefault((name, texts[0] or "", texts[1] or ""), []).append(address)
    return [_change(name, one, other, carriers) for (name, one, other), carriers in sorted(found.items())]


def _change(name: str, before: str, after: str, carriers: list[str]) -> FileChange:
    kind = "added" if not before else "removed" if not after else "changed"
    lines = [
        line
        for line in difflib.unified_diff(_masked(before), _masked(after), lineterm="", n=2)
        if not line.startswith(("---", "+++"))
    ]
    return FileChange(name, kind, tuple(lines[:LONGEST]), tuple(sorted(carriers)), max(len(lines) - LONGEST, 0))


def _masked(text: str) -> list[str]:
    lines = text.splitlines()
    for found in findings(text):
        lines[found.line - 1] = f"(redacted: looks like {found.kind})"
    return lines


def _files(document: dict[str, Any]) -> dict[tuple[str, str], str]:
    found = {}
    for kind, argument in (("alicloud_instance", "user_data"), ("alicloud_ecs_command", "command_content")):
        for name, body in (document.get("resource", {}).get(kind) or {}).items():
            if isinstance(body, dict) and isinstance(body.get(argument), str):
                for file, text in _decoded(kind, name, argument, body[argument]):
                    found[f"{kind}.{name}", file] = text
    return found


def _decoded(kind: str, name: str, argument: str, content: str) -> Iterator[tuple[str, str]]:
    try:
        payloads = unpack.payloads({"resource": {kind: {name: {argument: content}}}})
    except PayloadError as error:
        yield f"{argument} (cannot be decoded)", f"{error}\n{content}"
        return
    for payload in payloads:
        if not payload.bundles:
            yield argument, payload.text
        for path, data in payload.files.items():
            yield path, data.decode(errors="replace")
        for bundle in payload.bundles:
            for file in bundle.files:
                yield f"{bundle.room}/{file.path}", file.content.decode(errors="replace")
