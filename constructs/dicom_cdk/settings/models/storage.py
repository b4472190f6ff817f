"""Room storage: the bucket for DICOM objects and the storage entry in the directory (guide 4.7)."""

from typing import Literal

from dicom_cdk.settings.models.base import Settings, setting
from dicom_cdk.settings.models.cache import Cache
from dicom_cdk.settings.models.tenants import Tenant


class Storage(Settings):
    """Object storage."""

    bucket: str | None = setting(None, guide="4.7", min_length=3, max_length=63)
    """Bucket for DICOM objects, unique in the world; default <site>-<account_id>."""
    redundancy: Literal["ZRS", "LRS"] = "ZRS"
    """Zone-redundant or locally redundant; cannot be changed later."""
    storage_class: Literal["Standard", "IA"] = "Standard"
    """Storage class of new objects. Archive classes are refused: the archive reads synchronously."""
    infrequent_after_days: int | None = setting(None, ge=30, le=3650)
    """Days after which objects go to class IA: cheaper to keep, a fee for each byte read; default: never."""
    archive_after_days: int | None = setting(None, ge=60, le=36500)
    """Days after which objects go to class Archive, with direct read so that the archive still reads them; default: never."""
    endpoint: str | None = setting(None, guide="4.7", pattern=r"^https://[a-z0-9.-]+$")
    """S3-compatible endpoint; default https://s3.oss-<region>-internal.aliyuncs.com."""
    signature_version: Literal[2, 4] = 2
    """AWS Signature of the archive's requests. 4 needs archive.version 5.26.1 or later; with 2 the account must allow it."""
    storage_id: str = setting("alicloud-oss", guide="4.7", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    """Name of the storage in the directory."""
    receive: Literal["direct", "cache", "drain"] = "direct"
    """Where images go first. direct: into the bucket, and a store fails while it is away; cache: into a folder that all archives
    share, then into the bucket; drain: the way back, directly again while the folder is emptied (docs/storage.md)."""
    cache: Cache = Cache()
    """That folder, with receive: cache or drain."""
    tenants: tuple[Tenant, ...] = ()
    """AE titles of the archive whose images lie apart and are seen by those titles only; room, gateway and devices' lists follow
    (docs/tenants.md)."""
    noncurrent_version_days: int = setting(30, ge=1, le=25550)
    """Days that overwritten or deleted objects can still be restored; at least lock_days."""
    lock_days: int | None = setting(None, ge=1, le=25550)
    """Days that nobody, the account's owner included, can delete or overwrite an image in the site's bucket and those of its
    tenants; default: no lock (docs/storage.md, locked)."""
    lock: Literal["trial", "final"] = "trial"
    """trial: the lock is void after 24 hours; final: it can never be taken back, only prolonged."""
