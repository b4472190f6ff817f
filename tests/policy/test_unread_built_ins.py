"""Checkov's own policies pass nothing that they could not read: the verdict is "not judged", by argument."""

from typing import Any

import pytest

from dicom_cdk.policy import catalogue
from tests.policy.judging import OPEN_RULE, judged

OPEN = "${data.alicloud_zones.z.ids[0]}"
WHY = "is an expression that only a plan knows: check --plan tells"
RULE = "alicloud_security_group_rule"
DATABASE = "alicloud_db_instance"
BUCKET = "alicloud_oss_bucket"


def said(policy: str, kind: str, body: dict[str, Any], **more: Any) -> list[tuple[str, tuple[str, ...]]]:
    found = judged({kind: {"r": body}, **more}).findings
    return [(one.status, one.problems) for one in found if (one.policy.id, one.address) == (policy, f"{kind}.r")]


@pytest.mark.parametrize(
    ("policy", "kind", "argument", "body"),
    [
        ("CKV_ALI_1", BUCKET, "acl", {"acl": OPEN}),
        ("CKV_ALI_2", RULE, "cidr_ip", {**OPEN_RULE, "port_range": "22/22", "cidr_ip": OPEN}),
        ("CKV_ALI_2", RULE, "port_range", {**OPEN_RULE, "port_range": OPEN}),
        ("CKV_ALI_3", RULE, "type", {**OPEN_RULE, "port_range": "3389/3389", "type": OPEN}),
        ("CKV_ALI_4", "alicloud_actiontrail_trail", "trail_region", {"trail_region": OPEN}),
        ("CKV_ALI_9", DATABASE, "security_ips", {"security_ips": ["10.0.0.0/8", OPEN]}),
        ("CKV_ALI_9", DATABASE, "security_ips", {"security_ips": OPEN}),
        ("CKV_ALI_10", BUCKET, "versioning", {"versioning": {"status": "${var.asked}"}}),
        ("CKV_ALI_20", DATABASE, "ssl_action", {"ssl_action": "${var.asked}"}),
        ("CKV_ALI_27", "alicloud_kms_key", "automatic_rotation", {"automatic_rotation": OPEN}),
        ("CKV_ALI_28", "alicloud_kms_key", "status", {"status": OPEN}),
        ("CKV_ALI_30", DATABASE, "auto_upgrade_minor_version", {"auto_upgrade_minor_version": OPEN}),
        ("CKV_ALI_33", "alicloud_slb_tls_cipher_policy", "tls_versions", {"tls_versions": ["TLSv1.2", OPEN]}),
        ("CKV_ALI_37", DATABASE, "parameters", {"parameters": OPEN}),
    ],
)  # fmt: skip
def test_an_argument_that_only_terraform_knows_is_named(
    policy: str, kind: str, argument: str, body: dict[str, Any]
) -> None:
    assert said(policy, kind, body) == [("not judged", (f"{argument} {WHY}",))]


@pytest.mark.parametrize(
    ("policy", "kind", "body"),
    [
        ("CKV_ALI_2", RULE, {**OPEN_RULE, "cidr_ip": OPEN}),
        ("CKV_ALI_2", RULE, {**OPEN_RULE, "cidr_ip": "10.0.0.0/8", "port_range": OPEN}),
        ("CKV_ALI_28", "alicloud_kms_key", {"status": "Enabled", "automatic_rotation": OPEN}),
    ],
)
def test_what_passes_at_the_worst_passes(policy: str, kind: str, body: dict[str, Any]) -> None:
    assert said(policy, kind, body) == [("passed", ())]


def test_a_way_out_is_nobodys_and_what_fails_by_what_is_known_fails() -> None:
    assert said("CKV_ALI_2", RULE, {**OPEN_RULE, "type": "egress", "cidr_ip": OPEN}) == []
    assert said("CKV_ALI_9", DATABASE, {"security_ips": ["0.0.0.0/0", OPEN]})[0][0] == "failed"


def test_what_another_resource_says_of_this_one_is_named_with_it() -> None:
    acl = {"r": {"bucket": "${alicloud_oss_bucket.r.bucket}", "acl": OPEN}}
    found = said("CKV_ALI_1", BUCKET, {"bucket": "b"}, alicloud_oss_bucket_acl=acl)
    assert found == [("not judged", (f"alicloud_oss_bucket_acl.r.acl {WHY}",))]


def test_each_kept_policy_that_looks_at_a_value_knows_its_worst() -> None:
    """One that takes any value passes whatever it is."""
    kept = [one for one in catalogue.load().policies.values() if one.source == "built-in"]
    assert {one.id for one in kept if not one.worst} == {"CKV_ALI_6"}
    assert all(set(one.worst) <= one.types for one in kept)
