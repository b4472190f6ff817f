"""The folder that images are received into before they go to the bucket (storage.receive: cache)."""

from typing import Literal

from dicom_cdk.settings.models.base import Settings, setting


class Cache(Settings):
    """A file system that every archive of the site mounts."""

    size_gb: int = setting(500, ge=100, le=32768)
    """Size, GiB: what is received until it is in the bucket, and what is asked for often. It grows later, it does not shrink."""
    performance: Literal["standard", "advance"] = "standard"
    """Kind of Extreme NAS; cannot be changed later."""
    free_percent: int = setting(20, ge=5, le=50)
    """Free space, percent of size_gb, below which studies that lie in the bucket too leave the folder, the longest unused first."""
    quiet_minutes: int = setting(1, ge=1, le=60)
    """A series goes to the bucket once nothing of it has come for so long."""
    backup_retention_days: int = setting(7, ge=1, le=365)
    """Days that a daily backup of the folder is kept."""
