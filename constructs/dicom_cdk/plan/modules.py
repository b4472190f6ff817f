"""The modules that a stack calls: local ones are laid beside it for a plan, others are said by name.

Over 200 lines: finding a module, reading it and naming what is missing share one walk.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dicom_cdk.offline.store import Mode
from dicom_cdk.plan.module_files import READ, document, left_out, parsed
from dicom_cdk.plan.stack import FILE, NotAStack, Stack
from dicom_cdk.plan.stated import filled, stated

Json = dict[str, Any]

MOST = 1_000
"""Calls of one stack; more is a mistake that copies itself."""
OF_TERRAFORM = (
    ".tf",
    ".tf.json",
    ".tofu",
    ".tofu.json",
    ".tfvars",
    ".tfvars.json",
    ".tfstate",
    ".tfstate.backup",
    ".hcl",
)
_IN_MODULES = re.compile(r"^(?:module\.[\w-]+(?:\[(?:\"(?:[^\"\\]|\\.)*\"|\d+)\])?\.)+")
_ASSIGNS = re.compile(r"^terraform\.tfvars(\.json)?$|\.auto\.tfvars(\.json)?$")
_PROTECTED = re.compile(r'(\bprevent_destroy"?\s*[=:]\s*)true\b')


@dataclass(frozen=True)
class Call:
    """One call of a module. `address`: module.a.module.b; `folder`: where it lies, None where it cannot be looked into."""

    address: str
    source: str
    folder: Path | None
    arguments: Json = field(default_factory=dict, compare=False, repr=False)


def calls(stack: Stack) -> tuple[Call, ...]:
    """Every call of a stack and of what it calls. Raises NotAStack for a folder that lacks, a circle, or too many."""
    named = list(_named(stack.document.get("module")))
    if not named:
        return ()
    found: list[Call] = []
    folder = stack.folder.absolute()
    values = stated(stack.document)
    waiting: list[tuple[str, Json, Path, tuple[Path, ...], dict[tuple[str, str], Any]]] = [
        (f"module.{name}", body, folder, (folder,), values) for name, body in named
    ]
    while waiting:
        address, body, caller, above, values = waiting.pop(0)
        # OpenTofu takes variables and locals there; Terraform says itself that it does not.
        source = filled(body.get("source"), values)
        source = source if isinstance(source, str) else ""
        place = Path(os.path.normpath(caller / source)) if source.startswith(("./", "../", "/")) else None
        found.append(Call(address, source, place, body))
        where = f"{stack.folder / FILE}: {address}"
        if len(found) > MOST:
            raise NotAStack(f"{where}: more than {MOST} calls of modules; does one call itself?")
        if place is None:
            continue
        if place in above:
            circle = " → ".join(one.name for one in (*above[above.index(place) :], place))
            raise NotAStack(f"{where}: modules call each other in a circle: {circle}; break it")
        if not place.is_dir():
            beside = "the stack" if caller == folder else caller.name
            raise NotAStack(f"{where}: no folder {source} beside {beside}; name one that is there")
        written = document(place)
        given = {("var", name): filled(value, values) for name, value in body.items()}
        inner = {**stated(written), **given}
        waiting += [
            (f"{address}.module.{name}", called, place, (*above, place), inner)
            for name, called in _named(written.get("module"))
        ]
    return tuple(found)


def own(address: str) -> str:
    """A resource's address without those of the modules that it is in: TYPE.NAME, with its own index."""
    return _IN_MODULES.sub("", address)


def unseen(stack: Stack) -> list[str]:
    """What is said of every module that cannot be looked into."""
    return [
        f"{one.address} is not looked into: it comes from {one.source or 'nowhere (no source)'}; copy it beside the stack "
        "and call it by its path (./…) to have it planned and judged"
        for one in calls(stack)
        if one.folder is None
    ]


def passed_over(stack: Stack) -> list[str]:
    """What is said of each file beside the document, or in a local module, that a program would read, and nobody reads here."""
    found = sorted(stack.folder.iterdir()) if stack.folder.is_dir() else []
    in_modules = [os.path.relpath(file, stack.folder) for folder in folders(stack) for file in left_out(folder)]
    return [f"{one} is not looked into: only OpenTofu reads it, and Terraform runs here" for one in in_modules] + [
        f"{one.name} is not looked into: {_who_reads(one.name)} {FILE}; write it into the program, or into a module"
        for one in found
        if one.name != FILE and not one.name.startswith(".") and (_says_something(one) or _ASSIGNS.search(one.name))
    ]


