"""What the hosts of a restore drill stand on: its network, rights, images, and the buckets that it reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable
from constructs import Construct

from dicom_cdk.service.dicom import Dicom
from dicom_cdk.service.identity import Identity
from dicom_cdk.service.parts.subnet import Subnet
from dicom_cdk.service.rooms import registry as room_registry
from dicom_cdk.service.rooms.secrets import Secrets
from dicom_cdk.service.tenants import Tenant
from dicom_cdk.settings.site import SiteSettings


@dataclass(frozen=True)
class Ground:
    """What the hosts of a drill stand on."""

    scope: Construct
    settings: SiteSettings
    own: Identity
    """Of the drill."""
    dicom: Dicom
    bucket: str
    """The site's bucket of DICOM objects, or its copy, by name."""
    operations: str
    """The operations bucket with the backups, or its copy, by name."""
    tenants: Sequence[Tenant]
    """With the buckets that the drill reads."""
    secrets: Secrets
    subnet: Subnet
    group_id: str
    egress: Sequence[ITerraformDependable]
    registry: room_registry.Source
    images: Mapping[str, str]
    """Whole references, by repository."""
    key_id: str

    @property
    def image_buckets(self) -> list[str]:
        """Every bucket of DICOM objects, by name."""
        return sorted({self.bucket, *(one.bucket for one in self.tenants)})
