"""What happens to each resource: from a plan of the new side against the applied old one, or from the files where there is none."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dicom_cdk.offline.planning.unproven import NOT_KNOWN
from dicom_cdk.plan import summary
from dicom_cdk.plan.addresses import kind, plain
from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.modules import resources as module_resources
from dicom_cdk.plan.modules import stack_files
from dicom_cdk.plan.planning import Base, Detail, Planned, plan_offline
from dicom_cdk.plan.redaction.secret_values import literals
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.state import chains, identity, importing
from dicom_cdk.plan.state import operations as state_operations
from dicom_cdk.plan.terraform import Terraform
from dicom_cdk.review.before_after.sides import Json, Sides, prevented, resources
from dicom_cdk.review.before_after.values import differences
from dicom_cdk.review.loss import known
from dicom_cdk.review.loss.in_place import protection_off
from dicom_cdk.review.model import Change
from dicom_cdk.review.reach import reached


@dataclass(frozen=True)
class Judged:
    """One change with the values that the guard judges: resolved ones of the plan, else what is written."""

    change: Change
    before: Json
    after: Json


@dataclass(frozen=True)
class Changed:
    """Changes by room and address; `problems`: why no plan could be made; `secrets`: texts that are never shown; `unknown`: what
    the plan says that it cannot know; `twice`: objects of the account that it has at two addresses."""

    judged: tuple[Judged, ...]
    problems: tuple[str, ...] = ()
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    unknown: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()


def changed(sides: Sides, terraform: Terraform, answers: Path | None, replaced: Sequence[str] = ()) -> Changed:
    """What happens to each resource; `replaced`: addresses of what is made anew in any case. Raises AnswersError."""
    if sides.before is None and state_operations.imported(sides.blocks):
        assert sides.after is not None
        # Only a plan tells which instances are made and which are there already.
        planned = plan_offline(sides.after, terraform, answers=answers, detail=Detail.CHANGES)
        return _changed(planned, sides) if planned.plan is not None else _refused(planned, sides)
    if sides.before is None or sides.after is None:
        there, action = (sides.new, "create") if sides.before is None else (sides.old, "destroy")
        stack = sides.after or sides.before
        blind = tuple(modules.unseen(stack)) if stack else ()
        return Changed(tuple(Judged(Change(one, sides.room(one), action), {}, {}) for one in sorted(there)), blind)
    # A file beside the stack can reach everything.
    alone = stack_files.beside(sides.before) == stack_files.beside(sides.after) and not replaced
    parts = reached(sides.before, sides.after) if alone else (sides.before, sides.after)
    planned = _plan(*parts, sides, terraform, answers, replaced)
    if planned.plan is None and parts[1] is not sides.after:
        # The whole says why, with all that is wrong and the lines where it stands.
        planned = _plan(sides.before, sides.after, sides, terraform, answers)
    return _changed(planned, sides) if planned.plan is not None else _refused(planned, sides)


def _refused(planned: Planned, sides: Sides) -> Changed:
    """Without a plan: what the files say, and why there is none."""
    why = tuple(one.text for one in planned.findings if not one.warning)
    side = "before" if sides.before is not None and planned.stack.folder == sides.before.folder else "after"
    circling = sorted(chains.circling(sides.blocks, sides.old))
    lost = tuple(
        f"{one}: its `moved` blocks lead in a circle, so nobody can say what becomes of it" for one in circling
    )
    said = (f"Terraform refuses the stack as it is {side} the change", *why, *lost)
    return Changed(_sorted(_written(sides)), said, _literals(sides))


def _changed(planned: Planned, sides: Sides) -> Changed:
    assert planned.plan is not None
    unknown = tuple(one.text for one in planned.findings if one.summary == NOT_KNOWN)
    twice = tuple(one.detail for one in planned.findings if one.summary == importing.TWICE)
    return Changed(_sorted(_planned(planned.plan, sides)), (), planned.secrets, unknown, twice)


def _literals(sides: Sides) -> frozenset[str]:
    """Secret texts that both sides write at secret places."""
    documents = (one for stack in (sides.before, sides.after) if stack for one in module_resources.documents(stack))
    return frozenset(text for one in documents for text in literals(one))


def _plan(
    before: Stack, after: Stack, sides: Sides, terraform: Terraform, answers: Path | None, replaced: Sequence[str] = ()
) -> Planned:
    head, base = _free(after, sides.suggested), Base(_free(before, {}), replaced=replaced, protected=False)
    return plan_offline(head, terraform, base, answers=answers, detail=Detail.CHANGES)


def _sorted(found: Iterator[Judged]) -> tuple[Judged, ...]:
    return tuple(sorted(found, key=lambda one: (one.change.room, one.change.address)))


def _free(stack: Stack, moves: dict[str, str]) -> Stack:
    """Without prevent_destroy, for which Terraform would say nothing but no; with the moves that nobody declared."""
    document = json.loads(json.dumps(stack.document))
    for named in document.get("resource", {}).values():
        for body in named.values() if isinstance(named, dict) else ():
            lifecycle = body.get("lifecycle") if isinstance(body, dict) else None
            for one in lifecycle if isinstance(lifecycle, list) else [lifecycle]:
                if isinstance(one, dict):
                    one.pop("prevent_destroy", None)
    if moves:
        own = document.get("moved") or []
        document["moved"] = [
            *(own if isinstance(own, list) else [own]),
            *({"from": one, "to": other} for one, other in sorted(moves.items())),
        ]
    return Stack(stack.folder, document)


def _planned(plan: Json, sides: Sides) -> Iterator[Judged]:
    comes_back = importing.again(plan)
    for one in plan.get("resource_changes", []):
        action = summary.action(one)
        if action in (None, "read"):
            continue
        address = one["address"]
        came_from = one.get("previous_address") or ""
        if action == "forget" and "create" in one["change"]["actions"]:
            # OpenTofu, where a resource says `destroy = false`: the old one stays in the account beside a new one.
            yield Judged(Change(address, sides.room(address), "create"), {}, one["change"].get("after") or {})
        was = sides.old.get(plain(came_from)) if came_from else sides.was(address)
        was, now = was or {}, sides.new.get(plain(address), {})
        before, after = known.planned(one, was)
        yield Judged(
            Change(
                address,
                sides.room(address),
                str(action),
                summary.forced_by(one) if action == "replace" else (),
                differences(one["type"], was, now) if action in ("update", "replace") and was and now else (),
                action in ("replace", "destroy") and prevented(now),
                protection_off(one["type"], before, after) if action in ("update", "replace") else (),
                came_from,
                bool(one["change"].get("importing")),
                comes_back.get(address, ""),
            ),
            before,
            after,
        )


def _written(sides: Sides) -> Iterator[Judged]:
    """Without a plan: what the files say, which cannot tell an update from a replacement."""
    assert sides.after is not None
    staying = {plain(one) for one in state_operations.forgotten(sides.blocks)}
    homes = tuple(f"{one}." for one in staying if not kind(one))
    coming = identity.imports(sides.after)
    brought = {plain(one) for one in coming}
    instances: dict[str, set[str]] = {}
    for one in (*identity.written(sides.after), *coming) if coming else ():
        instances.setdefault(plain(one), set()).add(one)
    circling = chains.circling(sides.blocks, sides.old)
    for address, body in sides.old.items():
        if address in circling:
            continue
        ends = sides.ways.get(address, [address])
        if not any(one in sides.new for one in ends):
            # Moved to where nothing stands, it goes under that name.
            action = "forget" if any(one in staying or one.startswith(homes) for one in ends) else "destroy"
            came_from = address if ends[0] != address else ""
            yield Judged(Change(ends[0], sides.room(address), action, came_from=came_from), body, {})
    before_all, after_all = (resources(one, decided=True) for one in (sides.before, sides.after))
    for address, body in sides.new.items():
        was = sides.was(address)
        if was is None:
            # Of several instances some may be there already.
            for one in sorted(instances[address] if address in brought else {address}):
                action = "import" if one in coming else "create"
                yield Judged(Change(one, sides.room(one), action, imported=one in coming), {}, body)
            continue
        came_from = sides.came_from.get(address, "")
        old, new = before_all.get(came_from or address, was), after_all.get(address, body)
        told = differences(kind(address), was, body)
        # Values of variables are judged and not told: who says which of them are secret?
        if told or differences(kind(address), old, new):
            before, after = (known.as_written(kind(address), side) for side in (old, new))
            off = protection_off(kind(address), before, after)
            yield Judged(Change(address, sides.room(address), "update", (), told, False, off, came_from), before, after)
