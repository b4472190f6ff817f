"""What a host is made of: instance type, image, disks."""

from dataclasses import dataclass

from dicom_cdk.settings.models import hosts


@dataclass(frozen=True)
class Disks:
    """A host's disks: how large and fast they are, by which key they are encrypted, which policy keeps their snapshots."""

    system_gb: int
    data_gb: int | None
    """Without: data on the system disk."""
    performance: str
    """ESSD performance level."""
    key_id: str
    snapshot_policy_id: str | None
    """None: no snapshots, of a host that holds nothing."""


@dataclass(frozen=True)
class Machine:
    """One kind of machine. A room that has hosts makes it, with `Machine.of`; two hosts may be of one kind."""

    instance_type: str
    image_id: str
    disks: Disks

    @classmethod
    def of(cls, settings: hosts.Host, *, key_id: str, snapshot_policy_id: str) -> "Machine":
        disks = Disks(
            settings.system_disk_gb, settings.data_disk_gb, settings.disk_performance, key_id, snapshot_policy_id
        )
        return cls(settings.instance_type, settings.image_id, disks)
