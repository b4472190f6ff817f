"""vSwitches lie in their VPC and do not overlap."""

import ipaddress
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


def judge(document: Document) -> Iterator[tuple[str, str]]:
    vswitches = [(one, network(one.get("cidr_block"))) for one in document.of("alicloud_vswitch")]
    for place, (one, found) in enumerate(vswitches):
        if found is None:
            continue
        vpc = document.target(one.values.get("vpc_id"), "alicloud_vpc")
        whole = network(vpc.get("cidr_block")) if vpc else None
        if vpc and whole and not inside(found, whole):
            yield one.address, f"{found} is outside {vpc.address}, {whole}"
        for other, taken in vswitches[:place]:
            same = document.target(other.values.get("vpc_id"), "alicloud_vpc") == vpc
            if taken is not None and same and found.version == taken.version and found.overlaps(taken):
                yield one.address, f"{found} overlaps {taken} of {other.address}"


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
