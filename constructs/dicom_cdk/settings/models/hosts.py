"""What the rooms with hosts have in common: machine, disks, time zone."""

from dicom_cdk.settings.models.base import (
    UBUNTU_22_04,
    EcsImageId,
    EcsInstanceType,
    PerformanceLevel,
    Settings,
    setting,
)


class Host(Settings):
    """One kind of ECS host."""

    instance_type: EcsInstanceType
    """ECS instance type."""
    image_id: EcsImageId = setting(UBUNTU_22_04, guide="3.1, 4.1")
    """Pinned id of an Ubuntu 22.04 or 24.04 image."""
    system_disk_gb: int = setting(40, ge=20, le=2048)
    """System disk, GiB."""
    disk_performance: PerformanceLevel = setting("PL0", guide="3.1, 4.1")
    """ESSD performance level of its disks."""
    data_disk_gb: int | None = setting(None, ge=20, le=65536)
    """Separate data volume, GiB; default: data on the system disk, as in the guide."""
    snapshot_retention_days: int = setting(7, ge=1, le=65536)
    """Days that the daily disk snapshots are kept."""
    time_zone: str = setting("Asia/Shanghai", pattern=r"^[A-Za-z_]+(/[A-Za-z0-9_+-]+){0,2}$")
    """Time zone of the host and its containers."""
