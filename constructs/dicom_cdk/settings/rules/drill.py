"""The restore drill's own network, and what one in the other region stands on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Problem
from dicom_cdk.settings.rules.addresses import G, L
from dicom_cdk.settings.rules.choices import idle, needed
from dicom_cdk.settings.rules.name_forms import bucket_name
from dicom_cdk.settings.rules.names import REGISTRY_LONGEST
from dicom_cdk.settings.rules.network_forms import overlapping, vswitch
from dicom_cdk.settings.rules.places import zone

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

KEY, THERE = "drill.cidr", "drill.recovery"
KEYS = ("zone", "registry_instance_id", "registry_instance_name", "image_id")


def network(site: "SiteSettings") -> Iterator[Problem]:
    """Inside the VPC, apart from both vSwitches: the database lets those in, and would let the drill in with them."""
    if (cidr := site.drill.cidr) is not None:
        yield from vswitch(KEY, cidr, site.network.cidr)
        yield from overlapping(KEY, cidr, L, site.network.vswitch_l.cidr)
        yield from overlapping(KEY, cidr, G, site.network.vswitch_g.cidr)


def other_region(site: "SiteSettings") -> Iterator[Problem]:
    """What a drill there is given belongs together and to that region. What it lacks is said when it is asked for."""
    there, region = site.drill.recovery, site.recovery.region
    if region is None:
        yield from idle({f"{THERE}.{key}": getattr(there, key) for key in KEYS}, "without recovery.region")
        return
    if there.zone is not None:
        yield from zone(f"{THERE}.zone", there.zone, region)
    instance, name = there.registry_instance_id, there.registry_instance_name
    if instance is not None:
        key = f"{THERE}.registry_instance_name"
        yield from needed(key, name, f"with {THERE}.registry_instance_id", "its name, which is part of its domain")
    elif name is not None:
        key = f"{THERE}.registry_instance_id"
        yield from needed(key, instance, f"with {THERE}.registry_instance_name", "the id of that instance")
    if name is not None:
        yield from bucket_name(f"{THERE}.registry_instance_name", name, longest=REGISTRY_LONGEST)


DRILL_RULES = (network, other_region)
