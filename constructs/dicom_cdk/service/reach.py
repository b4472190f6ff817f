"""Which networks reach the site, and how its hosts get out."""

from collections.abc import Sequence
from dataclasses import dataclass

from dicom_cdk.payload.host_bundle import Egress
from dicom_cdk.settings.models import network
from dicom_cdk.settings.models.modalities import Hospital


@dataclass(frozen=True)
class Reach:
    """IPv4 networks by who is in them, and the way out. `Reach.of` makes it from the settings of room network."""

    hospitals: tuple[str, ...]
    unfiltered: tuple[str, ...]
    """Of the hospitals those that still reach the archive's own HTTP port; empty unless they are changing over."""
    operators: tuple[str, ...]
    taken: tuple[str, ...]
    """Networks that the container engine must keep clear of."""
    egress: Egress

    @classmethod
    def of(cls, settings: network.Network, named: Sequence[Hospital] = ()) -> "Reach":
        """`named`: hospitals whose devices may connect one by one; nothing but the container engine keeps clear of them."""
        hospitals = settings.hospital_cidrs
        operators = hospitals if settings.operator_cidrs is None else settings.operator_cidrs
        taken = (settings.cidr, *hospitals, *operators, *(cidr for one in named for cidr in one.cidrs))
        return cls(hospitals, settings.unfiltered_cidrs, operators, taken, settings.egress)
