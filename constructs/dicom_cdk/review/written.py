"""What a review says of two sides as they are written: all that needs no plan."""

from dicom_cdk.review.archive import receiving, tenants
from dicom_cdk.review.before_after.payload_changes import file_changes
from dicom_cdk.review.before_after.sides import Sides
from dicom_cdk.review.loss.retention import lock_changes
from dicom_cdk.review.model import StackReview
from dicom_cdk.review.places import surroundings
from dicom_cdk.review.ways_in import access, permissions
from dicom_cdk.review.ways_in.hospital_links import link_changes
from dicom_cdk.review.ways_in.modalities import modality_changes, partner_changes


def as_written(name: str, sides: Sides) -> StackReview:
    """Secrets that only a plan knows are still in it."""
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
