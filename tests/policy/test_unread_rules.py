"""Rules over whole stacks pass nothing, and fail nothing, that only Terraform knows: the verdict is "not judged", by argument."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy import catalogue, planned
from dicom_cdk.policy.document import of_stack
from dicom_cdk.policy.gate import judge
from tests.conftest import ROOT
from tests.policy.judging import OPEN_RULE, TODAY, judged

OPEN = "${data.alicloud_zones.z.ids[0]}"
WHY = "is an expression that only a plan knows: check --plan tells"
GROUP, RULE, HOST = "alicloud_security_group", "alicloud_security_group_rule", "alicloud_instance"
VPC, VSWITCH, BUCKET = "alicloud_vpc", "alicloud_vswitch", "alicloud_oss_bucket"
OF_GROUP = {"security_group_id": "${alicloud_security_group.g.id}"}
IN_GROUP = {"security_groups": ["${alicloud_security_group.g.id}"]}
IN_VPC = {"vpc_id": "${alicloud_vpc.v.id}"}
PAIR = {"servers": [{"server_id": "${alicloud_instance.a.id}"}, {"server_id": "${alicloud_instance.b.id}"}]}
LOCK = {"l": {"bucket": "${alicloud_oss_bucket.b.bucket}", "retention_period_in_days": 30}}


def verdict(policy: str, address: str, resource: dict[str, Any], **more: Any) -> tuple[str, tuple[str, ...]]:
    (found,) = (one for one in judged(resource, **more).findings if (one.policy.id, one.address) == (policy, address))
    return found.status, found.problems


CASES = yaml.safe_load((Path(__file__).parent / "unread_rules.yaml").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['policy']} {case['named']}")
def test_an_argument_that_only_terraform_knows_is_named(case: dict[str, Any]) -> None:
    """It passed, or failed as if the expression were a value."""
    status, problems = verdict(case["policy"], case["address"], case["resource"], variable={"asked": {}})
    assert (status, f"{case['named']} {WHY}" in problems) == ("not judged", True)


def test_what_fails_by_what_is_known_fails_whatever_is_open_beside_it() -> None:
    rule = {**OPEN_RULE, **OF_GROUP, "ipv6_cidr_ip": OPEN}
    host = {**IN_GROUP, "internet_max_bandwidth_out": 5}
    found = verdict("CKV2_DICOM_107", "alicloud_instance.h", {GROUP: {"g": {}}, RULE: {"r": rule}, HOST: {"h": host}})
    assert found[0] == "failed"


def test_what_passes_at_the_worst_passes() -> None:
    found = verdict(
        "CKV2_DICOM_107",
        "alicloud_instance.h",
        {GROUP: {"g": {}}, RULE: {"r": {**OPEN_RULE, **OF_GROUP, "cidr_ip": OPEN}}, HOST: {"h": IN_GROUP}},
    )
    assert found == ("passed", ())


def test_literals_that_other_resources_say_are_no_expressions() -> None:
    """security_ips and cidr_ip that name a vSwitch's network were passed over, or taken for anybody's."""
    resource = {
        VPC: {"v": {"cidr_block": "10.0.0.0/16"}},
        VSWITCH: {"s": {**IN_VPC, "cidr_block": "10.1.0.0/24"}},
        "alicloud_db_instance": {"d": {**IN_VPC, "security_ips": ["${alicloud_vswitch.s.cidr_block}"]}},
    }
    status, problems = verdict("CKV2_DICOM_111", "alicloud_db_instance.d", resource)
    assert (status, problems) == ("failed", ("security_ips has 10.1.0.0/24, outside alicloud_vpc.v, 10.0.0.0/16",))


def test_a_hosts_zone_is_that_of_its_vswitch_where_it_says_none() -> None:
    """Two hosts that said no zone stood in zone None together."""
    resource = {
        VSWITCH: {"a": {"zone_id": "l"}, "b": {"zone_id": "g"}},
        HOST: {name: {"vswitch_id": f"${{alicloud_vswitch.{name}.id}}"} for name in "ab"},
        "alicloud_slb_master_slave_server_group": {"m": PAIR},
    }
    assert verdict("CKV2_DICOM_103", "alicloud_slb_master_slave_server_group.m", resource)[0] == "passed"


def test_versions_that_a_resource_beside_a_bucket_keeps_count() -> None:
    beside = {
        "alicloud_oss_bucket_versioning": {"v": {"bucket": "${alicloud_oss_bucket.b.bucket}", "status": "Enabled"}}
    }
    resource = {BUCKET: {"b": {"bucket": "b"}}, "alicloud_oss_bucket_worm": LOCK}
    assert verdict("CKV2_DICOM_123", "alicloud_oss_bucket_worm.l", {**resource, **beside})[0] == "passed"
    assert verdict("CKV2_DICOM_123", "alicloud_oss_bucket_worm.l", resource)[0] == "failed"


def test_more_open_arguments_than_anybody_reads_are_counted() -> None:
    rules = {f"r{at}": {**OPEN_RULE, **OF_GROUP, "cidr_ip": OPEN} for at in range(9)}
    host = {**IN_GROUP, "internet_max_bandwidth_out": 5}
    _, problems = verdict("CKV2_DICOM_107", "alicloud_instance.h", {GROUP: {"g": {}}, RULE: rules, HOST: {"h": host}})
    assert (len(problems), problems[-1]) == (6, f"and 4 more, each {WHY}")


def test_a_plan_says_so_of_what_is_not_known_before_the_apply() -> None:
    named = {"address": "alicloud_vswitch.a", "type": VSWITCH, "name": "a", "mode": "managed"}
    change = {**named, "change": {"after_unknown": {"cidr_block": True}, "actions": ["create"]}}
    one = {**named, "values": {"zone_id": "l"}}
    other = {**named, "address": "alicloud_vswitch.b", "name": "b", "values": {"cidr_block": "10.0.0.0/24"}}
    expressions = {"cidr_block": {"references": ["data.alicloud_vpcs.v.vpcs[0].cidr_block"]}}
    plan = {
        "planned_values": {"root_module": {"resources": [one, other]}},
        "resource_changes": [change],
        "configuration": {
            "root_module": {"resources": [{"address": "alicloud_vswitch.a", "expressions": expressions}]}
        },
    }
    document = planned.of_plan(plan, "s", Path("plan.json"), None)
    found = [one for one in judge([document], catalogue.load(), TODAY).findings if one.policy.id == "CKV2_DICOM_102"]
    assert (found[0].status, found[0].problems) == ("not judged", ("cidr_block is not known before the apply",))
    assert found[1].status == "passed"


def test_of_the_default_site_every_rule_knows_all() -> None:
    stack = Stack.read(ROOT / "cdktf.out/stacks/dicom-sh")
    rules = {rule.id for rule in catalogue.load().rules}
    found = judge([of_stack(stack)], catalogue.load(), TODAY).of("not judged")
    assert [(one.policy.id, one.address, one.problems) for one in found if one.policy.id in rules] == []
