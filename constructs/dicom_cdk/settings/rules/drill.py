"""The restore drill's own network."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Problem
from dicom_cdk.settings.rules.addresses import G, L
from dicom_cdk.settings.rules.network_forms import overlapping, vswitch

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

KEY = "drill.cidr"


def network(site: "SiteSettings") -> Iterator[Problem]:
    """Inside the VPC, apart from both vSwitches: the database lets those in, and would let the drill in with them."""
    if (cidr := site.drill.cidr) is not None:
        yield from vswitch(KEY, cidr, site.network.cidr)
        yield from overlapping(KEY, cidr, L, site.network.vswitch_l.cidr)
        yield from overlapping(KEY, cidr, G, site.network.vswitch_g.cidr)


DRILL_RULES = (network,)
