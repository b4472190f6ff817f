"""Room recovery: copies of everything that holds data, in another region (beyond the guide)."""

from typing import Literal

from dicom_cdk.settings.models.base import CloudId, Settings, setting


class Recovery(Settings):
    """Another region: buckets replicated, snapshots copied, the database dumped every day."""

    region: str | None = setting(None, pattern=r"^[a-z]{2}-[a-z]+(-[a-z0-9]+)*$")
    """Region that everything is copied to, such as cn-beijing; without it there are no copies."""
    kms_key_id: CloudId | None = None
    """Id of an existing KMS key there; default: one is made."""
    kms_instance_id: CloudId | None = None
    """Id of the KMS instance there that the key is made in; without it the key is that region's default master key."""
    history: bool = True
    """Whether objects from before the replication began are copied too."""
    within_ten_minutes: bool = False
    """Whether new objects are promised to be there within ten minutes (RTC, billed by traffic); else minutes to hours."""
    snapshot_retention_days: int = setting(30, ge=1, le=3650)
    """Days that copied snapshots of the hosts' disks are kept."""
    dump_hour_utc: int = setting(17, ge=0, le=23)
    """Full hour (UTC) of the daily dump of the database; 17 is one at night in China."""
    dump_retention_days: int = setting(14, ge=1, le=3650)
    """Days that dumps are kept, here and there."""
    lock_days: int | None = setting(None, ge=1, le=25550)
    """Days that nobody, the account's owner included, can delete or overwrite an object of the copies; default: no lock."""
    lock: Literal["trial", "final"] = "trial"
    """trial: the lock is void after 24 hours; final: it can never be taken back, only prolonged."""
