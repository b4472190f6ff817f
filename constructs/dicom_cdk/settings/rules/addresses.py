"""Networks and fixed addresses of a site: each well formed, inside the one it belongs to, and taken once."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Problem, shown
from dicom_cdk.settings.rules.network_forms import (
    VPC_BITS,
    clients,
    inside,
    network,
    overlapping,
    range_of,
    same,
    vswitch,
)

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

L, G, VPC = "network.vswitch_l.cidr", "network.vswitch_g.cidr", "network.cidr"


def vpc(site: "SiteSettings") -> Iterator[Problem]:
    """The VPC's network."""
    yield from network(VPC, site.network.cidr, VPC_BITS)
    yield from range_of(VPC, site.network.cidr, private=site.network.vpc_id is None)


def vswitch_l(site: "SiteSettings") -> Iterator[Problem]:
    """Network of vSwitch l, inside the VPC."""
    yield from vswitch(L, site.network.vswitch_l.cidr, site.network.cidr)


def vswitch_g(site: "SiteSettings") -> Iterator[Problem]:
    """Network of vSwitch g, inside the VPC and apart from vSwitch l."""
    yield from vswitch(G, site.network.vswitch_g.cidr, site.network.cidr)
    yield from overlapping(G, site.network.vswitch_g.cidr, L, site.network.vswitch_l.cidr)


def hospitals(site: "SiteSettings") -> Iterator[Problem]:
    """Networks of the hospitals."""
    yield from clients("network.hospital_cidrs", site.network.hospital_cidrs)


def unfiltered(site: "SiteSettings") -> Iterator[Problem]:
    """Networks that pass the filter by: some of the hospitals'."""
    hospitals = site.network.hospital_cidrs
    yield from clients("network.unfiltered_cidrs", site.network.unfiltered_cidrs)
    for index, cidr in enumerate(site.network.unfiltered_cidrs):
        if cidr not in hospitals:
            listed = ", ".join(hospitals) or "none: network.hospital_cidrs is empty"
            yield Problem(
                ("network", "unfiltered_cidrs", index), "is no network of network.hospital_cidrs", shown(cidr), listed
            )


def operators(site: "SiteSettings") -> Iterator[Problem]:
    """Networks of the operators."""
    yield from clients("network.operator_cidrs", site.network.operator_cidrs or ())


def directory_l(site: "SiteSettings") -> Iterator[Problem]:
    """Address of the first LDAP host."""
    yield from inside("directory.private_ip_l", site.directory.private_ip_l, L, site.network.vswitch_l.cidr)


def directory_g(site: "SiteSettings") -> Iterator[Problem]:
    """Address of the second LDAP host."""
    yield from inside("directory.private_ip_g", site.directory.private_ip_g, G, site.network.vswitch_g.cidr)


def directory_balancer(site: "SiteSettings") -> Iterator[Problem]:
    """Address of the directory's balancer."""
    yield from inside("directory.balancer_ip", site.directory.balancer_ip, L, site.network.vswitch_l.cidr)


def dicomweb_balancer(site: "SiteSettings") -> Iterator[Problem]:
    """Address of the DICOMweb balancer."""
    yield from inside("dicomweb.balancer_ip", site.dicomweb.balancer_ip, L, site.network.vswitch_l.cidr)


def filter_balancer(site: "SiteSettings") -> Iterator[Problem]:
    """Address of the filter's balancer, where it is fixed."""
    if site.filter.balancer_ip is not None:
        yield from inside("filter.balancer_ip", site.filter.balancer_ip, L, site.network.vswitch_l.cidr)


def archive_host(site: "SiteSettings") -> Iterator[Problem]:
    """Address of the archive, where it is fixed."""
    yield from inside("archive.private_ip", site.archive.private_ip, L, site.network.vswitch_l.cidr)


def taken_twice(site: "SiteSettings") -> Iterator[Problem]:
    """Fixed addresses, each for one thing only."""
    yield from same(
        {
            "directory.private_ip_l": site.directory.private_ip_l,
            "directory.private_ip_g": site.directory.private_ip_g,
            "directory.balancer_ip": site.directory.balancer_ip,
            "archive.private_ip": site.archive.private_ip,
            "dicomweb.balancer_ip": site.dicomweb.balancer_ip,
            "filter.balancer_ip": site.filter.balancer_ip,
        }
    )


ADDRESS_RULES = (
    vpc,
    vswitch_l,
    vswitch_g,
    hospitals,
    unfiltered,
    operators,
    directory_l,
    directory_g,
    directory_balancer,
    dicomweb_balancer,
    filter_balancer,
    archive_host,
    taken_twice,
)
