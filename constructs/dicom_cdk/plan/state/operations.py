"""What a stack says about its state besides resources: blocks `moved`, `removed` and `import`; read as Terraform reads them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dicom_cdk.plan.addresses import kind as kind_of
from dicom_cdk.plan.addresses import plain, steps_of
from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.modules import files as module_files
from dicom_cdk.plan.redaction.secret_values import SAID_BY_ID
from dicom_cdk.plan.stack import Stack, lifecycle

Json = dict[str, Any]
MANY = 200
"""Blocks `moved` that Terraform takes as they are."""
DEEPEST = 100
"""Dots of an address; a module that moves into itself makes no end of them."""
SECTIONS = {"moved": ("from", "to"), "removed": ("from",), "import": ("to",)}
"""Blocks, and their arguments that are addresses."""


class MovedInACircle(Exception):
    """Steps of `moved` that lead back to where they came from."""


def of_stack(stack: Stack) -> Json:
    """The blocks of the stack and of its local modules, with addresses from the stack's root. Raises NotAStack."""
    found: dict[str, list[Json]] = {name: list(_blocks(stack.document, name)) for name in SECTIONS}
    for call in modules.calls(stack):
        written = module_files.document(call.folder) if call.folder is not None else {}
        for name, places in SECTIONS.items():
            for one in _blocks(written, name):
                # Of another shape, Terraform says so.
                if all(isinstance(one.get(place), str) for place in places):
                    found[name].append({**one, **{place: f"{call.address}.{one[place]}" for place in places}})
    return found


def came_from(blocks: Json, there: Iterable[str]) -> dict[str, str]:
    """New → old address, both without indexes, of what moves, alone or with its module. `there`: addresses before the change.

    Of several that become instances of one, the last. What runs into a circle, which Terraform refuses, moves nowhere.
    """
    return {new: old for old, news in ways(blocks, there).items() for new in news}


def ways(blocks: Json, there: Iterable[str]) -> dict[str, list[str]]:
    """Old → its new addresses, without indexes, of what moves; several where instances go different ways."""
    steps: dict[str, list[str]] = {}
    for one in _blocks(blocks, "moved"):
        if {"from", "to"} <= set(one) and plain(one["from"]) != plain(one["to"]):
            steps.setdefault(plain(one["from"]), []).append(plain(one["to"]))
    found = {address: [last for last in _ends(address, steps) if last != address] for address in there if steps}
    return {address: lasts for address, lasts in found.items() if lasts}


def _ends(address: str, steps: Mapping[str, list[str]]) -> Iterator[str]:
    """Where the steps lead from an address; instances of one resource may go different ways."""
    waiting, seen = [address], {address}
    while waiting:
        at = waiting.pop()
        onward = list(_onward(at, steps))
        if not onward:
            yield at
        waiting += [one for one in onward if one not in seen and one.count(".") <= DEEPEST]
        seen.update(onward)


def _onward(address: str, steps: Mapping[str, list[str]]) -> Iterator[str]:
    """One step: of the resource itself, else of the innermost module around it that moves."""
    around = address
    while around not in steps:
        if "." not in around:
            return
        around = around.rpartition(".")[0]
    yield from (f"{to}{address.removeprefix(around)}" for to in steps[around])


def moved(document: Json) -> dict[str, str]:
    """Old → last address, with indexes: chains are followed to their end, also where a module or resource around one moves on.

    What runs into a circle, which Terraform refuses, moves nowhere.
    """
    steps = {
        one["from"]: one["to"]
        for one in _blocks(document, "moved")
        if isinstance(one.get("from"), str) and isinstance(one.get("to"), str)
    }
    found: dict[str, str] = {}
    for start in steps:
        way: dict[str, None] = {}
        at, following = start, next_of(start, steps)
        while following is not None and at not in found and at not in way and at.count(".") <= DEEPEST:
            way[at] = None
            at, following = following, next_of(following, steps)
        endless = at in way or at.count(".") > DEEPEST
        found |= dict.fromkeys(way, "" if endless else found.get(at, at))
    return {old: new for old, new in found.items() if new and old in steps}


