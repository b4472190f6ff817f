"""vSwitches lie in their VPC and do not overlap."""

import ipaddress
from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Any

from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.stack_rules.rule import Open, StackRule

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
MOST_NAMED = 5
"""Networks that one finding names."""


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
    """Each overlap once, at the wider of the two, whose mistake it mostly is. A network that another vSwitch has already is told
    with the first that has it, and with nothing else."""
    placed: dict[tuple[str, int], list[tuple[Resource, Network]]] = {}
    wholes = blocks_of(document)
    for one in document.of("alicloud_vswitch"):
        found = network(one.get("cidr_block"))
        if found is None:
            continue
        vpc = document.target(one.values.get("vpc_id"), "alicloud_vpc")
        whole = wholes.get(vpc.address, []) if vpc else []
        if vpc and whole and not any(inside(found, each) for each in whole):
            yield one.address, f"{found} is outside {vpc.address}, {', '.join(map(str, whole))}"
        placed.setdefault((vpc.address if vpc else "", found.version), []).append((one, found))
    for vswitches in placed.values():
        yield from _overlapping(vswitches)


def blocks_of(document: Document) -> dict[str, list[Network]]:
    """Address of each VPC → its networks, further ones too; none where one is not known."""
    said: dict[str, list[Any]] = {}
    for vpc in document.of("alicloud_vpc"):
        further = vpc.get("secondary_cidr_blocks")
        said[vpc.address] = [
            vpc.get("cidr_block"),
            *(further if isinstance(further, list) else [further] if further else []),
        ]
    for block in document.of("alicloud_vpc_ipv4_cidr_block"):
        for vpc in document.targets(block.values.get("vpc_id"), "alicloud_vpc"):
            said[vpc.address].append(block.get("secondary_cidr_block"))
    known = {address: [network(cidr) for cidr in cidrs] for address, cidrs in said.items()}
    return {address: [one for one in found if one] for address, found in known.items() if all(found)}


def _overlapping(vswitches: list[tuple[Resource, Network]]) -> Iterator[tuple[str, str]]:
    taken, first = _Taken(), dict[Network, str]()
    # Narrow ones first, so that a wide one tells of all that lie in it.
    for one, found in sorted(vswitches, key=lambda pair: -pair[1].prefixlen):
        if found in first:
            yield one.address, f"{found} is that of {first[found]} too"
            continue
        first[found] = one.address
        if others := taken.overlapping(found):
            named = [f"{other} of {address}" for address, other in others[:MOST_NAMED]]
            more = len(others) - len(named)
            yield one.address, f"{found} overlaps {', '.join(named)}{f' and {more} more' if more else ''}"
        taken.add(one.address, found)


NOWHERE = "255.255.255.255/32"
OF_VPC = {"cidr_block": Open(worst=NOWHERE), "secondary_cidr_blocks": Open(worst=NOWHERE)}
"""At the worst no vSwitch lies in it."""

NETWORKS = StackRule(
    id="CKV2_DICOM_102",
    name="vSwitches lie in their VPC and do not overlap",
    severity="MEDIUM",
    fix="give each vSwitch a CIDR of its own inside the VPC's",
    types=("alicloud_vswitch",),
    judge=judge,
    weighs={
        "alicloud_vswitch": {"cidr_block": Open(worst="0.0.0.0/0")},
        "alicloud_vpc": OF_VPC,
        "alicloud_vpc_ipv4_cidr_block": {"secondary_cidr_block": Open(worst=NOWHERE)},
    },
    failing={
        "alicloud_vpc": {"vpc": {"cidr_block": "10.0.0.0/16"}},
        "alicloud_vswitch": {
            "a": {"vpc_id": "${alicloud_vpc.vpc.id}", "cidr_block": "10.0.8.0/24"},
            "bad_outside": {"vpc_id": "${alicloud_vpc.vpc.id}", "cidr_block": "10.1.0.0/20"},
            "bad_overlap": {"vpc_id": "${alicloud_vpc.vpc.id}", "cidr_block": "10.0.0.0/20"},
            "bad_same": {"vpc_id": "${alicloud_vpc.vpc.id}", "cidr_block": "10.0.8.0/24"},
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
