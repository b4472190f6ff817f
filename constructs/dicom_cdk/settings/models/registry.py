"""Room registry: Container Registry Enterprise Edition and the images in it (guide steps 3, 4, 6)."""

from typing import Literal

from dicom_cdk.settings.models.base import CloudId, ImageReference, Settings, setting


class Images(Settings):
    """Whole image references that replace those of the registry (bring your own images)."""

    slapd_dcm4chee: ImageReference | None = None
    """LDAP directory."""
    dcm4chee_arc_psql: ImageReference | None = None
    """Archive and DICOMweb."""
    dcm4che_tools: ImageReference | None = None
    """Test data import."""
    postgres_dcm4chee: ImageReference | None = None
    """Carries the SQL of the database schema."""
    postgres: ImageReference | None = None
    """Dumps the database (recovery.region)."""
    nginx: ImageReference | None = None
    """Base of the gateway image."""
    ohif_app: ImageReference | None = None
    """Viewer that the gateway's image takes in, where gateway.viewer.tag asks for one."""


class Registry(Settings):
    """The registry that hosts, SAE and Function Compute pull from."""

    instance_id: CloudId | None = None
    """Id of an existing Enterprise Edition instance; needs `instance_name` too."""
    instance_name: str | None = setting(None, guide="3.3", min_length=3, max_length=30)
    """Name of the instance, part of its domain, unique in the world; default <site>-<account_id>."""
    instance_type: Literal["Basic", "Standard", "Advanced"] = "Basic"
    """Edition. Function Compute cannot pull from Economy."""
    payment_type: Literal["Subscription", "PayAsYouGo"] = "Subscription"
    """How the instance is paid."""
    period_months: Literal[1, 2, 3, 6, 12, 24, 36] = 1
    """Months bought at a time under Subscription."""
    auto_renewal: bool = True
    """Renew the subscription by itself: a registry that runs out stops every pull."""
    namespace: str = setting("dicom", guide="3.3", pattern=r"^[a-z0-9][a-z0-9._-]{0,118}[a-z0-9]$")
    """Namespace of the repositories."""
    make_repositories: bool = True
    """Make namespace and repositories. Switch off where an existing instance has them already."""
    link_vpc: bool = True
    """Link the instance to vSwitch g. Switch off where an existing instance is linked to this VPC already."""
    subscribe: bool = True
    """Let the registry fetch the base images by subscription rules; otherwise push them yourself."""
    images: Images = Images()
    """Image references of your own."""
