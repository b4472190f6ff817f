"""VPN gateways: is one of this bandwidth offered in the zones of both its ends?"""

from collections.abc import Iterable, Iterator
from functools import partial

from dicom_cdk.account.answers import rows, word
from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import VPN_ZONES
from dicom_cdk.finding import Finding
from dicom_cdk.policy.document import Resource
from dicom_cdk.preflight.check import Check, Question, Target, lacks, later, ok
from dicom_cdk.preflight.checks import given

KIND = "alicloud_vpn_gateway"
ENDS = ("vswitch_id", "disaster_recovery_vswitch_id")
"""Arguments with the vSwitches of the first tunnel and of the second one."""


def offered(ask: Ask, region: str, bandwidth: str) -> list[str]:
    """Zones that take a gateway of so many Mbit/s. Raises AskError."""
    answer = ask(VPN_ZONES, RegionId=region, Spec=f"{bandwidth}M")
    return sorted(
        word(one, VPN_ZONES.action, "ZoneId") for one in rows(answer, VPN_ZONES.action, "AvailableZoneIdList")
    )


def ends(target: Target, gateway: Resource) -> list[str]:
    """Zones of both ends, as far as the stack says them."""
    found = []
    for name in ENDS:
        vswitch = target.document.target(gateway.get(name), "alicloud_vswitch")
        found += (
            [target.word(vswitch, "zone_id")] if vswitch else sorted(given.zones(target, target.word(gateway, name)))
        )
    return list(dict.fromkeys(filter(None, found)))


def questions(target: Target) -> Iterator[Question]:
    for one in target.document.of(KIND):
        bandwidth, zones = target.word(one, "bandwidth"), ends(target, one)
        if not bandwidth or not zones:
            yield later(one, "bandwidth or zone")
        for zone in zones if bandwidth else []:
            name = f"VPN gateway of {bandwidth} Mbit/s in {zone}"
            yield Question(name, partial(_offered, target, name, bandwidth, zone))


def _offered(target: Target, name: str, bandwidth: str, zone: str, ask: Ask) -> Iterable[Finding]:
    zones = offered(ask, target.region, bandwidth)
    if zone in zones:
        yield ok(name, "offered")
    else:
        do = (
            f"zones that are: {', '.join(zones)}"
            if zones
            else "no zone of the region is: set another network.vpn_bandwidth_mbps"
        )
        yield lacks(name, "not offered", do)


CHECK = Check("tunnels", (KIND,), (VPN_ZONES,), questions)
