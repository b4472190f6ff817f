"""The modules that a stack calls: local ones are laid beside it for a plan, others are said by name."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dicom_cdk.offline.store import Mode
from dicom_cdk.plan.stack import FILE, NotAStack, Stack

MOST = 1_000
"""Calls of one stack; more is a mistake that copies itself."""
OF_TERRAFORM = (".tf", ".tf.json", ".tofu", ".tfvars", ".tfvars.json", ".tfstate", ".tfstate.backup", ".hcl")
_COMMENT = re.compile(r"/\*.*?\*/|^\s*(?:#|//)[^\n]*", re.DOTALL | re.MULTILINE)
_CALL = re.compile(r'^\s*module\s+"?([\w-]+)"?\s*\{(.*?)^\s*\}', re.DOTALL | re.MULTILINE)
_SHORT = re.compile(r'^\s*module\s+"?([\w-]+)"?\s*\{([^\n{}]*)\}', re.MULTILINE)
_SOURCE = re.compile(r'\bsource\s*=\s*"([^"]*)"')
_BLOCK = re.compile(r'^\s*(resource|data)\s+"?([a-z0-9_]+)"?\s+"?[\w-]+"?\s*\{', re.MULTILINE)


@dataclass(frozen=True)
class Call:
    """One call of a module. `address`: module.a.module.b; `folder`: where it lies, None where it cannot be looked into."""

    address: str
    source: str
    folder: Path | None


def calls(stack: Stack) -> tuple[Call, ...]:
    """Every call of a stack and of what it calls. Raises NotAStack for a folder that lacks, a circle, or too many."""
    found: list[Call] = []
    folder = stack.folder.absolute()
    waiting: list[tuple[str, str, Path, tuple[Path, ...]]] = [
        (f"module.{name}", source, folder, (folder,)) for name, source in _named(stack.document.get("module"))
    ]
    while waiting:
        address, source, caller, above = waiting.pop(0)
        place = Path(os.path.normpath(caller / source)) if source.startswith(("./", "../", "/")) else None
        found.append(Call(address, source, place))
        if len(found) > MOST:
            raise NotAStack(
                f"{stack.folder / FILE}: {address}: more than {MOST} calls of modules; does one call itself?"
            )
        if place is None:
            continue
        if place in above:
            circle = " → ".join(one.name for one in (*above[above.index(place) :], place))
            raise NotAStack(
                f"{stack.folder / FILE}: {address}: modules call each other in a circle: {circle}; break it"
            )
        if not place.is_dir():
            raise NotAStack(
                f"{stack.folder / FILE}: {address}: no folder {source} beside the stack; name one that is there"
            )
        waiting += [(f"{address}.module.{name}", inner, place, (*above, place)) for name, inner in _calls_in(place)]
    return tuple(found)


def unseen(stack: Stack) -> list[str]:
    """What is said of every module that cannot be looked into."""
    return [
        f"{one.address} is not looked into: it comes from {one.source or 'nowhere (no source)'}; copy it beside the stack "
        "and call it by its path (./…) to have it planned and judged"
        for one in calls(stack)
        if one.folder is None
    ]


def types(stack: Stack) -> Mapping[Mode, set[str]]:
    """Types in use, in the stack and in its local modules."""
    found: dict[Mode, set[str]] = {"managed": set(stack.types()["managed"]), "data": set(stack.types()["data"])}
    for folder in {one.folder for one in calls(stack) if one.folder is not None}:
        for section, kind in _types_in(folder):
            found["managed" if section == "resource" else "data"].add(kind)
    return found


def lay_out(stack: Stack, root: Path) -> Path:
    """A folder below `root` for the stack's document, with its files and local modules around it as they lie around the stack.

    Folders are new, files are links: Terraform may write beside them, never into them.
    """
    own = stack.folder.absolute()
    modules = sorted({one.folder for one in calls(stack) if one.folder is not None})
    common = Path(os.path.commonpath([own, *modules])) if modules else own
    target = root / own.relative_to(common)
    target.mkdir(parents=True, exist_ok=True)
    for folder in modules:
        _mirror(folder, root / folder.relative_to(common), own)
    for entry in own.iterdir() if own.is_dir() else ():
        place = target / entry.name
        if not entry.name.startswith(".") and not entry.name.endswith(OF_TERRAFORM) and not place.exists():
            place.symlink_to(entry)
    return target


def _mirror(folder: Path, target: Path, own: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for entry in sorted(folder.iterdir()):
        place = target / entry.name
        if entry.name.startswith(".") or ".tfstate" in entry.name:
            continue
        if entry.is_dir() and not entry.is_symlink():
            # The way to the stack itself is made already, and is not the module's.
            if entry != own and entry not in own.parents:
                _mirror(entry, place, own)
        elif not place.exists():
            place.symlink_to(entry)


def _named(section: Any) -> Iterator[tuple[str, str]]:
    for name, body in section.items() if isinstance(section, dict) else ():
        for one in body if isinstance(body, list) else [body]:
            if isinstance(one, dict) and name != "//":
                yield name, str(one.get("source", ""))


def _files(folder: Path) -> Iterator[tuple[str, Any]]:
    """Name and text of each file of Terraform: HCL without comments, JSON decoded."""
    for file in sorted(folder.iterdir()):
        if not file.name.endswith((".tf", ".tf.json", ".tofu")):
            continue
        try:
            text = file.read_text()
            yield file.name, json.loads(text) if file.name.endswith(".json") else _COMMENT.sub("", text)
        except (OSError, ValueError) as error:
            raise NotAStack(f"{file}: cannot be read: {error}; repair the module") from None


def _calls_in(folder: Path) -> Iterator[tuple[str, str]]:
    for _, found in _files(folder):
        if isinstance(found, dict):
            yield from _named(found.get("module"))
        elif isinstance(found, str):
            for call in (*_SHORT.finditer(found), *_CALL.finditer(_SHORT.sub("", found))):
                source = _SOURCE.search(call[2])
                yield call[1], source[1] if source else ""


def _types_in(folder: Path) -> Iterator[tuple[str, str]]:
    for _, found in _files(folder):
        if isinstance(found, dict):
            for section in ("resource", "data"):
                yield from ((section, kind) for kind in found.get(section) or {} if kind != "//")
        elif isinstance(found, str):
            yield from ((block[1], block[2]) for block in _BLOCK.finditer(found))
