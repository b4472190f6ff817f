"""Resources with count and for_each are judged instance by instance, where the stack itself says which there are."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan.reading.repeated import MOST
from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy import catalogue, document
from dicom_cdk.policy.gate import judge
from dicom_cdk.policy.instances import expanded

RULE = {
    "type": "ingress",
    "ip_protocol": "tcp",
    "port_range": "443/443",
    "security_group_id": "sg-1",
    "description": "x",
}


def of(body: dict[str, Any], folder: Path = Path("s"), **more: Any) -> document.Document:
    return document.of_stack(Stack(folder, {"resource": {"alicloud_security_group_rule": {"r": body}}, **more}))


def values(body: dict[str, Any], **more: Any) -> dict[str, Any]:
    start = "alicloud_security_group_rule.r"
    return {address.removeprefix(start): one.values for address, one in expanded(of(body, **more)).resources.items()}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"for_each": '${toset(["a", "b"])}', "x": "${each.value}"}, {'["a"]': {"x": "a"}, '["b"]': {"x": "b"}}),
        ({"for_each": {"a": {"to": 1}}, "x": "${each.value.to}", "y": "${each.key}-${each.value[\"to\"]}"},
         {'["a"]': {"x": 1, "y": "a-1"}}),
        ({"for_each": "${toset(var.names)}", "x": ["${each.value}"]}, {'["n"]': {"x": ["n"]}}),
        ({"for_each": "${local.by_name}", "x": "${each.value.nothing}"}, {'["k"]': {"x": "${each.value.nothing}"}}),
        ({"count": 2, "x": "n${count.index}"}, {"[0]": {"x": "n0"}, "[1]": {"x": "n1"}}),
        ({"count": "${var.none}", "x": 1}, {}),
    ],
)  # fmt: skip
def test_each_instance_has_its_own_values(given: dict[str, Any], found: dict[str, Any]) -> None:
    said = {"names": {"default": ["n"]}, "none": {"default": 0}}
    assert values(given, variable=said, locals={"by_name": {"k": {"to": 1}}}) == found


@pytest.mark.parametrize(
    "given",
    [
        {"for_each": "${alicloud_vpc.v.ids}"},
        {"for_each": ["${var.a}"]},
        {"for_each": "${toset(["},
        {"for_each": {"${var.a}": 1}},
        {"count": "${var.a ? 1 : 0}"},
        {"count": MOST + 1},
        {"count": True},
    ],
)
def test_what_only_a_plan_knows_and_very_many_are_judged_as_they_are_written(given: dict[str, Any]) -> None:
    assert values({**given, "x": "${each.value}"}) == {"": {**given, "x": "${each.value}"}}


@pytest.mark.parametrize(
    "written",
    [{"for_each": {str(at): at == 7 for at in range(MOST + 1)}}, {"count": MOST + 1}],
    ids=["for_each", "count"],
)
def test_of_very_many_none_that_passes_hides_one_that_fails(written: dict[str, Any]) -> None:
    """Checkov judged each of 201 buckets, and what it said of the last was said of all; 10,000 took 3 GB."""
    emptied = "${each.value}" if "for_each" in written else "${count.index == 7}"
    buckets = {"alicloud_oss_bucket": {"b": {**written, "bucket": "b", "force_destroy": emptied}}}
    of_buckets = document.of_stack(Stack(Path("s"), {"resource": buckets}))
    judged = judge([of_buckets], catalogue.load(), datetime.date(2026, 11, 30))
    found = [(one.address, one.status) for one in judged.findings if one.policy.id == "CKV2_DICOM_34"]
    assert found == [("alicloud_oss_bucket.b", "not judged")]


def test_what_very_many_refer_to_in_their_keys_alone_is_still_referred_to() -> None:
    """The block of public access that belongs to each bucket."""
    keys = {str(at): "${alicloud_oss_bucket.b.bucket}" for at in range(MOST + 1)}
    written = {
        "alicloud_oss_bucket": {"b": {"bucket": "b"}},
        "alicloud_oss_bucket_public_access_block": {
            "p": {"for_each": keys, "bucket": "${each.value}", "block_public_access": True}
        },
    }
    judged = judge(
        [document.of_stack(Stack(Path("s"), {"resource": written}))], catalogue.load(), datetime.date(2026, 11, 30)
    )
    assert [one.status for one in judged.findings if one.policy.id == "CKV2_DICOM_32"] == ["passed"]


def test_without_any_the_document_stays_itself() -> None:
    one = of(RULE)
    assert expanded(one) is one


def test_the_instance_that_lets_in_the_internet_is_found_by_its_key_and_a_waiver_of_the_resource_holds(
    tmp_path: Path,
) -> None:
    rule = {**RULE, "for_each": '${toset(["10.0.0.0/8", "0.0.0.0/1"])}', "cidr_ip": "${each.value}"}
    waived = {"id": "CKV2_DICOM_1", "comment": "a test of the vendor", "expires": "2026-12-01", "approved_by": "ops"}
    address = 'alicloud_security_group_rule.r["0.0.0.0/1"]'
    for body, status in ((rule, "failed"), ({**rule, "//": {"checkov": {"skip": [waived]}}}, "waived")):
        written = {"resource": {"alicloud_security_group_rule": {"r": body}}}
        (tmp_path / "cdk.tf.json").write_text(json.dumps(written, indent=1))
        judged = judge([of(body, tmp_path)], catalogue.load(), datetime.date(2026, 11, 30))
        found = [(one.policy.id, one.address, one.line) for one in judged.findings if one.status == status]
        assert ("CKV2_DICOM_1", address, 4) in found
        assert not [one for one in judged.of("failed") if status == "waived"]
