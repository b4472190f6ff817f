"""The review of one stack: everything that changes, by what it means."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from dicom_cdk.plan.modules import stack_files
from dicom_cdk.plan.redaction.scrubbing import scrubbed
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.terraform import Terraform
from dicom_cdk.review.archive import receiving, tenants
from dicom_cdk.review.archive.upgrades import lost_by_upgrade, told, upgrades
from dicom_cdk.review.before_after.sides import Sides, same
from dicom_cdk.review.before_after.values import without
from dicom_cdk.review.changes import changed
from dicom_cdk.review.losses import allowed, losses
from dicom_cdk.review.model import StackReview
from dicom_cdk.review.places import surroundings
from dicom_cdk.review.protection import switched_off
from dicom_cdk.review.written import as_written


def review(
    name: str,
    before: Stack | None,
    after: Stack | None,
    terraform: Terraform,
    answers: Path | None = None,
    written: Callable[[], StackReview] | None = None,
    replaced: Sequence[str] = (),
) -> StackReview:
    """All but policies and waivers, which the command adds. Raises NotAStack, AnswersError.

    `written`: waits for `as_written`, where another process does that meanwhile. `replaced`: what is made anew in any case.
    """
    shown = after or before
    passed_over = tuple(stack_files.passed_over(shown)) if shown else ()
    if before is not None and after is not None and not replaced and same(before, after):
        return StackReview(name, unknown=passed_over)
    sides = Sides(before, after)
    found = changed(sides, terraform, answers, replaced)
    said = as_written(name, sides) if written is None else written()
    judged, problems = found.judged, found.problems
    ways = upgrades(sides)
    lost = {
        *losses(sides, judged, refused=bool(problems)),
        *surroundings.elsewhere(sides, said.settings),
        *lost_by_upgrade(ways),
        *receiving.lost_on_the_way(sides),
        *tenants.lost_on_the_way(sides),
    }
    return replace(
        said,
        changes=tuple(
            replace(one.change, differences=without(one.change.differences, found.secrets)) for one in judged
        ),
        files=tuple(
            replace(one, lines=tuple(scrubbed(line, found.secrets) for line in one.lines)) for one in said.files
        ),
        outputs=without(said.outputs, found.secrets),
        settings=without(said.settings, found.secrets),
        upgrades=tuple(told(ways, through_a_folder=receiving.through_a_folder(sides))),
        unprotected=tuple(switched_off(sides, judged)),
        losses=tuple(sorted(lost, key=lambda loss: (loss.address, loss.action, loss.what))),
        problems=problems,
        twice=found.twice,
        unknown=(*passed_over, *(scrubbed(one, found.secrets) for one in found.unknown)),
    )


def allow(review: StackReview, reasons: Mapping[str, str]) -> StackReview:
    """The same review with the reasons of an allow file."""
    return replace(review, losses=allowed(review.losses, reasons))
