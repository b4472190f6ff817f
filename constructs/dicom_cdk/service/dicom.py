"""What the archive is called: in DICOM, in LDAP, and on SAE."""

import json
from dataclasses import dataclass

from dicom_cdk.service.callers import Callers, archive_of, trusted
from dicom_cdk.service.partners import Partners
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
    """Address of the archive's host."""
    base_dn: str
    storage_id: str
    namespace_id: str
    """The site's namespace on SAE."""
    application: str
    """The DICOMweb tier's application there."""
    callers: Callers | None
    """Who may use DIMSE, device by device; None: every machine of the hospitals' networks."""
    balancer: str | None = None
    """Address of the balancer behind which every archive takes DIMSE; None: the host alone does."""

    partners: Partners | None = None
    """Who may send HL7, partner by partner; None: every machine of the hospitals' networks."""
    trusted: str = ""
    """Certificates (PEM) by which listed devices and partners over TLS are known."""
    worklist_ae_title: str = ""
    """Where it is not the archive's own, and the site does not say itself which AE titles the gateway lets through."""
    tenants: tuple[str, ...] = ()
    """AE titles with a place of their own."""

    @property
    def listed(self) -> str:
        """Both lists as one JSON text, the same for every order of the site's file; "" for a site with neither."""
        found = (self.callers.listed if self.callers else {}) | (self.partners.listed if self.partners else {})
        return json.dumps(found, sort_keys=True, separators=(",", ":")) if found else ""

    @property
    def web_titles(self) -> tuple[str, ...]:
        """What DICOMweb clients name: tenants' too; from archive 5.29.1 on the worklist's queries are at one of its own."""
        return (*self.ae_titles, *self.tenants, *([self.worklist_ae_title] if self.worklist_ae_title else []))

    @property
    def called_at(self) -> str:
        """Address that devices call."""
        return self.balancer or self.archive_host

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
            partners=Partners.of(settings),
            trusted=trusted(settings),
            worklist_ae_title=_worklist_apart(settings),
            tenants=tuple(sorted(one.ae_title for one in settings.storage.tenants)),
            balancer=settings.dicomweb.balancer_ip if settings.archive.dimse == "balanced" else None,
        )


def _worklist_apart(settings: SiteSettings) -> str:
    title = archive_of(settings)["worklist_ae_title"]
    return "" if settings.gateway.ae_titles or title == settings.archive.ae_title else title
