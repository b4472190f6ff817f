"""Room for everything: addresses in each vSwitch, and a private range for the container engine beside all networks."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.address_pool import CHOICE, free_pool
from dicom_cdk.settings.errors import Problem, shown
from dicom_cdk.settings.rules.addresses import G, L
from dicom_cdk.settings.rules.network_forms import VSWITCH_BITS, parse_network

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

RESERVED = 4
"""Addresses of every vSwitch that the vendor keeps: the first and the last three."""


def vswitch_l(site: "SiteSettings") -> Iterator[Problem]:
    """What is in vSwitch l by itself. The instances on SAE all count, since they move here when zone g fails."""
    things = ["an LDAP host", "the archive", "two balancers", "a database node"]
    needed = 5
    if site.network.egress == "nat":
        things.append("the NAT gateway")
        needed += 1
    if site.network.hospital_cidrs:
        things.append("the filter's balancer")
        needed += 1
    yield from room_for(L, site.network.vswitch_l.cidr, needed, things, _moving(site))


def vswitch_g(site: "SiteSettings") -> Iterator[Problem]:
    """What is in vSwitch g by itself, and the instances on SAE when zone l fails."""
    things = ["an LDAP host", "a database node", "the function", "the registry link"]
    yield from room_for(G, site.network.vswitch_g.cidr, 4, things, _moving(site))


def _moving(site: "SiteSettings") -> dict[str, int]:
    """Number of instances by what they are."""
    filters = {"filter": site.filter.replicas} if site.network.hospital_cidrs else {}
    return {"DICOMweb": site.dicomweb.replicas, **filters}


def engine(site: "SiteSettings") -> Iterator[Problem]:
    """Containers on the hosts must not get addresses that belong to somebody who connects."""
    network = site.network
    named = [cidr for hospital in site.hospitals for cidr in hospital.cidrs]
    clients = (*network.hospital_cidrs, *(network.operator_cidrs or ()), *named)
    taken = [str(parsed) for cidr in (network.cidr, *clients) if (parsed := parse_network(cidr))]
    if free_pool(taken) is None:
        yield Problem(
            "network.hospital_cidrs",
            "leave no private range for the containers on the hosts, together with network.cidr, network.operator_cidrs and "
            "hospitals",
            ", ".join(dict.fromkeys(taken)),
            f"networks that leave one of {CHOICE} free",
            "name only the networks that really connect",
        )


SPACE_RULES = (vswitch_l, vswitch_g, engine)


def room_for(key: str, cidr: str, needed: int, things: list[str], moving: dict[str, int]) -> Iterator[Problem]:
    """A vSwitch's network, large enough for what it holds from the start."""
    parsed = parse_network(cidr)
    total = needed + sum(moving.values())
    if parsed is None or parsed.prefixlen > VSWITCH_BITS[1]:
        # Its own rule says what is wrong with the network.
        return
    free = parsed.num_addresses - RESERVED
    if free < total:
        bits = 32 - (total + RESERVED - 1).bit_length()
        instances = [f"{count} {what} instance{'' if count == 1 else 's'}" for what, count in moving.items()]
        listed = " and ".join([", ".join(things), *instances])
        yield Problem(
            key,
            f"has room for {free} addresses and needs {total} ({listed})",
            shown(cidr),
            f"/{bits} or larger",
        )
