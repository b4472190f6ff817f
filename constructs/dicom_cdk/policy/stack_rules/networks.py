"""vSwitches lie in their VPC and do not overlap."""

import ipaddress
from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Any

from dicom_cdk.policy.document import Document
from dicom_cdk.policy.stack_rules.rule import StackRule

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def network(cidr: Any) -> Network | None:
    try:
        return ipaddress.ip_network(str(cidr), strict=False)
    except ValueError:
        return None


def inside(inner: Network, outer: Network) -> bool:
    return isinstance(inner, type(outer)) and inner.subnet_of(outer)  # type: ignore[arg-type]


class _Taken:
    """The networks of one VPC so far: two of them overlap where one lies in the other, so that few are looked at."""

    def __init__(self) -> None:
        self._starts: list[tuple[int, int]] = []
        self._known: list[tuple[str, Network]] = []
        self._by_network: dict[Network, list[int]] = {}
        self._lengths: set[int] = set()

    def overlapping(self, found: Network) -> list[tuple[str, Network]]:
        """Those that share an address with `found`, in the order in which they came."""
        outer = {
            at
            for length in self._lengths
            if length <= found.prefixlen
            for at in self._by_network.get(found.supernet(new_prefix=length), ())
        }
        first, last = int(found.network_address), int(found.broadcast_address)
        inner = {
            at
            for _, at in self._starts[
                bisect_left(self._starts, (first, -1)) : bisect_left(self._starts, (last + 1, -1))
            ]
        }
        return [self._known[at] for at in sorted(outer | inner)]

    def add(self, address: str, found: Network) -> None:
        insort(self._starts, (int(found.network_address), len(self._known)))
        self._by_network.setdefault(found, []).append(len(self._known))
        self._lengths.add(found.prefixlen)
        self._known.append((address, found))


def judge(document: Document) -> Iterator[tuple[str, str]]:
    taken: dict[tuple[str, int], _Taken] = {}
    for one in document.of("alicloud_vswitch"):
        found = network(one.get("cidr_block"))
        if found is None:
            continue
        vpc = document.target(one.values.get("vpc_id"), "alicloud_vpc")
        whole = network(vpc.get("cidr_block")) if vpc else None
        if vpc and whole and not inside(found, whole):
            yield one.address, f"{found} is outside {vpc.address}, {whole}"
        here = taken.setdefault((vpc.address if vpc else "", found.version), _Taken())
        for address, other in here.overlapping(found):
            yield one.address, f"{found} overlaps {other} of {address}"
        here.add(one.address, found)


NETWORKS = StackRule(
    id="CKV2_DICOM_102",
    name="vSwitches lie in their VPC and do not overlap",
    severity="MEDIUM",
    fix="give each vSwitch a CIDR of its own inside the VPC's",
    types=("alicloud_vswitch",),
    judge=judge,
    failing={
        "alicloud_vpc": {"vpc": {"cidr_block": "10.0.0.0/16"}},
        "alicloud_vswitch": {
            "a": {"vpc_id": "${alicloud_vpc.vpc.id}", "cidr_block": "10.0.0.0/20"},
            "bad_outside": {"vpc_id": "${alicloud_vpc.vpc.id}", "cidr_block": "10.1.0.0/20"},
            "bad_overlap": {"vpc_id": "${alicloud_vpc.vpc.id}", "cidr_block": "10.0.8.0/24"},
        },
    },
    passing={
        "alicloud_vpc": {"vpc": {"cidr_block": "10.0.0.0/16"}},
        "alicloud_vswitch": {
            "a": {"vpc_id": "${alicloud_vpc.vpc.id}", "cidr_block": "10.0.0.0/20"},
            "b": {"vpc_id": "${alicloud_vpc.vpc.id}", "cidr_block": "10.0.16.0/20"},
        },
    },
)
