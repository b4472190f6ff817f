"""What a stack says of its state, in words: for a runbook and a report, which know no state, only the plan from nothing."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from dicom_cdk.plan.addresses import kind, plain, steps_of
from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.modules import resources as module_resources
from dicom_cdk.plan.redaction.secret_values import REDACTED
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.state import chains, identity, operations

Json = dict[str, Any]
WHOLE, PART = "imported", "in part imported"
DESTROYED = "is destroyed, if the state has it"
NOBODY = "managed by nobody unless it is imported elsewhere."


@dataclass(frozen=True)
class Said:
    """One sentence: an address, what happens to it, another address or an id ("" for none), and the rest."""

    address: str
    verb: str
    other: str = ""
    rest: str = "."


def sentences(stack: Stack, plan: Json | None = None) -> list[Said]:
    """Of imports, moves, what leaves the state and what is destroyed, in this order. `plan`: from nothing, which tells instances;
    None where none could be made. Raises NotAStack."""
    blocks = operations.of_stack(stack)
    forgotten = operations.forgotten(blocks)
    undecided, moved = operations.undecided(blocks), chains.moved(blocks)
    places = _places(stack, plan) if moved else set()
    # Without a plan nobody knows the instances.
    there = {new for new in moved.values() if (plain(new) if plan is None else new) in places}
    return [
        *(
            Said(
                address,
                "is imported from" if known else "is imported",
                known,
                ": it is there already and comes into the state, unless the state has it. What it holds cannot be known "
                "offline; read the plan of your account: it must say import and nothing of replace or destroy, else stop and "
                "make the configuration say what is there.",
            )
            for address, known in sorted(_imports(stack, plan).items())
        ),
        *(_moved(old, new, new in there, forgotten) for old, new in sorted(moved.items())),
        *(
            Said(address, "leaves the state and stays in the account", rest=f", {NOBODY}")
            for address in sorted(forgotten)
        ),
        *(
            Said(
                address,
                DESTROYED,
                rest=": by Terraform; OpenTofu leaves it in the account, since the block does not say."
                if address in undecided
                else ".",
            )
            for address in sorted(operations.removed(blocks) - forgotten)
        ),
    ]


def destroyed(stack: Stack) -> set[str]:
    """Addresses of what the blocks destroy, of resources or of whole modules. Raises NotAStack."""
    return {one.address for one in sentences(stack) if one.verb.startswith(DESTROYED)}


def imported(stack: Stack, plan: Json | None = None) -> dict[str, str]:
    """Address without indexes → whether all that stands there is imported, or some of its instances. Raises NotAStack."""
    if plan is None:
        brought, written = set(identity.imports(stack)), identity.written(stack)
        left = {plain(one) for one in written if one not in brought}
        return {plain(one): PART if plain(one) in left else WHOLE for one in sorted(brought)}
    coming = Counter(plain(one) for one in _coming(plan))
    there = Counter(plain(one["address"]) for one in plan.get("resource_changes", []))
    return {address: WHOLE if count == there[address] else PART for address, count in coming.items()}


def _imports(stack: Stack, plan: Json | None) -> dict[str, str]:
    """Address → id, "" where that is not known or not said."""
    if plan is None:
        return identity.imports(stack)
    return {address: "" if known == REDACTED else known for address, known in _coming(plan).items()}


def _coming(plan: Json) -> dict[str, str]:
    return {
        one["address"]: str(one["change"]["importing"].get("id") or "")
        for one in plan.get("resource_changes", [])
        if one["change"].get("importing")
    }


def _moved(old: str, new: str, there: bool, forgotten: set[str]) -> Said:
    if kind(old) != kind(new) and kind(new).startswith("alicloud_"):
        return Said(
            old,
            "cannot become",
            new,
            ": of another type, which this provider does not take over; Terraform refuses the plan.",
        )
    if there:
        same = "the same resource" if kind(new) else "with all that is in it"
        return Said(
            old, "is from now on", new,
            f": {same}. The move destroys nothing; stop if the plan replaces or destroys what it moves.",
        )  # fmt: skip
    if any(plain(new) == one or plain(new).startswith(f"{one}.") for one in forgotten):
        return Said(old, "leaves the state as", new, f" and stays in the account, {NOBODY}")
    return Said(old, f"{DESTROYED}: it moves to", new, ", where the stack has nothing.")


def _places(stack: Stack, plan: Json | None) -> set[str]:
    """Where the stack has something: addresses of modules, of resources, and, where a plan tells them, of their instances."""
    found = {one.address for one in modules.calls(stack)}
    if plan is None:
        return found | {one.address for one in module_resources.resources(stack)}
    for one in plan.get("resource_changes", []):
        parts = steps_of(one["address"])
        for count in range(1, len(parts) + 1):
            above, last = parts[: count - 1], parts[count - 1]
            found |= {".".join((*above, last)), ".".join((*above, plain(last)))}
    return found
