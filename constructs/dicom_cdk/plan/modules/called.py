"""The modules that a stack calls, and what it has in use with them; those that nobody can look into are said by name."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dicom_cdk.offline.store import Mode
from dicom_cdk.plan.modules.files import document
from dicom_cdk.plan.reading.expressions import evaluated
from dicom_cdk.plan.reading.stated import Decided, stated
from dicom_cdk.plan.stack import FILE, NotAStack, Stack

Json = dict[str, Any]

MOST = 1_000
"""Calls of one stack; more is a mistake that copies itself."""
_IN_MODULES = re.compile(r"^(?:module\.[\w-]+(?:\[(?:\"(?:[^\"\\]|\\.)*\"|\d+)\])?\.)+")


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
    names = Decided(stated(stack.document))
    read: dict[Path, tuple[Path, Json]] = {}
    waiting: list[tuple[str, Json, Path, tuple[Path, ...], Decided]] = [
        (f"module.{name}", body, folder, (folder.resolve(),), names) for name, body in named
    ]
    while waiting:
        address, body, caller, above, names = waiting.pop(0)
        # OpenTofu takes variables and locals there; Terraform says itself that it does not.
        source = evaluated(body.get("source"), names)
        source = source if isinstance(source, str) else ""
        place = Path(os.path.normpath(caller / source)) if source.startswith(("./", "../", "/")) else None
        found.append(Call(address, source, place, body))
        where = f"{stack.folder / FILE}: {address}"
        if len(found) > MOST:
            raise NotAStack(f"{where}: more than {MOST} calls of modules; does one call itself?")
        if place is None:
            continue
        # A link may lead back to where it lies, by a longer name each time.
        real = read[place][0] if place in read else place.resolve() if place.exists() else place
        if real in above:
            circle = " → ".join(one.name for one in (*above[above.index(real) :], real))
            raise NotAStack(f"{where}: modules call each other in a circle: {circle}; break it")
        if place not in read and not place.is_dir():
            beside = "the stack" if caller == folder else caller.name
            raise NotAStack(f"{where}: no folder {source} beside {beside}; name one that is there")
        # A thousand calls are often of one folder.
        _, written = read[place] = read.get(place) or (real, document(place))
        below = list(_named(written.get("module")))
        given = {("var", name): evaluated(value, names) for name, value in body.items()} if below else {}
        inner = Decided(stated(written), given)
        waiting += [(f"{address}.module.{name}", called, place, (*above, real), inner) for name, called in below]
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


def _named(section: Any) -> Iterator[tuple[str, Json]]:
    for name, body in section.items() if isinstance(section, dict) else ():
        for one in body if isinstance(body, list) else [body]:
            if isinstance(one, dict) and name != "//":
                yield name, one
