"""A lock on images: nothing that a site chooses beside it may have to delete what is locked."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Problem, shown
from dicom_cdk.settings.rules.choices import changed

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings


def lock(site: "SiteSettings") -> Iterator[Problem]:
    """Versions outlive the lock, the bucket outlives a destroy, and no samples are locked in."""
    storage, days = site.storage, site.storage.lock_days
    if days is None:
        yield from changed(site, ["storage.lock"], "without storage.lock_days")
        return
    if storage.noncurrent_version_days < days:
        yield Problem(
            "storage.noncurrent_version_days",
            f"ends earlier versions while storage.lock_days ({days}) still holds them",
            shown(storage.noncurrent_version_days),
            f"{days} or more",
        )
    for key, open_to_destroy in (
        ("level", site.protection.level == "none"),
        ("destroy_data", site.protection.destroy_data),
    ):
        if open_to_destroy:
            yield Problem(
                f"protection.{key}",
                "has a destroy empty buckets, which a lock (storage.lock_days) refuses",
                shown(getattr(site.protection, key)),
                '"full"' if key == "level" else "false",
                "once the lock has ended, take it out first",
            )
    if site.archive.test_data:
        yield Problem(
            "archive.test_data",
            f"sends sample images into a bucket that keeps them for storage.lock_days ({days})",
            shown(site.archive.test_data),
            "false",
            "send them first, delete them, then lock",
        )


RETENTION_RULES = (lock,)
