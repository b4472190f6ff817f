"""The files around a stack's document that a plan can read: of its local modules, and beside it; and those that nobody reads.

Terraform plans in a folder of ours, so all that it may read is laid around the document there as it lies around the stack.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from dicom_cdk.markdown import visible
from dicom_cdk.plan.modules.called import folders, unseen
from dicom_cdk.plan.modules.files import READ, left_out, parsed
from dicom_cdk.plan.stack import FILE, NotAStack, Stack

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
LARGEST = 1_000_000
"""Bytes of a file beside the stack that is read to tell whether it says something."""
_ASSIGNS = re.compile(r"^terraform\.tfvars(\.json)?$|\.auto\.tfvars(\.json)?$")
_PROTECTED = re.compile(r'(\bprevent_destroy"?\s*[=:]\s*)true\b')


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
    return not entry.name.startswith(".") and not entry.name.endswith(OF_TERRAFORM) and not _never_ends(entry)


def _never_ends(entry: Path) -> bool:
    """A pipe, a device, a socket, or a link to one: who reads it waits, or has no end of it."""
    return entry.exists() and not entry.is_file() and not entry.is_dir()


def _files(folder: Path, stack: Path) -> Iterator[Path]:
    """The files of a module's folder and below; no states, nothing hidden, and not the stack's own where it lies inside."""
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or ".tfstate" in entry.name or entry == stack or entry in stack.parents:
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _files(entry, stack)
        elif entry.is_file():
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


def not_looked_into(stack: Stack) -> list[str]:
    """What is said of each module and each file of the stack that nobody looks into here."""
    return [*unseen(stack), *passed_over(stack)]


def warn_of_unseen(stacks: Iterable[Stack]) -> None:
    """For commands whose output has no place for it."""
    for stack in stacks:
        for text in not_looked_into(stack):
            print(f"warning: {stack.name}: {visible(text)}", file=sys.stderr)


def passed_over(stack: Stack) -> list[str]:
    """What is said of each file beside the document, or in a local module, that a program would read, and nobody reads here."""
    found = sorted(stack.folder.iterdir()) if stack.folder.is_dir() else []
    in_modules = [os.path.relpath(file, stack.folder) for folder in folders(stack) for file in left_out(folder)]
    return [f"{one} is not looked into: only OpenTofu reads it, and Terraform runs here" for one in in_modules] + [
        f"{one.name} is not looked into: {_who_reads(one.name)} {FILE}; write it into the program, or into a module"
        if one.name.endswith(OF_TERRAFORM)
        else f"{one.name} is not looked into: it is a pipe, a socket or a device, allowed is a file; put one there"
        for one in found
        if one.name != FILE
        and not one.name.startswith(".")
        and (
            _says_something(one)
            or _ASSIGNS.search(one.name)
            or (_never_ends(one) and not one.name.endswith(OF_TERRAFORM))
        )
    ]


def _who_reads(name: str) -> str:
    if name == FILE.replace(".tf.", ".tofu."):
        return "OpenTofu would read it in place of"
    return f"{'OpenTofu' if '.tofu' in name else 'Terraform'} would read it beside"


def _says_something(file: Path) -> bool:
    """Whether a file of Terraform says more than what releases it needs; what nobody can read, or is very large, may."""
    if not file.name.endswith(READ) or file.is_dir():
        return False
    if not file.is_file() or file.stat().st_size > LARGEST:
        return True
    try:
        return bool({*parsed(file, file.read_text())} - {"terraform", "//"})
    except (NotAStack, OSError, UnicodeDecodeError):
        return True
