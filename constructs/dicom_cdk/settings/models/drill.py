"""The restore drill: a stack of its own, for hours, that proves that backups can be restored (docs/recovery.md)."""

from dicom_cdk.settings.models.base import Cidr, CloudId, EcsImageId, EcsInstanceType, Settings, setting


class DrillThere(Settings):
    """What a drill in `recovery.region` stands on (`dicom-cdk drill --region recovery`)."""

    zone: str | None = None
    """Zone there that offers the database and the hosts."""
    registry_instance_id: CloudId | None = None
    """Id of an Enterprise Edition instance there that holds the images under the same names and tags, in `registry.namespace`."""
    registry_instance_name: str | None = setting(None, min_length=3, max_length=30)
    """Name of that instance, which is part of its domain."""
    image_id: EcsImageId | None = None
    """Ubuntu image of the hosts there; default: `archive.image_id`, where that is one of the vendor's own."""


class Drill(Settings):
    """What `dicom-cdk drill` makes beside the site."""

    cidr: Cidr | None = None
    """IPv4 network of the drill's own vSwitch, inside `network.cidr`, which nothing of the site lets in; default: its last /28."""
    instance_type: EcsInstanceType = "ecs.g7.large"
    """ECS instance type of both hosts."""
    sample: int = setting(200, ge=1, le=5000)
    """Objects whose digest is compared, of the site's storage and of each tenant's."""
    retrieved: int = setting(10, ge=1, le=100)
    """Instances that are retrieved through DICOMweb and compared byte for byte, of the site's storage and of each tenant's."""
    recovery: DrillThere = DrillThere()
    """The drill in the other region."""
