"""What a stack says about its state besides resources: blocks `moved`, `removed` and `import`; read as Terraform reads them."""

from collections.abc import Iterable
from typing import Any

from dicom_cdk.plan.addresses import kind as kind_of
from dicom_cdk.plan.addresses import plain
from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.modules import files as module_files
from dicom_cdk.plan.stack import Stack, lifecycle
from dicom_cdk.plan.state.chains import blocks_of, moved

Json = dict[str, Any]
MANY = 200
"""Blocks `moved` that Terraform takes as they are."""
SECTIONS = {"moved": ("from", "to"), "removed": ("from",), "import": ("to",)}
"""Blocks, and their arguments that are addresses."""


class MovedInACircle(Exception):
    """Steps of `moved` that lead back to where they came from."""


def of_stack(stack: Stack) -> Json:
    """The blocks of the stack and of its local modules, with addresses from the stack's root. Raises NotAStack."""
    found: dict[str, list[Json]] = {name: list(blocks_of(stack.document, name)) for name in SECTIONS}
    for call in modules.calls(stack):
        written = module_files.document(call.folder) if call.folder is not None else {}
        for name, places in SECTIONS.items():
            for one in blocks_of(written, name):
                # Of another shape, Terraform says so.
                if all(isinstance(one.get(place), str) for place in places):
                    found[name].append({**one, **{place: f"{call.address}.{one[place]}" for place in places}})
    return found


def condensed(document: Json, there: Iterable[str], among: int = 0) -> Json:
    """The document with no more `moved` blocks than a plan needs, where it has very many. Raises MovedInACircle.

    Terraform's time for them grows with the square of their number, along a chain with the cube. `there`: addresses in the state.
    `among`: how many Terraform meets in all. Blocks of what is still declared stay, since Terraform refuses them.
    """
    blocks = [one for one in blocks_of(document, "moved") if {"from", "to"} <= set(one)]
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
    return {one["from"] for one in blocks_of(document, "removed") if "from" in one and not _destroys(one)}


def removed(document: Json) -> set[str]:
    """All addresses of `removed` blocks."""
    return {one["from"] for one in blocks_of(document, "removed") if "from" in one}


def undecided(document: Json) -> set[str]:
    """Addresses of `removed` blocks that do not say whether to destroy: Terraform does, OpenTofu leaves it in the account."""
    return {
        one["from"] for one in blocks_of(document, "removed") if "from" in one and lifecycle(one).get("destroy") is None
    }


def imported(document: Json) -> set[str]:
    """Addresses, without indexes, of what `import` blocks bring into the state."""
    return {plain(one["to"]) for one in blocks_of(document, "import") if "to" in one}


def _destroys(block: Json) -> bool:
    return str(lifecycle(block).get("destroy", True)).lower() != "false"