def _who_reads(name: str) -> str:
    if name == FILE.replace(".tf.", ".tofu."):
        return "OpenTofu would read it in place of"
    return f"{'OpenTofu' if '.tofu' in name else 'Terraform'} would read it beside"


def _says_something(file: Path) -> bool:
    """Whether a file of Terraform says more than what releases it needs."""
    if not file.name.endswith(READ) or not file.is_file():
        return False
    try:
        return bool({*parsed(file, file.read_text())} - {"terraform", "//"})
    except (NotAStack, OSError, UnicodeDecodeError):
        return True


def types(stack: Stack) -> Mapping[Mode, set[str]]:
    """Types in use, in the stack and in its local modules."""
    found: dict[Mode, set[str]] = {"managed": set(), "data": set()}
    for written in (stack.document, *(document(folder) for folder in folders(stack))):
        found["managed"] |= {kind for kind in written.get("resource") or {} if kind != "//"}
        found["data"] |= {kind for kind in written.get("data") or {} if kind != "//"} | set(
            _checked(written.get("check"))
        )
    return found


def _checked(section: Any) -> Iterator[str]:
    """Types of the data sources that stand in `check` blocks, of JSON or of HCL."""
    for part in section if isinstance(section, list) else [section]:
        for name, inside in part.items() if isinstance(part, dict) else ():
            if name == "data":
                yield from (kind for one in (inside if isinstance(inside, list) else [inside]) for kind in one)
            else:
                yield from _checked(inside)


def folders(stack: Stack) -> list[Path]:
    """The folders of its local modules, each once."""
    return sorted({one.folder for one in calls(stack) if one.folder is not None})


def contents(stack: Stack) -> dict[str, bytes]:
    """Every file of its local modules, by its path from the stack's folder."""
    own_folder = stack.folder.absolute()
    return {
        os.path.relpath(file, own_folder): file.read_bytes()
        for folder in folders(stack)
        for file in _files(folder, own_folder)
    }


def beside(stack: Stack) -> dict[str, bytes]:
    """Every file beside the stack's document that a plan can read, by its path from there."""
    own = stack.folder.absolute()
    found = [entry for entry in sorted(own.iterdir()) if _goes_along(entry)] if own.is_dir() else []
    files = [file for entry in found for file in ([entry] if entry.is_file() else sorted(entry.rglob("*")))]
    return {str(file.relative_to(own)): file.read_bytes() for file in files if file.is_file()}


def lay_out(stack: Stack, root: Path, *, protected: bool = True, instead: Mapping[Path, str] | None = None) -> Path:
    """A folder below `root` for the stack's document, with its files and local modules around it as they lie around the stack.

    Folders are new, files are links: Terraform may write beside them, never into them. `protected`: False turns prevent_destroy
    of the modules off. `instead`: what stands in files of modules in place of what they hold.
    """
    texts = instead or {}
    own = stack.folder.absolute()
    theirs = folders(stack)
    common = Path(os.path.commonpath([own, *theirs])) if theirs else own
    target = root / own.relative_to(common)
    target.mkdir(parents=True, exist_ok=True)
    for folder in theirs:
        place = root / folder.relative_to(common)
        place.mkdir(parents=True, exist_ok=True)
        for file in {**dict.fromkeys(_files(folder, own)), **{one: None for one in texts if one.parent == folder}}:
            _put(file, place / file.relative_to(folder), protected, texts.get(file))
    for entry in own.iterdir() if own.is_dir() else ():
        place = target / entry.name
        if _goes_along(entry) and not place.exists():
            place.symlink_to(entry)
    return target


def _goes_along(entry: Path) -> bool:
    """Whether a file or folder beside a stack's document belongs to its program."""
    return not entry.name.startswith(".") and not entry.name.endswith(OF_TERRAFORM)


def _files(folder: Path, stack: Path) -> Iterator[Path]:
    """The files of a module's folder and below; no states, nothing hidden, and not the stack's own where it lies inside."""
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or ".tfstate" in entry.name or entry == stack or entry in stack.parents:
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _files(entry, stack)
        elif entry.exists():
            yield entry


def _put(file: Path, place: Path, protected: bool, text: str | None) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        return
    if text is None and (protected or not file.name.endswith(READ) or not file.is_file()):
        place.symlink_to(file)
        return
    text = file.read_text(errors="replace") if text is None else text
    place.write_text(text if protected else _PROTECTED.sub(r"\1false", text))


def _named(section: Any) -> Iterator[tuple[str, Json]]:
    for name, body in section.items() if isinstance(section, dict) else ():
        for one in body if isinstance(body, list) else [body]:
            if isinstance(one, dict) and name != "//":
                yield name, one
