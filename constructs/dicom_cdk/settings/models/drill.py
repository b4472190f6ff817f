"""The restore drill: a stack of its own, for hours, that proves that backups can be restored (docs/recovery.md)."""

from dicom_cdk.settings.models.base import Cidr, EcsInstanceType, Settings, setting


class Drill(Settings):
    """What `dicom-cdk drill` makes beside the site."""

    cidr: Cidr | None = None
    """IPv4 network of the drill's own vSwitch, inside `network.cidr`, which nothing of the site lets in; default: its last /28."""
    instance_type: EcsInstanceType = "ecs.g7.large"
    """ECS instance type of both hosts."""
    sample: int = setting(200, ge=1, le=5000)
    """Objects whose digest is compared."""
    retrieved: int = setting(10, ge=1, le=100)
    """Instances that are retrieved through DICOMweb and compared byte for byte."""
