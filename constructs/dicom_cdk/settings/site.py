"""The settings of one site: the root model. Sites are read by `loader`, never built from raw YAML elsewhere."""

from collections.abc import Mapping

from pydantic import PrivateAttr

from dicom_cdk.settings.models.alarms import Alarms
from dicom_cdk.settings.models.archive import Archive
from dicom_cdk.settings.models.base import Settings, setting
from dicom_cdk.settings.models.database import Database
from dicom_cdk.settings.models.dicomweb import Dicomweb
from dicom_cdk.settings.models.directory import Directory
from dicom_cdk.settings.models.drill import Drill
from dicom_cdk.settings.models.filter import Filter
from dicom_cdk.settings.models.gateway import Gateway
from dicom_cdk.settings.models.hl7 import Hl7Partner
from dicom_cdk.settings.models.logs import Logs
from dicom_cdk.settings.models.modalities import Hospital, Modality
from dicom_cdk.settings.models.network import Network
from dicom_cdk.settings.models.operation import Protection, State, Waiver
from dicom_cdk.settings.models.recovery import Recovery
from dicom_cdk.settings.models.registry import Registry
from dicom_cdk.settings.models.secrets import Secrets
from dicom_cdk.settings.models.storage import Storage
from dicom_cdk.settings.models.watch import Watch


class SiteSettings(Settings):
    """One site: one DICOM service in one region of one account."""

    name: str = setting(pattern=r"^[a-z][a-z0-9-]{1,18}[a-z0-9]$")
    """Name of the site and its stack, 3 to 20 characters: lower-case letters, digits, hyphens."""
    region: str = setting(guide="1", pattern=r"^[a-z]{2}-[a-z]+(-[a-z0-9]+)*$")
    """Region id such as cn-shanghai."""
    account_id: str = setting(guide="6.8", pattern=r"^[0-9]{16}$")
    """Alibaba Cloud account id, 16 digits, quoted."""
    tags: dict[str, str] = setting(default_factory=dict)
    """Tags of every resource that takes tags, beside dicom-cdk's own `site`."""
    protection: Protection = Protection()
    """Protection of data."""
    state: State = State()
    """Terraform's state."""
    moved: dict[str, str] = setting(default_factory=dict)
    """Renamed resources: old address to new address, written as `moved` blocks."""
    waivers: tuple[Waiver, ...] = ()
    """Policies waived for single resources."""
    network: Network = Network()
    """VPC and vSwitches (guide step 1)."""
    logs: Logs = Logs()
    """Log project and stores."""
    secrets: Secrets = Secrets()
    """KMS key and generated secrets."""
    registry: Registry = Registry()
    """Container images (guide steps 3, 4, 6)."""
    database: Database = Database()
    """PostgreSQL (guide step 2)."""
    storage: Storage = Storage()
    """Object storage (guide 4.7)."""
    directory: Directory = Directory()
    """LDAP pair (guide step 3)."""
    archive: Archive = Archive()
    """Management host (guide step 4)."""
    dicomweb: Dicomweb = Dicomweb()
    """DICOMweb on SAE (guide step 5)."""
    gateway: Gateway = Gateway()
    """Gateway on Function Compute (guide step 6)."""
    filter: Filter = Filter()
    """What hospitals' networks reach of DICOMweb."""
    recovery: Recovery = Recovery()
    """Copies in another region."""
    hospitals: tuple[Hospital, ...] = ()
    """Hospitals whose devices `modalities` names."""
    modalities: tuple[Modality, ...] | None = None
    """Who may use DIMSE, device by device; an empty list: nobody. Left out: all of `network.hospital_cidrs`."""
    hl7: tuple[Hl7Partner, ...] | None = None
    """Who may send HL7, partner by partner; an empty list: nobody. Left out: all of `network.hospital_cidrs`."""
    drill: Drill = Drill()
    """The restore drill, a stack of its own."""
    watch: Watch = Watch()
    """What is collected, and from where."""
    alarms: Alarms
    """Alarms."""
    _certificates: dict[str, str] = PrivateAttr(default_factory=dict)

    @property
    def certificates(self) -> Mapping[str, str]:
        """The certificates that hospitals and modalities name: file to PEM, as the loader read them."""
        return self._certificates

    def with_certificates(self, certificates: Mapping[str, str]) -> "SiteSettings":
        """These settings, with what stands in the files that they name."""
        self._certificates.update(certificates)
        return self
