"""The review of one stack: everything that changes, by what it means."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from dicom_cdk.plan import modules
from dicom_cdk.plan.secret_values import scrubbed
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.terraform import Terraform
from dicom_cdk.review import access, permissions, receiving, surroundings, tenants
from dicom_cdk.review.changes import changed
from dicom_cdk.review.hospital_links import link_changes
from dicom_cdk.review.losses import allowed, losses
from dicom_cdk.review.modalities import modality_changes, partner_changes
from dicom_cdk.review.model import StackReview
from dicom_cdk.review.payload_changes import file_changes
from dicom_cdk.review.protection import switched_off
from dicom_cdk.review.retention import lock_changes
from dicom_cdk.review.sides import Sides, same
from dicom_cdk.review.upgrades import lost_by_upgrade, told, upgrades
from dicom_cdk.review.values import without


def review(
    name: str, before: Stack | None, after: Stack | None, terraform: Terraform, answers: Path | None = None
) -> StackReview:
    """All but policies and waivers, which the command adds. Raises NotAStack, AnswersError."""
    shown = after or before
    passed_over = tuple(modules.passed_over(shown)) if shown else ()
    if before is not None and after is not None and same(before, after):
        return StackReview(name, unknown=passed_over)
    sides = Sides(before, after)
    with ThreadPoolExecutor(1, thread_name_prefix="written") as beside:
        # While Terraform plans.
        reading = beside.submit(_as_written, name, sides)
        found = changed(sides, terraform, answers)
        written = reading.result()
    judged, problems = found.judged, found.problems
    ways = upgrades(sides)
    lost = {
        *losses(sides, judged, refused=bool(problems)),
        *surroundings.elsewhere(sides, written.settings),
        *lost_by_upgrade(ways),
        *receiving.lost_on_the_way(sides),
        *tenants.lost_on_the_way(sides),
    }
    return replace(
        written,
        changes=tuple(
            replace(one.change, differences=without(one.change.differences, found.secrets)) for one in judged
        ),
        files=tuple(
            replace(one, lines=tuple(scrubbed(line, found.secrets) for line in one.lines)) for one in written.files
        ),
        outputs=without(written.outputs, found.secrets),
        settings=without(written.settings, found.secrets),
        upgrades=tuple(told(ways, through_a_folder=receiving.through_a_folder(sides))),
        unprotected=tuple(switched_off(sides, judged)),
        losses=tuple(sorted(lost, key=lambda loss: (loss.address, loss.action, loss.what))),
        problems=problems,
        unknown=(*passed_over, *(scrubbed(one, found.secrets) for one in found.unknown)),
    )


def _as_written(name: str, sides: Sides) -> StackReview:
    """All that needs no plan; secrets that only a plan knows are still in it."""
    documents = sides.documents
    return StackReview(
        name,
        "added" if sides.before is None else "removed" if sides.after is None else "both",
        files=tuple(file_changes(*sides.carriers) if sides.before and sides.after else ()),
        exposure=tuple(access.new_exposure(*documents)),
        unfiltered=tuple(access.new_ways_to_archives(*documents)),
        rules=tuple(access.widened_rules(*documents)),
        ended=tuple(access.ended_ways(*documents)),
        permissions=tuple(permissions.permissions_gained(*documents)),
        modalities=(
            *link_changes(*documents),
            *modality_changes(*documents),
            *partner_changes(*documents),
        ),
        outputs=surroundings.section(sides, "output"),
        providers=surroundings.section(sides, "providers"),
        settings=surroundings.settings(sides),
        moves=sides.suggested,
        receiving=(*receiving.told(sides), *tenants.told(sides)),
        locks=tuple(lock_changes(*documents)),
    )


def allow(review: StackReview, reasons: Mapping[str, str]) -> StackReview:
    """The same review with the reasons of an allow file."""
    return replace(review, losses=allowed(review.losses, reasons))
