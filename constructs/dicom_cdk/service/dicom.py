"""What the archive is called: in DICOM, in LDAP, and on SAE."""

from dataclasses import dataclass

from dicom_cdk.service.callers import Callers
from dicom_cdk.settings.site import SiteSettings


@dataclass(frozen=True)
class Dicom:
    """Names that the rooms must agree on. `Dicom.of` makes it from a site's settings."""

    device_name: str
    ae_title: str
    """Of the archive itself."""
    ae_titles: tuple[str, ...]
    """Those that clients name, and that store to `storage_id`."""
    archive_host: str
    """Address of the archive: modalities send there, and the directory names it as the device's."""
    base_dn: str
    storage_id: str
    namespace_id: str
    """The site's namespace on SAE."""
    application: str
    """The DICOMweb tier's application there."""
    callers: Callers | None
    """Who may use DIMSE, device by device; None: every machine of the hospitals' networks."""

    @classmethod
    def of(cls, settings: SiteSettings) -> "Dicom":
        return cls(
            device_name=settings.archive.device_name,
            ae_title=settings.archive.ae_title,
            ae_titles=tuple(settings.gateway.ae_titles or (settings.archive.ae_title,)),
            archive_host=settings.archive.private_ip,
            base_dn=settings.directory.base_dn,
            storage_id=settings.storage.storage_id,
            namespace_id=f"{settings.region}:{settings.dicomweb.namespace or settings.name.replace('-', '')}",
            application=settings.dicomweb.app_name,
            callers=Callers.of(settings),
        )
