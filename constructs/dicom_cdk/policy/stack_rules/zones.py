"""The stack stands in two zones."""

import ast
import re
from collections.abc import Iterator
from typing import Any

from dicom_cdk.plan.addresses import keyless, steps_of
from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.stack_rules.rule import Open, StackRule

_EACH = re.compile(r"\$\{each\.(?P<side>key|value)(?P<below>(?:\.\w+|\[\"\w+\"\])*)\}")
_LISTED = re.compile(r"\$\{(?:toset|tolist)\((?P<list>\[.*\])\)\}", re.DOTALL)
MANY = 2


def judge(document: Document) -> Iterator[tuple[str, str]]:
    """Over the vSwitches of each VPC of the stack; those of a VPC that exists already are not seen."""
    for vpc in document.of("alicloud_vpc"):
        zones = {
            zone
            for one in document.of("alicloud_vswitch")
            if keyless(vpc.address) in _vpcs(document, one)
            for zone in _zones(one)
            if zone
        }
        if len(zones) < MANY:
            yield vpc.address, f"vSwitches in {', '.join(sorted(zones)) or 'no zone'}: two zones are needed"


def _vpcs(document: Document, vswitch: Resource) -> set[str]:
    """The VPC that it stands in, without its own key. A plan refers to all instances of a module: its own is meant."""
    found = {keyless(one.address) for one in document.targets(vswitch.values.get("vpc_id"), "alicloud_vpc")}
    own = {one for one in found if steps_of(one)[:-1] == steps_of(vswitch.address)[:-1]}
    return own or found


def _zones(vswitch: Resource) -> Iterator[str]:
    """The zones of all instances; where only Terraform can tell, as many as there are instances, or two."""
    zone = str(vswitch.get("zone_id"))
    if keyless(vswitch.address) != vswitch.address or ("each." not in zone and "count.index" not in zone):
        yield zone
        return
    keys = _keys(vswitch.get("for_each"))
    match = _EACH.fullmatch(zone)
    if keys is not None and match:
        for key, value in keys.items():
            yield str(_below(key if match["side"] == "key" else value, match["below"]))
        return
    count = len(keys) if keys is not None else vswitch.get("count", MANY)
    instances = int(count) if str(count).isdigit() else MANY
    for number in range(instances):
        yield f"{zone} ({number})"


def _keys(each: Any) -> dict[str, Any] | None:
    """Key to value of a `for_each` that is written out, None where it is an expression."""
    if isinstance(each, dict):
        return each
    listed = _LISTED.fullmatch(each) if isinstance(each, str) else None
    try:
        names = ast.literal_eval(listed["list"]) if listed else each
    except (ValueError, SyntaxError):
        return None
    return {str(name): name for name in names} if isinstance(names, list) else None


def _below(value: Any, path: str) -> Any:
    for step in re.findall(r"\w+", path):
        value = value.get(step) if isinstance(value, dict) else None
    return value


ZONES = StackRule(
    id="CKV2_DICOM_101",
    name="A VPC has vSwitches in two zones",
    severity="HIGH",
    fix="one vSwitch in each of two zones (network.vswitch_l, network.vswitch_g)",
    types=("alicloud_vpc",),
    judge=judge,
    weighs={"alicloud_vswitch": {"zone_id": Open(worst="")}},
    failing={
        "alicloud_vpc": {"bad_vpc": {"cidr_block": "10.0.0.0/16"}, "bad_each": {"cidr_block": "10.1.0.0/16"}},
        "alicloud_vswitch": {
            "a": {"vpc_id": "${alicloud_vpc.bad_vpc.id}", "zone_id": "l", "cidr_block": "10.0.0.0/20"},
            "b": {"vpc_id": "${alicloud_vpc.bad_vpc.id}", "zone_id": "l", "cidr_block": "10.0.16.0/20"},
            "each": {
                "for_each": {"a": {"zone": "l"}, "b": {"zone": "l"}},
                "vpc_id": "${alicloud_vpc.bad_each.id}",
                "zone_id": "${each.value.zone}",
            },
        },
    },
    passing={
        "alicloud_vpc": {"vpc": {"cidr_block": "10.0.0.0/16"}, "each": {"cidr_block": "10.1.0.0/16"}},
        "alicloud_vswitch": {
            "a": {"vpc_id": "${alicloud_vpc.vpc.id}", "zone_id": "l", "cidr_block": "10.0.0.0/20"},
            "b": {"vpc_id": "${alicloud_vpc.vpc.id}", "zone_id": "g", "cidr_block": "10.0.16.0/20"},
            "each": {
                "for_each": '${toset(["l", "g"])}',
                "vpc_id": "${alicloud_vpc.each.id}",
                "zone_id": "${each.value}",
            },
        },
    },
)
