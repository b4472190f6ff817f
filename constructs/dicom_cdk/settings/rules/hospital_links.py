"""How hospitals' networks reach the site: IPsec of its own, CEN or Express Connect."""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Path, Problem, shown
from dicom_cdk.settings.rules.choices import changed, idle
from dicom_cdk.settings.rules.network_forms import PRIVATE, VENDOR

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings


def gateways(site: "SiteSettings") -> Iterator[Problem]:
    """A tunnel ends at an address of the internet, and no two hospitals' at the same."""
    seen: dict[str, str] = {}
    for index, hospital in enumerate(site.hospitals):
        for name in ("peer", "second_peer") if hospital.vpn else ():
            address = getattr(hospital.vpn, name)
            path: Path = ("hospitals", index, "vpn", name)
            if address is None:
                continue
            if not _public(address):
                yield Problem(
                    path, "is no address of the internet", shown(address), "the hospital's public IPv4 address"
                )
            elif address in seen:
                yield Problem(path, f"is that of {seen[address]} too", shown(address), "every gateway once")
            seen.setdefault(address, f"hospitals[{index}].vpn.{name}")


def ways(site: "SiteSettings") -> Iterator[Problem]:
    """One way a hospital; routes need a table that is ours or named."""
    linked = False
    for index, hospital in enumerate(site.hospitals):
        if hospital.vpn is not None and hospital.next_hop is not None:
            yield Problem(
                ("hospitals", index, "next_hop"), "and vpn are two ways", shown(hospital.next_hop), "one of the two"
            )
        linked = linked or hospital.vpn is not None or hospital.next_hop is not None
    if linked and site.network.vpc_id is not None and site.network.route_table_id is None:
        yield Problem(
            "network.route_table_id",
            "is needed with network.vpc_id and a way to a hospital",
            shown(None),
            "the id of the VPC's route table, such as vtb-uf6abc",
        )
    if site.network.vpc_id is None:
        yield from idle(
            {"network.route_table_id": site.network.route_table_id}, "without network.vpc_id: the VPC is ours"
        )
    if not any(hospital.vpn for hospital in site.hospitals):
        yield from changed(site, ["network.vpn_bandwidth_mbps"], "while no hospital has vpn")


HOSPITAL_LINK_RULES = (gateways, ways)


def _public(address: str) -> bool:
    try:
        parsed = IPv4Address(address)
    except AddressValueError:
        return False
    nobodys = parsed.is_loopback or parsed.is_link_local or parsed.is_multicast or parsed.is_unspecified
    return not nobodys and not any(parsed in one for one in (*PRIVATE, VENDOR))