def next_of(address: str, steps: Mapping[str, str]) -> str | None:
    """Where one step leads an address, by its own name or by the innermost module or resource around it that moves."""
    if address in steps:
        return steps[address]
    parts = steps_of(address)
    for count in range(len(parts), 0, -1):
        around = ".".join(parts[:count])
        if around in steps:
            return f"{steps[around]}{address.removeprefix(around)}"
        whole = ".".join((*parts[: count - 1], plain(parts[count - 1])))
        # A step without indexes is of all instances; one that gives an index is of the one that had none.
        if whole in steps and not steps[whole].endswith("]"):
            return f"{steps[whole]}{address.removeprefix(whole)}"
    return None


def condensed(document: Json, there: Iterable[str], among: int = 0) -> Json:
    """The document with no more `moved` blocks than a plan needs, where it has very many. Raises MovedInACircle.

    Terraform's time for them grows with the square of their number, along a chain with the cube. `there`: addresses in the state.
    `among`: how many Terraform meets in all. Blocks of what is still declared stay, since Terraform refuses them.
    """
    blocks = [one for one in _blocks(document, "moved") if {"from", "to"} <= set(one)]
    if not blocks or max(len(blocks), among) <= MANY:
        return document
    ends = moved(document)
    circle = next((one for one in blocks if one["from"] not in ends), None)
    if circle is not None:
        raise MovedInACircle(
            f"moved: {circle['from']} → {circle['to']} is part of, or leads into, a circle; let each lead to where the "
            "resource is now"
        )
    known = set(there)
    arriving = tuple(f"{plain(one['to'])}." for one in blocks if not kind_of(one["from"]))
    declared = {f"{kind}.{name}" for kind, named in document.get("resource", {}).items() for name in named}
    kept = [
        {"from": one["from"], "to": ends[one["from"]]}
        for one in blocks
        if plain(one["from"]) in known
        or plain(one["from"]) in declared
        or not kind_of(one["from"])
        or plain(one["from"]).startswith(arriving)
    ]
    return {**document, "moved": kept}


def forgotten(document: Json) -> set[str]:
    """Addresses that leave the state and stay in the account: `removed` without destroy."""
    return {one["from"] for one in _blocks(document, "removed") if "from" in one and not _destroys(one)}


def removed(document: Json) -> set[str]:
    """All addresses of `removed` blocks."""
    return {one["from"] for one in _blocks(document, "removed") if "from" in one}


def destroyed_types(document: Json) -> set[str]:
    """Types of resources that `removed` blocks destroy; those inside a module that goes as a whole are not told."""
    return {kind_of(one) for one in removed(document) - forgotten(document)} - {""}


def undecided(document: Json) -> set[str]:
    """Addresses of `removed` blocks that do not say whether to destroy: Terraform does, OpenTofu leaves it in the account."""
    return {
        one["from"] for one in _blocks(document, "removed") if "from" in one and lifecycle(one).get("destroy") is None
    }


def imported(document: Json) -> set[str]:
    """Addresses, without indexes, of what `import` blocks bring into the state."""
    return {plain(address) for address in imports(document)}


def imports(document: Json) -> dict[str, str]:
    """Address → the id under which the cloud knows it, "" where none is written as text, or where it is a secret."""
    return {
        one["to"]: one["id"]
        if isinstance(one.get("id"), str) and "${" not in one["id"] and kind_of(one["to"]) not in SAID_BY_ID
        else ""
        for one in _blocks(document, "import")
        if "to" in one
    }


def _destroys(block: Json) -> bool:
    return str(lifecycle(block).get("destroy", True)).lower() != "false"


def _blocks(document: Json, name: str) -> Iterator[Json]:
    found = document.get(name) or []
    for one in found if isinstance(found, list) else [found]:
        if isinstance(one, dict):
            # References are written bare, or as one interpolation.
            yield {
                key: value.removeprefix("${").removesuffix("}")
                if key in ("from", "to") and isinstance(value, str)
                else value
                for key, value in one.items()
            }
