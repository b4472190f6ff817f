"""The folder that images are received into: nothing may be lost in it, hence what it must not be."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Problem, shown
from dicom_cdk.settings.rules.choices import changed

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

STORAGE_ID = "cache"
"""Name of the folder's storage in the directory."""
FOLDERS = ("cache", "fs1")
"""Names of storages in folders: ours, and the one that every device begins with."""
LEAST_FREE_GB = 20
"""Two large CT studies at once, and what the next poll of the purge (five minutes) may bring."""


def storage_name(site: "SiteSettings") -> Iterator[Problem]:
    """The bucket's storage has a name of its own."""
    if site.storage.storage_id in FOLDERS:
        yield Problem(
            "storage.storage_id",
            "is the name of a storage in a folder",
            shown(site.storage.storage_id),
            "another name, such as alicloud-oss",
        )


def free_space(site: "SiteSettings") -> Iterator[Problem]:
    """The purge begins while there is still room for what comes until it is done."""
    cache = site.storage.cache
    free = cache.size_gb * cache.free_percent // 100
    if site.storage.receive != "direct" and free < LEAST_FREE_GB:
        yield Problem(
            "storage.cache.free_percent",
            f"leaves {free} GiB of {cache.size_gb} when the purge begins; a full folder refuses stores",
            shown(cache.free_percent),
            f"what leaves {LEAST_FREE_GB} GiB",
            "change it, or take more storage.cache.size_gb",
        )


def without_folder(site: "SiteSettings") -> Iterator[Problem]:
    """What only the folder has."""
    if site.storage.receive == "direct":
        keys = ("size_gb", "performance", "free_percent", "quiet_minutes", "backup_retention_days")
        yield from changed(site, [f"storage.cache.{key}" for key in keys], "while storage.receive is direct")


CACHE_RULES = (storage_name, free_space, without_folder)
