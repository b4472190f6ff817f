"""Who calls the archive by DIMSE, device by device."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dicom_cdk.releases.table import worklist_apart
from dicom_cdk.settings.models.hl7 import Hl7Partner
from dicom_cdk.settings.models.modalities import Hospital, Modality
from dicom_cdk.settings.site import SiteSettings

PLAIN_PORT, TLS_PORT = 11112, 2762
"""Where the archive takes DIMSE."""


@dataclass(frozen=True)
class Callers:
    """The listed modalities in the order of their AE titles. `Callers.of` makes it from a site's settings."""

    modalities: tuple[Modality, ...]
    hospitals: tuple[Hospital, ...]
    archive: Mapping[str, str]
    """What devices call: address, AE titles; behind a balancer also the host, and the networks that the archives send from."""
    tenants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """AE titles with a place of their own, and the hospitals whose devices call them."""

    @classmethod
    def of(cls, settings: SiteSettings) -> "Callers | None":
        """None where the site has no list."""
        if settings.modalities is None:
            return None
        return cls(
            tuple(sorted(settings.modalities, key=lambda one: one.ae_title)),
            tuple(sorted(settings.hospitals, key=lambda one: one.name)),
            archive_of(settings),
            {one.ae_title: tuple(sorted(one.hospitals)) for one in settings.storage.tenants},
        )

    @property
    def ways(self) -> Mapping[tuple[str, int], str]:
        """Address and port of the archive → whose way in this is, in words."""
        found: dict[tuple[str, int], list[Modality]] = {}
        for one in self.modalities:
            found.setdefault((one.address, TLS_PORT if one.tls else PLAIN_PORT), []).append(one)
        return {way: _told(way[1], who) for way, who in found.items()}

    @property
    def listed(self) -> dict[str, object]:
        """As the list has it, the same for every order of the site's file; hosts, policies and review read it."""
        tenants = [{"ae_title": title, "hospitals": list(self.tenants[title])} for title in sorted(self.tenants)]
        return {
            "archive": self.archive,
            "hospitals": {one.name: sorted(one.cidrs) for one in self.hospitals},
            "modalities": [_entry(one) for one in self.modalities],
            **({"tenants": tenants} if tenants else {}),
        }


def archive_of(settings: SiteSettings) -> dict[str, str]:
    """What is called from outside: address, AE titles; behind a balancer also the host, and what the archives send from."""
    host, network = settings.archive.private_ip, settings.network
    found = {"address": host, "ae_title": settings.archive.ae_title, "worklist_ae_title": _worklist(settings)}
    if settings.archive.store_ae_title and settings.archive.query_ae_title:
        found |= {"store_ae_title": settings.archive.store_ae_title, "query_ae_title": settings.archive.query_ae_title}
    if settings.archive.client_certificates == "optional":
        found["client_certificates"] = "optional"
    if settings.archive.dimse == "balanced":
        sends_from = f"{network.vswitch_l.cidr}, {network.vswitch_g.cidr}"
        found |= {"address": settings.dicomweb.balancer_ip, "host": host, "sends_from": sends_from}
    return found


def _worklist(settings: SiteSettings) -> str:
    archive = settings.archive
    # Updates of the directory's data leave the worklist where it was.
    apart = worklist_apart(archive.upgrade_from or archive.behaves_like or archive.version)
    return archive.worklist_ae_title or ("WORKLIST" if apart else archive.ae_title)


def trusted(settings: SiteSettings) -> str:
    """Certificates (PEM) by which devices and partners over TLS are known: their own, else their hospital's. Empty without any."""
    hospitals = {one.name: one.certificate for one in settings.hospitals}
    listed: tuple[Modality | Hl7Partner, ...] = (*(settings.modalities or ()), *(settings.hl7 or ()))
    named = {one.certificate or hospitals.get(one.hospital) for one in listed if one.tls}
    unread = sorted(one for one in named if one is not None and one not in settings.certificates)
    if unread:
        raise ValueError(
            f"modalities: certificate {unread[0]} was not read; load the site by settings.loader, or give it by with_certificates"
        )
    # By content, each once: what a file is called is no part of what is trusted.
    return "".join(sorted({settings.certificates[one] for one in named if one is not None}))


def _entry(one: Modality) -> dict[str, object]:
    reason = {} if one.reason is None else {"reason": one.reason}
    return {
        "address": one.address,
        "ae_title": one.ae_title,
        "hospital": one.hospital,
        "may": sorted(one.may),
        "port": one.port,
        "tls": one.tls,
        **reason,
    }


def _told(port: int, who: list[Modality]) -> str:
    """For a rule's description, which holds 512 characters."""
    titles = [one.ae_title for one in who]
    more = f" and {len(titles) - 20} more" if len(titles) > 20 else ""
    return f"DIMSE{' (TLS)' if port == TLS_PORT else ''} from {', '.join(titles[:20])}{more} of {who[0].hospital}"
