"""Which data a change could lose, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dicom_cdk.plan.addresses import kind, plain
from dicom_cdk.policy.document import references
from dicom_cdk.review.before_after.sides import Sides
from dicom_cdk.review.changes import Judged
from dicom_cdk.review.loss.data_facts import data_facts, lost_with
from dicom_cdk.review.loss.data_loss import Loss
from dicom_cdk.review.loss.in_place import lost_in_place, lost_when_made
from dicom_cdk.review.protection import protected

GOING = ("destroy", "replace")


def losses(sides: Sides, judged: Sequence[Judged], *, refused: bool) -> Iterator[Loss]:
    """Of all changes. `refused`: without a plan an update may be a replacement."""
    going = {_before(one) for one in judged if one.change.action in GOING}
    for one in judged:
        yield from (replace(loss, came_from=one.change.came_from) for loss in _of(sides, one, going, refused=refused))
    for old in sides.suggested:
        # Without a `moved` of its own, Terraform destroys the old and makes a new one.
        if what := lost_with(kind(old)):
            yield Loss(old, "destroy, unless it is moved,", what)


def _before(one: Judged) -> str:
    """Its address before the change, without indexes."""
    return plain(one.change.came_from or one.change.address)


def _of(sides: Sides, one: Judged, going: set[str], *, refused: bool) -> Iterator[Loss]:
    """`going`: addresses before the change of what is destroyed or replaced."""
    change, address = one.change, one.change.address
    type_ = kind(address)
    what = lost_with(type_)
    if change.action in GOING and what:
        yield Loss(address, change.action, what)
    elif change.action == "destroy" and type_ in data_facts().guards and not _with_it(sides, one, going):
        yield Loss(address, "destroy", data_facts().guards[type_])
    elif refused and change.action == "update" and what:
        yield Loss(address, "perhaps replace", what)
    elif change.action in GOING and (kept := protected(sides, one)):
        yield Loss(address, change.action, f"what was protected by {', '.join(kept)}")
    if change.action == "update" or (change.action == "replace" and not what):
        for action, gone in lost_in_place(type_, one.before, one.after):
            yield Loss(address, action, gone)
    if change.action == "create":
        for action, gone in lost_when_made(type_, one.after):
            yield Loss(address, action, gone)
    if change.action == "update" and change.unprotected:
        behind = sorted(other for other in going if _before(one) in set(references(sides.old.get(other, {}))))
        if behind:
            yield Loss(
                address,
                f"unprotect, by {', '.join(change.unprotected)},",
                f"{', '.join(behind)}, gone in the same change",
            )


def _with_it(sides: Sides, guard: Judged, going: set[str]) -> bool:
    """Whether what a guard kept goes in the same change, which is said of that."""
    return any(one in going and lost_with(kind(one)) for one in references(sides.old.get(_before(guard), {})))


def allowed(losses: Sequence[Loss], reasons: Mapping[str, str]) -> tuple[Loss, ...]:
    """The same losses with the reasons of an allow file."""
    return tuple(replace(loss, reason=reasons.get(loss.address, "")) for loss in losses)
