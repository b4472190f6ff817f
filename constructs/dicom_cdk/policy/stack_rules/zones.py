"""The stack stands in two zones."""

from collections.abc import Iterator

from dicom_cdk.policy.document import Document
from dicom_cdk.policy.stack_rules.rule import StackRule


def judge(document: Document) -> Iterator[tuple[str, str]]:
    """Over the vSwitches of each VPC of the stack; those of a VPC that exists already are not seen."""
    for vpc in document.of("alicloud_vpc"):
        zones = {
            str(one.get("zone_id"))
            for one in document.of("alicloud_vswitch")
            if document.target(one.values.get("vpc_id"), "alicloud_vpc") == vpc
        }
        if len(zones) < 2:
            yield vpc.address, f"vSwitches in {', '.join(sorted(zones)) or 'no zone'}: two zones are needed"


ZONES = StackRule(
    id="CKV2_DICOM_101",
    name="A VPC has vSwitches in two zones",
    severity="HIGH",
    fix="one vSwitch in each of two zones (network.vswitch_l, network.vswitch_g)",
    types=("alicloud_vpc",),
    judge=judge,
    failing={
        "alicloud_vpc": {"bad_vpc": {"cidr_block": "10.0.0.0/16"}},
        "alicloud_vswitch": {
            "a": {"vpc_id": "${alicloud_vpc.bad_vpc.id}", "zone_id": "l", "cidr_block": "10.0.0.0/20"},
            "b": {"vpc_id": "${alicloud_vpc.bad_vpc.id}", "zone_id": "l", "cidr_block": "10.0.16.0/20"},
        },
    },
    passing={
        "alicloud_vpc": {"vpc": {"cidr_block": "10.0.0.0/16"}},
        "alicloud_vswitch": {
            "a": {"vpc_id": "${alicloud_vpc.vpc.id}", "zone_id": "l", "cidr_block": "10.0.0.0/20"},
            "b": {"vpc_id": "${alicloud_vpc.vpc.id}", "zone_id": "g", "cidr_block": "10.0.16.0/20"},
        },
    },
)
