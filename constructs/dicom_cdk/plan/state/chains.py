"""Steps of `moved` blocks, followed to their end as Terraform follows them; and how blocks about the state are read."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dicom_cdk.plan.addresses import plain, steps_of

Json = dict[str, Any]
DEEPEST = 100
"""Dots or indexes of an address; a module that moves into itself, or a key that ends nowhere, makes no end of them."""


def blocks_of(document: Json, name: str) -> Iterator[Json]:
    """Those of one kind, their addresses without `${…}`."""
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


def came_from(blocks: Json, there: Iterable[str]) -> dict[str, str]:
    """New → old address, both without indexes, of what moves, alone or with its module. `there`: addresses before the change.

    Of several that become instances of one, the last. What runs into a circle, which Terraform refuses, moves nowhere.
    """
    return {new: old for old, news in ways(blocks, there).items() for new in news}


def ways(blocks: Json, there: Iterable[str]) -> dict[str, list[str]]:
    """Old → its new addresses, without indexes, of what moves; several where instances go different ways."""
    steps = _steps(blocks)
    found = {address: [last for last in _ends(address, steps) if last != address] for address in there if steps}
    return {address: lasts for address, lasts in found.items() if lasts}


def circling(blocks: Json, there: Iterable[str]) -> set[str]:
    """Addresses of `there`, without indexes, whose steps never end, so that Terraform refuses all of the stack."""
    endless = {plain(old) for old, new in _followed(blocks).items() if not new}
    homes, steps = tuple(f"{one}." for one in endless), _steps(blocks)
    return {
        address
        for address in there
        if (address in endless or address.startswith(homes)) and not any(True for _ in _ends(address, steps))
    }


def _steps(blocks: Json) -> dict[str, list[str]]:
    """Address → where one step leads its instances, without indexes."""
    found: dict[str, list[str]] = {}
    for one in blocks_of(blocks, "moved"):
        if {"from", "to"} <= set(one) and plain(one["from"]) != plain(one["to"]):
            found.setdefault(plain(one["from"]), []).append(plain(one["to"]))
    return found


def _too_deep(address: str) -> bool:
    return max(address.count("."), address.count("[")) > DEEPEST


def _ends(address: str, steps: Mapping[str, list[str]]) -> Iterator[str]:
    """Where the steps lead from an address; instances of one resource may go different ways."""
    waiting, seen = [address], {address}
    while waiting:
        at = waiting.pop()
        onward = list(_onward(at, steps))
        if not onward:
            yield at
        waiting += [one for one in onward if one not in seen and not _too_deep(one)]
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
    return {old: new for old, new in _followed(document).items() if new}


def _followed(document: Json) -> dict[str, str]:
    """Old → last address, "" for what runs into a circle."""
    steps = {
        one["from"]: one["to"]
        for one in blocks_of(document, "moved")
        if isinstance(one.get("from"), str) and isinstance(one.get("to"), str)
    }
    found: dict[str, str] = {}
    for start in steps:
        way: dict[str, None] = {}
        at, following = start, next_of(start, steps)
        while following is not None and at not in found and at not in way and not _too_deep(at):
            way[at] = None
            at, following = following, next_of(following, steps)
        endless = at in way or _too_deep(at)
        found |= dict.fromkeys(way, "" if endless else found.get(at, at))
    return {old: new for old, new in found.items() if old in steps}


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
