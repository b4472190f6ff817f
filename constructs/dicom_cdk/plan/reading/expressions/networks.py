"""Functions of Terraform that reckon with networks."""

import ipaddress
from typing import Any

from dicom_cdk.plan.reading.expressions.conversions import Wrong, text, whole


def _network(cidr: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text(cidr), strict=False)


def subnet(cidr: Any, bits: Any, at: Any) -> str:
    """`cidrsubnet`: the subnet numbered `at` that is `bits` longer. Raises Wrong and Open."""
    within = _network(cidr)
    length = within.prefixlen + whole(bits)
    if not within.prefixlen <= length <= within.max_prefixlen or not 0 <= whole(at) < 2 ** whole(bits):
        raise Wrong
    first = int(within.network_address) + (whole(at) << (within.max_prefixlen - length))
    return str(type(within)((first, length)))


def subnets(cidr: Any, *bits: Any) -> list[str]:
    """`cidrsubnets`: one after the other. Raises Wrong and Open."""
    within, found = _network(cidr), []
    at = int(within.network_address)
    for one in map(whole, bits):
        length = within.prefixlen + one
        if not one >= 1 or length > within.max_prefixlen:
            raise Wrong
        size = 1 << (within.max_prefixlen - length)
        at = -(-at // size) * size
        if at + size > int(within.network_address) + within.num_addresses:
            raise Wrong
        found.append(str(type(within)((at, length))))
        at += size
    return found


def host(cidr: Any, at: Any) -> str:
    """`cidrhost`: address `at`, from the end where it is negative. Raises Wrong and Open."""
    within = _network(cidr)
    if not -within.num_addresses <= whole(at) < within.num_addresses:
        raise Wrong
    return str(within[whole(at)])
