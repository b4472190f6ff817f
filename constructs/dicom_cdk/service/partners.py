"""Who sends HL7 to the archive, partner by partner."""

from collections.abc import Mapping
from dataclasses import dataclass

from dicom_cdk.service.callers import archive_of
from dicom_cdk.settings.models.hl7 import Hl7Partner
from dicom_cdk.settings.models.modalities import Hospital
from dicom_cdk.settings.site import SiteSettings

PLAIN_PORT, TLS_PORT = 2575, 12575
"""Where the archive's host takes HL7."""


@dataclass(frozen=True)
class Partners:
    """The listed partners in the order of their names. `Partners.of` makes it from a site's settings."""

    partners: tuple[Hl7Partner, ...]
    hospitals: tuple[Hospital, ...]
    archive: Mapping[str, str]
    character_set: str
    """Of messages that name none; "" where there is no partner."""

    @classmethod
    def of(cls, settings: SiteSettings) -> "Partners | None":
        """None where the site has no list."""
        if settings.hl7 is None:
            return None
        return cls(
            tuple(sorted(settings.hl7, key=lambda one: (one.application, one.facility))),
            tuple(sorted(settings.hospitals, key=lambda one: one.name)),
            # Where DIMSE is behind a balancer, so is HL7.
            {**archive_of(settings), "hl7_address": archive_of(settings)["address"]},
            settings.archive.hl7_character_set or "",
        )

    @property
    def ways(self) -> Mapping[tuple[str, int], str]:
        """Address and port of the archive's host → whose way in this is, in words."""
        found: dict[tuple[str, int], list[Hl7Partner]] = {}
        for one in self.partners:
            found.setdefault((one.address, TLS_PORT if one.tls else PLAIN_PORT), []).append(one)
        return {
            (address, port): f"HL7{' (TLS)' if port == TLS_PORT else ''} from "
            f"{', '.join(one.application for one in who[:10])} of {who[0].hospital}"
            for (address, port), who in found.items()
        }

    @property
    def listed(self) -> dict[str, object]:
        """As the list has it, beside that of modalities."""
        return {
            "archive": self.archive,
            "hospitals": {one.name: sorted(one.cidrs) for one in self.hospitals},
            "hl7": [_entry(one) for one in self.partners],
            "hl7_character_set": self.character_set,
        }


def _entry(one: Hl7Partner) -> dict[str, object]:
    reason = {} if one.reason is None else {"reason": one.reason}
    return {
        "address": one.address,
        "application": f"{one.application}|{one.facility}",
        "hospital": one.hospital,
        "sends": sorted(one.sends),
        "tls": one.tls,
        **reason,
    }
