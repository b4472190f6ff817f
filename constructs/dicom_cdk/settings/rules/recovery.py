"""Copies in another region, and colder storage classes: what goes together, and what cannot be taken back."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Problem, shown
from dicom_cdk.settings.rules.choices import changed, idle
from dicom_cdk.settings.rules.name_forms import BUCKET_LONGEST
from dicom_cdk.settings.rules.names import OPERATIONS
from dicom_cdk.settings.rules.places import misspelt, spelling

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

COPY = "-copy"
"""What room recovery puts behind a bucket's name for its copy."""
RTC_REGIONS = frozenset(["cn-hangzhou", "cn-shanghai", "cn-qingdao", "cn-beijing", "cn-zhangjiakou", "cn-shenzhen"])
"""Where new objects can be promised within ten minutes, both ends (facts: cloud 5.2)."""


def other_region(site: "SiteSettings") -> Iterator[Problem]:
    """Another region, on the same side of the border of the mainland."""
    region = site.recovery.region
    if region is None:
        return
    yield from spelling("recovery.region", region)
    if region == site.region:
        yield Problem(
            "recovery.region",
            "is the region of the site itself, whose loss it is for",
            shown(region),
            "another region",
        )
    elif not misspelt(region) and mainland(region) != mainland(site.region):
        yield Problem(
            "recovery.region",
            f"is on the other side of the mainland's border than {site.region}",
            shown(region),
            f"a region {'of' if mainland(site.region) else 'outside'} the mainland",
            "patient data may not simply leave it, and replication across it is another product",
        )


def promised_time(site: "SiteSettings") -> Iterator[Problem]:
    """The vendor promises a time in some regions only."""
    recovery = site.recovery
    if recovery.region is not None and recovery.within_ten_minutes:
        for key, region in (("region", site.region), ("recovery.region", recovery.region)):
            if region not in RTC_REGIONS and not misspelt(region):
                yield Problem(
                    "recovery.within_ten_minutes",
                    f"is not offered in {key} {region}",
                    shown(recovery.within_ten_minutes),
                    f"both regions of {', '.join(sorted(RTC_REGIONS))}",
                    "leave it out",
                )


def copies_names(site: "SiteSettings") -> Iterator[Problem]:
    """Names of the copies within the vendor's limit."""
    name, most = site.storage.bucket, BUCKET_LONGEST - len(OPERATIONS) - len(COPY)
    if site.recovery.region is not None and name is not None and most < len(name) <= BUCKET_LONGEST - len(OPERATIONS):
        yield Problem(
            "storage.bucket",
            f"is too long for the copies of recovery.region ({len(name)} characters)",
            shown(name),
            f"3 to {most} characters",
            f"room recovery puts {OPERATIONS}{COPY} behind the name",
        )


def without_effect(site: "SiteSettings") -> Iterator[Problem]:
    """Keys of recovery that nothing honours."""
    recovery = site.recovery
    if recovery.region is None:
        given = {f"recovery.{key}": getattr(recovery, key) for key in ("kms_key_id", "kms_instance_id", "lock_days")}
        given["registry.images.postgres"] = site.registry.images.postgres
        yield from idle(given, "without recovery.region")
        keys = (
            "history",
            "within_ten_minutes",
            "snapshot_retention_days",
            "dump_hour_utc",
            "dump_retention_days",
            "lock",
        )
        yield from changed(site, [f"recovery.{key}" for key in keys], "without recovery.region")
        return
    if recovery.kms_key_id is not None:
        yield from idle({"recovery.kms_instance_id": recovery.kms_instance_id}, "with recovery.kms_key_id")
    if recovery.lock_days is None:
        yield from changed(site, ["recovery.lock"], "without recovery.lock_days")


def colder(site: "SiteSettings") -> Iterator[Problem]:
    """Classes get colder with age, and IA is not gone to from IA."""
    storage = site.storage
    infrequent, archive = storage.infrequent_after_days, storage.archive_after_days
    if storage.storage_class == "IA":
        yield from idle({"storage.infrequent_after_days": infrequent}, "with storage.storage_class: IA")
    if infrequent is not None and archive is not None and archive < infrequent + 30:
        yield Problem(
            "storage.archive_after_days",
            "is less than 30 days after storage.infrequent_after_days, and 30 days of IA are paid in any case",
            shown(archive),
            f"{infrequent + 30} or more",
        )


RECOVERY_RULES = (other_region, promised_time, copies_names, without_effect, colder)


def mainland(region: str) -> bool:
    """Whether a region is in mainland China."""
    return region.startswith("cn-") and region != "cn-hongkong"
