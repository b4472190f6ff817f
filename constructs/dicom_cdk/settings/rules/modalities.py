"""Hospitals and modalities: whose device, at which address, called what, with which certificate."""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Path, Problem, listed, shown
from dicom_cdk.settings.rules.network_forms import clients, overlapping, parse_network
from dicom_cdk.settings.rules.titles_apart import own_titles

if TYPE_CHECKING:
    from dicom_cdk.settings.models.hl7 import Hl7Partner
    from dicom_cdk.settings.models.modalities import Hospital, Modality
    from dicom_cdk.settings.site import SiteSettings

LISTED = "dicom-cdk|listed"
"""Stands among the callers of an AE title of the archive for a list that is ours (assets/modalities)."""
MOST = 640
"""Modalities: as many rules as the security groups of one host take, with room for uneven shares."""


def hospitals(site: "SiteSettings") -> Iterator[Problem]:
    """Each hospital once, its networks its own: an address tells whose device it is."""
    seen: dict[str, int] = {}
    taken: list[tuple[str, str]] = [("network.cidr", site.network.cidr)]
    for index, hospital in enumerate(site.hospitals):
        path: Path = ("hospitals", index)
        first = seen.setdefault(hospital.name.casefold(), index)
        if first != index:
            yield Problem(
                (*path, "name"), "is there twice", shown(hospital.name), "every hospital once, case left aside"
            )
        if not hospital.cidrs:
            yield Problem((*path, "cidrs"), "is empty", "[]", "at least one network, such as 10.20.0.0/16")
        own: list[tuple[str, str]] = []
        for number, cidr in enumerate(hospital.cidrs):
            for problem in clients("cidrs", (cidr,)):
                yield Problem((*path, "cidrs", number), problem.what, problem.got, problem.allowed, problem.do)
            for key, other in [*taken, *own]:
                for problem in overlapping("cidrs", cidr, key, other):
                    yield Problem((*path, "cidrs", number), problem.what, problem.got, problem.allowed, problem.do)
            own.append((f"hospitals[{index}].cidrs[{number}]", cidr))
        taken += own


def titles(site: "SiteSettings") -> Iterator[Problem]:
    """Each AE title once, none the archive's. Two that differ by case alone are one to most people and to some devices."""
    seen: dict[str, int] = {}
    ours, kept = own_titles(site), kept_names(site)
    for index, modality in enumerate(site.modalities or ()):
        path: Path = ("modalities", index, "ae_title")
        title = modality.ae_title
        if title.casefold() in ours or title.casefold().startswith("iocm_"):
            yield Problem(path, "is an AE title of the archive itself", shown(title), "the device's own")
        elif title.casefold() in kept:
            yield Problem(
                path,
                f"is what the directory calls {kept[title.casefold()]}",
                shown(title),
                "another, on the device too",
            )
        first = seen.setdefault(title.casefold(), index)
        if first != index:
            yield Problem(
                path, f"is taken already by modalities[{first}]", shown(title), "every AE title once, case left aside"
            )
    if len(site.modalities or ()) > MOST:
        yield Problem("modalities", "is too long", f"{len(site.modalities or ())} entries", f"at most {MOST}")


def kept_names(site: "SiteSettings") -> dict[str, str]:
    """Names of the directory's that a device's would be taken for, and whose they are, case left aside."""
    partners = {f"hl7-{one.application}|{one.facility}": "an HL7 partner of this site" for one in site.hl7 or ()}
    found = {**partners, site.archive.device_name: "the archive's device", LISTED: "a list of ours"}
    return {name.casefold(): whose for name, whose in found.items()}


def places(site: "SiteSettings") -> Iterator[Problem]:
    """Each device is one host of its hospital: what it retrieves goes to no other's."""
    known = {hospital.name: hospital for hospital in site.hospitals}
    for index, modality in enumerate(site.modalities or ()):
        path: Path = ("modalities", index)
        if modality.hospital not in known:
            names = listed(sorted(known)) if known else "none: hospitals is empty"
            yield Problem((*path, "hospital"), "is no name of hospitals", shown(modality.hospital), names)
        yield from host_of(path, modality.address, modality.ae_title, known.get(modality.hospital))


def host_of(path: Path, text: str, name: str, hospital: "Hospital | None") -> Iterator[Problem]:
    """One host of `hospital`, of which nothing is said where it is not known. `name`: whose address `text` is."""
    address = _address(text)
    if address is None:
        yield Problem((*path, "address"), "is no IPv4 address", shown(text), "one host, such as 10.20.1.15")
    elif hospital is not None and any(_no_host(address, cidr) for cidr in hospital.cidrs):
        yield Problem(
            (*path, "address"),
            f"is a network of hospital {hospital.name} or its broadcast, no host",
            shown(text),
            "one host",
        )
    elif hospital is not None and not any(
        one and address in one for one in (parse_network(cidr) for cidr in hospital.cidrs)
    ):
        yield Problem(
            (*path, "address"),
            f"is in no network of hospital {hospital.name}: what {name} does would leave it",
            shown(text),
            f"an address in {', '.join(hospital.cidrs)}",
        )


def services(site: "SiteSettings") -> Iterator[Problem]:
    """Something, each once."""
    for index, modality in enumerate(site.modalities or ()):
        path: Path = ("modalities", index, "may")
        if not modality.may:
            yield Problem(path, "is empty", "[]", "some of store, query, retrieve, worklist", "or take the entry out")
        for number, service in enumerate(modality.may):
            if service in modality.may[:number]:
                yield Problem((*path, number), "is there twice", shown(service), "each once")


def trust(site: "SiteSettings") -> Iterator[Problem]:
    """Over TLS the archive lets in and sends to whom it knows by a certificate; without TLS there is nothing to know."""
    known = {hospital.name: hospital for hospital in site.hospitals}
    for index, modality in enumerate(site.modalities or ()):
        yield from trust_of(("modalities", index), modality, modality.ae_title, known.get(modality.hospital))


def trust_of(
    path: Path, modality: "Modality | Hl7Partner", name: str, hospital: "Hospital | None"
) -> Iterator[Problem]:
    """A device or partner, called `name`, over TLS with a certificate, or without TLS and without one."""
    if modality.tls and modality.reason is not None:
        yield Problem(
            (*path, "reason"), "says why there is no TLS, but there is", shown(modality.reason), "none", "take it out"
        )
    if not modality.tls and modality.certificate is not None:
        yield Problem((*path, "certificate"), "is of no use without TLS", shown(modality.certificate), "none")
    if modality.tls and modality.certificate is None and hospital is not None and hospital.certificate is None:
        yield Problem(
            (*path, "certificate"),
            f"is missing: over TLS {name} would be refused",
            shown(None),
            "the device's own, or its authority's as certificate of the hospital",
        )


MODALITY_RULES = (hospitals, titles, places, services, trust)


def _address(address: str) -> IPv4Address | None:
    try:
        return IPv4Address(address)
    except AddressValueError:
        return None


def _no_host(address: IPv4Address, cidr: str) -> bool:
    network = parse_network(cidr)
    ends = (network.network_address, network.broadcast_address) if network and network.prefixlen < 31 else ()
    return address in ends
