"""The review of one stack: everything that changes, by what it means.

Over 200 lines: one review from two folders to its findings; what each finding means is in rooms beside it.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

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
    if before is not None and after is not None and same(before, after):
        return StackReview(name)
    sides = Sides(before, after)
    found = changed(sides, terraform, answers)
    judged, problems = found.judged, found.problems
    documents = sides.documents
    settings = surroundings.settings(sides)
    ways = upgrades(sides)
    lost = {
        *losses(sides, judged, refused=bool(problems)),
        *surroundings.elsewhere(sides, settings),
        *lost_by_upgrade(ways),
        *receiving.lost_on_the_way(sides),
        *tenants.lost_on_the_way(sides),
    }
    return StackReview(
        name,
        "added" if before is None else "removed" if after is None else "both",
        tuple(replace(one.change, differences=without(one.change.differences, found.secrets)) for one in judged),
        tuple(
            replace(one, lines=tuple(scrubbed(line, found.secrets) for line in one.lines))
            for one in (file_changes(*sides.carriers) if before and after else ())
        ),
        tuple(access.new_exposure(*documents)),
        tuple(access.new_ways_to_archives(*documents)),
        tuple(access.widened_rules(*documents)),
        tuple(access.ended_ways(*documents)),
        tuple(permissions.permissions_gained(*documents)),
        modalities=(
            *link_changes(*documents),
            *modality_changes(*documents),
            *partner_changes(*documents),
        ),
        outputs=without(surroundings.section(sides, "output"), found.secrets),
        providers=surroundings.section(sides, "providers"),
        settings=without(settings, found.secrets),
        moves=sides.suggested,
        upgrades=tuple(told(ways, through_a_folder=receiving.through_a_folder(sides))),
        receiving=(*receiving.told(sides), *tenants.told(sides)),
        locks=tuple(lock_changes(*documents)),
        unprotected=tuple(switched_off(sides, judged)),
        losses=tuple(sorted(lost, key=lambda loss: (loss.address, loss.action, loss.what))),
        problems=problems,
    )


def allow(review: StackReview, reasons: Mapping[str, str]) -> StackReview:
    """The same review with the reasons of an allow file."""
    return replace(review, losses=allowed(review.losses, reasons))
