"""The review of one stack: everything that changes, by what it means."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dicom_cdk.plan import module_resources, modules, summary
from dicom_cdk.plan.planning import Planned, plan_offline
from dicom_cdk.plan.secret_values import is_secret
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.terraform import Terraform
from dicom_cdk.policy.document import Document, of_stack
from dicom_cdk.review import access, permissions, renames, surroundings
from dicom_cdk.review.data_facts import lost_with
from dicom_cdk.review.data_loss import Loss, lost_in_place
from dicom_cdk.review.payload_changes import FileChange, file_changes
from dicom_cdk.review.values import Difference, differences, shown

Json = dict[str, Any]
STEP_TYPES = ("alicloud_ecs_command", "alicloud_ecs_invocation")


@dataclass(frozen=True)
class Change:
    """What happens to one resource. `action`: create, update, replace or destroy; `forced_by`: arguments that force a replacement;
    `held`: prevent_destroy makes Terraform refuse it."""

    address: str
    room: str
    action: str
    forced_by: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    held: bool = False

    @property
    def step(self) -> bool:
        """A host step that runs again, or for the first time."""
        return modules.own(self.address).startswith(STEP_TYPES)


@dataclass(frozen=True)
class StackReview:
    """One stack. `presence`: both, added or removed. `problems`: why no plan could be made."""

    name: str
    presence: str = "both"
    changes: tuple[Change, ...] = ()
    files: tuple[FileChange, ...] = ()
    exposure: tuple[str, ...] = ()
    unfiltered: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    findings_new: tuple[str, ...] = ()
    findings_gone: tuple[str, ...] = ()
    waivers_new: tuple[str, ...] = ()
    waivers_expiring: tuple[str, ...] = ()
    outputs: tuple[Difference, ...] = ()
    providers: tuple[Difference, ...] = ()
    settings: tuple[Difference, ...] = ()
    moves: Mapping[str, str] = field(default_factory=dict)
    losses: tuple[Loss, ...] = ()
    problems: tuple[str, ...] = ()
    policies_judged: bool = True

    @property
    def unchanged(self) -> bool:
        return self == StackReview(
            self.name, policies_judged=self.policies_judged, waivers_expiring=self.waivers_expiring
        )


def review(
    name: str, before: Stack | None, after: Stack | None, terraform: Terraform, answers: Path | None = None
) -> StackReview:
    """All but policies and waivers, which the command adds. Raises NotAStack, AnswersError."""
    if before is not None and after is not None and same(before, after):
        return StackReview(name)
    old, new = _resources(before), _resources(after)
    moved = renames.declared(after.document) if after else {}
    moves = renames.suggested(
        {address: body for address, body in old.items() if address not in new and address not in moved},
        {address: body for address, body in new.items() if address not in old and address not in moved.values()},
    )
    changes, problems = _changes(before, after, old, new, {**moved, **moves}, terraform, answers)
    documents = [document_of(one) for one in (before, after)]
    settings = surroundings.settings(before, after)
    return StackReview(
        name,
        "added" if before is None else "removed" if after is None else "both",
        changes,
        tuple(file_changes(before.document, after.document)) if before and after else (),
        tuple(access.new_exposure(*documents)),
        tuple(access.new_ways_to_archives(*documents)),
        tuple(access.widened_rules(*documents)),
        tuple(access.ended_ways(*documents)),
        tuple(permissions.permissions_gained(*documents)),
        outputs=_section(before, after, "output"),
        providers=_section(before, after, "providers"),
        settings=settings,
        moves=moves,
        losses=tuple(
            sorted(
                {
                    *_losses(changes, refused=bool(problems)),
                    *_unmoved(moves),
                    *_in_place(old, new, {**moved, **moves}),
                    *surroundings.elsewhere(settings),
                },
                key=lambda loss: (loss.address, loss.action),
            )
        ),
        problems=problems,
    )


def same(before: Stack, after: Stack) -> bool:
    """Whether nothing changes: neither the document nor a file of a local module."""
    return before.document == after.document and modules.contents(before) == modules.contents(after)


def allow(review: StackReview, allowed: Mapping[str, str]) -> StackReview:
    """The same review with the reasons of an allow file."""
    return replace(review, losses=tuple(replace(loss, reason=allowed.get(loss.address, "")) for loss in review.losses))


def _losses(changes: tuple[Change, ...], *, refused: bool) -> Iterator[Loss]:
    """`refused`: without a plan an update may be a replacement."""
    for change in changes:
        what = lost_with(_kind(change.address))
        if what is None:
            continue
        if change.action in ("destroy", "replace"):
            yield Loss(change.address, change.action, what)
        elif refused and change.action == "update":
            yield Loss(change.address, "perhaps replace", what)


def _unmoved(moves: Mapping[str, str]) -> Iterator[Loss]:
    """Renamed without a `moved` of its own: Terraform destroys the old and makes a new one."""
    for old in moves:
        if what := lost_with(_kind(old)):
            yield Loss(old, "destroy, unless it is moved,", what)


def _in_place(old: Mapping[str, Json], new: Mapping[str, Json], moves: Mapping[str, str]) -> Iterator[Loss]:
    for address, was in old.items():
        now = new.get(moves.get(address, address))
        for action, what in lost_in_place(_kind(address), was, now) if now is not None else ():
            yield Loss(address, action, what)


def _kind(address: str) -> str:
    return modules.own(address).partition(".")[0]


def _changes(
    before: Stack | None,
    after: Stack | None,
    old: Mapping[str, Json],
    new: Mapping[str, Json],
    moves: Mapping[str, str],
    terraform: Terraform,
    answers: Path | None,
) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    if before is None or after is None:
        there, action = (new, "create") if before is None else (old, "destroy")
        stack = after or before
        assert stack is not None
        blind = tuple(modules.unseen(stack))
        return tuple(Change(address, _room(stack, address), action) for address in sorted(there)), blind
    planned = plan_offline(
        _free(after, moves, old),
        terraform,
        base=_free(before, {}, {}),
        answers=answers,
        protected=False,
    )
    if planned.plan is None:
        why = tuple(
            f"{one.where + ': ' if one.where else ''}{one.summary}: {one.detail}"
            for one in planned.findings
            if not one.warning
        )
        side = "before" if planned.stack.folder == before.folder else "after"
        return _written(before, after, old, new, moves), (
            f"Terraform refuses the stack as it is {side} the change",
            *why,
        )
    return _planned(planned, before, after, old, new, moves), ()


def _free(stack: Stack, moves: Mapping[str, str], old: Mapping[str, Json]) -> Stack:
    """Without prevent_destroy, for which Terraform would say nothing but no; with the moves that are needed."""
    document = json.loads(json.dumps(stack.document))
    for named in document.get("resource", {}).values():
        for body in named.values():
            if isinstance(body, dict) and isinstance(body.get("lifecycle"), dict):
                body["lifecycle"].pop("prevent_destroy", None)
    wanted = [{"from": one, "to": other} for one, other in sorted(moves.items()) if one in old]
    if wanted:
        document["moved"] = wanted
    return Stack(stack.folder, document)


def _planned(
    planned: Planned,
    before: Stack,
    after: Stack,
    old: Mapping[str, Json],
    new: Mapping[str, Json],
    moves: Mapping[str, str],
) -> tuple[Change, ...]:
    assert planned.plan is not None
    came_from = {other: one for one, other in moves.items()}
    found = []
    for one in planned.plan.get("resource_changes", []):
        action = summary.action(one)
        if action in (None, "read"):
            continue
        address = one["address"]
        plain = re.sub(r"\[[^]]*\]", "", address)
        was, now = old.get(came_from.get(plain, plain), {}), new.get(plain, {})
        held = action == "replace" and bool((now.get("lifecycle") or {}).get("prevent_destroy"))
        found.append(
            Change(
                address,
                _room(after, plain) or _room(before, plain),
                str(action),
                tuple(".".join(map(str, path)) for path in one["change"].get("replace_paths") or []),
                differences(one["type"], was, now) if action in ("update", "replace") and was and now else (),
                held,
            )
        )
    return tuple(sorted(found, key=lambda change: (change.room, change.address)))


def _written(
    before: Stack, after: Stack, old: Mapping[str, Json], new: Mapping[str, Json], moves: Mapping[str, str]
) -> tuple[Change, ...]:
    """Without a plan: what the files say, which cannot tell an update from a replacement."""
    came_from = {other: one for one, other in moves.items()}
    found = [Change(one, _room(before, one), "destroy") for one in old if one not in new and one not in moves]
    for address, body in new.items():
        was = old.get(came_from.get(address, address))
        if was is None:
            found.append(Change(address, _room(after, address), "create"))
        elif told := differences(_kind(address), was, body):
            found.append(Change(address, _room(after, address), "update", (), told))
    return tuple(sorted(found, key=lambda change: (change.room, change.address)))


def _resources(stack: Stack | None) -> dict[str, Json]:
    if stack is None:
        return {}
    return {one.address: one.body for one in module_resources.resources(stack) if isinstance(one.body, dict)}


def _room(stack: Stack, address: str) -> str:
    path = stack.paths.get(address, "")
    return path.partition("/")[0] if "/" in path else ""


def _section(before: Stack | None, after: Stack | None, name: str) -> tuple[Difference, ...]:
    def said(stack: Stack | None) -> dict[str, Any]:
        if stack is None:
            return {}
        if name == "output":
            return {
                key: "(sensitive)" if body.get("sensitive") or is_secret(key, {}) else body.get("value")
                for key, body in (stack.document.get("output") or {}).items()
                if isinstance(body, dict)
            }
        return {
            key: body.get("version") if isinstance(body, dict) else body
            for key, body in (stack.document.get("terraform", {}).get("required_providers") or {}).items()
        }

    old, new = said(before), said(after)
    if before is None or after is None:
        return ()
    return tuple(
        Difference(key, shown(old[key]) if key in old else None, shown(new[key]) if key in new else None)
        for key in sorted({*old, *new})
        if old.get(key) != new.get(key)
    )


def document_of(stack: Stack | None) -> Document | None:
    """What policies judge; None for no stack or an empty one."""
    return of_stack(stack) if stack is not None and _resources(stack) else None
