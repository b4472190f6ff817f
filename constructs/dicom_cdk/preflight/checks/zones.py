"""Hint: zones of the region that sell all that the stack needs where it needs it, as YAML to paste."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import permutations

from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import CLB_SOLD, ECS_SOLD, RDS_ZONES, VPN_ZONES
from dicom_cdk.account.errors import AskError
from dicom_cdk.finding import Finding
from dicom_cdk.preflight.check import AREA, Check, Question, Target, look
from dicom_cdk.preflight.checks import balancers, databases, hosts, tunnels

NAME = "zones"
ROLES = (("vswitch_l", "network/vswitch-l"), ("vswitch_g", "network/vswitch-g"))
"""Setting of a site, and the construct path of its vSwitch."""
FEW, MOST = 3, 3
TYPES = ("alicloud_instance", "alicloud_db_instance", "alicloud_slb_load_balancer", "alicloud_vpn_gateway")


@dataclass(frozen=True)
class Need:
    """Something that stands in these zones, in this order, and the tuples of zones in which it is sold."""

    zones: tuple[str, ...]
    sold: frozenset[tuple[str, ...]]


def questions(target: Target) -> Iterator[Question]:
    yield Question(NAME, partial(_together, target))


def _together(target: Target, ask: Ask) -> Iterable[Finding]:
    try:
        needs = [*_hosts(target, ask), *_databases(target, ask), *_balancers(target, ask), *_tunnels(target, ask)]
    except AskError:
        return  # told by the check that asks this for itself
    if all(need.zones in need.sold for need in needs):
        return
    found = exchanges(needs)
    if not found:
        yield look(NAME, "no zones of the region sell all that the stack needs", "take other types, or another region")
        return
    said = "; ".join(", ".join(f"{new} for {old}" for old, new in one.items() if old != new) for one in found)
    yield Finding(
        AREA, NAME, "look", "others of the region sell all that the stack needs", said, pasted(target, found[0])
    )


def exchanges(needs: Iterable[Need]) -> list[dict[str, str]]:
    """Present zone → zone, so that everything is sold: those that change least, at most three."""
    needs = list(needs)
    zones = list(dict.fromkeys(zone for need in needs for zone in need.zones))
    if not zones or len(zones) > MOST:
        return []
    candidates = sorted({zone for need in needs for pair in need.sold for zone in pair})
    fitting: list[tuple[int, dict[str, str]]] = []
    for other in permutations(candidates, len(zones)):
        exchange = dict(zip(zones, other, strict=True))
        if all(tuple(exchange[zone] for zone in need.zones) in need.sold for need in needs):
            fitting.append((sum(old != new for old, new in exchange.items()), exchange))
    least = min((changed for changed, _ in fitting), default=0)
    return [exchange for changed, exchange in fitting if changed == least][:FEW]


def _hosts(target: Target, ask: Ask) -> Iterator[Need]:
    for instance in target.document.of("alicloud_instance"):
        kind, zone = target.word(instance, "instance_type"), target.zone(instance)
        if kind and zone:
            asked = hosts.bought_as(target, instance, DestinationResource="InstanceType", InstanceType=kind)
            here = hosts.sold(ask, **asked)
            yield Need(
                (zone,), frozenset((name,) for name, things in here.items() if hosts.available(things.get(kind)))
            )


def _databases(target: Target, ask: Ask) -> Iterator[Need]:
    for one in target.document.of("alicloud_db_instance"):
        wish = databases.wanted(target, one)
        if wish:
            found = databases.sold(ask, target.region, wish.engine)
            here = sorted(zone for zone, things in found.items() if wish.combination in things)
            yield Need(wish.zones, frozenset(permutations(here, len(wish.zones))))


def _balancers(target: Target, ask: Ask) -> Iterator[Need]:
    for one in target.document.of("alicloud_slb_load_balancer"):
        main, standby = target.word(one, "master_zone_id"), target.word(one, "slave_zone_id")
        if main and standby:
            yield Need((main, standby), frozenset(balancers.pairs(ask, target.region)))


def _tunnels(target: Target, ask: Ask) -> Iterator[Need]:
    for one in target.document.of(tunnels.KIND):
        if bandwidth := target.word(one, "bandwidth"):
            zones = tuple(tunnels.ends(target, one))
            here = tunnels.offered(ask, target.region, bandwidth)
            yield Need(zones, frozenset(permutations(here, len(zones))))


def pasted(target: Target, exchange: Mapping[str, str]) -> str:
    """The exchange as settings of a site; "" for stacks that no site made."""
    lines = []
    for vswitch in target.document.of("alicloud_vswitch"):
        for setting, path in ROLES:
            if vswitch.path == path and target.word(vswitch, "zone_id") in exchange:
                lines.append(f"  {setting}: {{zone: {exchange[target.word(vswitch, 'zone_id')]}}}")
    return "\n".join(["network:", *sorted(lines, reverse=True)]) if lines else ""


CHECK = Check("zones", TYPES, (ECS_SOLD, RDS_ZONES, CLB_SOLD, VPN_ZONES), questions)
