"""HL7 partners: each once, one host of its hospital, known by certificate or with a reason for none."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Path, Problem, listed, shown
from dicom_cdk.settings.rules.choices import idle
from dicom_cdk.settings.rules.modalities import host_of, trust_of

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

NOBODY = "dicom-cdk|nobody"
"""Where no partner may send (assets/modalities)."""
MOST = 30
"""Partners: their rules share a security group with those of modalities."""


def partners(site: "SiteSettings") -> Iterator[Problem]:
    """Each name once, in a hospital that is named, with something to send."""
    known = {hospital.name: hospital for hospital in site.hospitals}
    seen: dict[str, int] = {}
    for index, partner in enumerate(site.hl7 or ()):
        path: Path = ("hl7", index)
        name = f"{partner.application}|{partner.facility}"
        first = seen.setdefault(name.casefold(), index)
        if first != index:
            yield Problem(
                (*path, "application"),
                f"is hl7[{first}] already",
                shown(name),
                "every application once, case left aside",
            )
        if name.casefold() == NOBODY:
            yield Problem((*path, "application"), "stands for nobody in the archive", shown(name), "another name")
        if partner.hospital not in known:
            names = listed(sorted(known)) if known else "none: hospitals is empty"
            yield Problem((*path, "hospital"), "is no name of hospitals", shown(partner.hospital), names)
        yield from host_of(path, partner.address, name, known.get(partner.hospital))
        yield from trust_of(path, partner, name, known.get(partner.hospital))
        if not partner.sends or len(set(partner.sends)) != len(partner.sends):
            yield Problem(
                (*path, "sends"), "names nothing, or one twice", shown(list(partner.sends)), "adt, order or both"
            )
    if len(site.hl7 or ()) > MOST:
        yield Problem("hl7", "is too long", f"{len(site.hl7 or ())} entries", f"at most {MOST}")


def character_set(site: "SiteSettings") -> Iterator[Problem]:
    """A name that is stored as nonsense is another patient's; nobody is asked afterwards."""
    if site.hl7 and site.archive.hl7_character_set is None:
        yield Problem(
            "archive.hl7_character_set",
            "is needed with hl7: messages without MSH-18 are read by it",
            shown(None),
            '"UNICODE UTF-8", "GB 18030-2000" or "8859/1"',
            "ask the partners what they send",
        )
    if site.hl7 is None:
        yield from idle({"archive.hl7_character_set": site.archive.hl7_character_set}, "without hl7")


HL7_RULES = (partners, character_set)
