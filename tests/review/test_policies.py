"""Findings of both sides are compared by what they are about, also where that got another address."""

import datetime
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan.stack import Stack
from dicom_cdk.review import policies
from dicom_cdk.review.before_after.sides import Sides
from dicom_cdk.review.model import StackReview
from tests.review.small import Document, document, reviewed, stack

TODAY = datetime.date(2026, 11, 25)
WAIVED = {
    "checkov": {
        "skip": [
            {"id": "CKV2_DICOM_80", "comment": "a test of the vendor", "expires": "2026-12-01", "approved_by": "ops"}
        ]
    }
}


def logs(name: str, days: int = 7, **more: Any) -> Document:
    body = {"project_name": "p", "logstore_name": "l", "retention_period": days, **more}
    return {"alicloud_log_store": {name: body}}


def judged(before: Document, after: Document) -> StackReview:
    sides = Sides(stack(before, "before"), stack(after, "after"))
    return policies.with_policies(StackReview("s"), policies.verdicts(sides, TODAY))


def test_a_moved_resource_has_no_new_and_no_gone_findings_or_waivers() -> None:
    noted: Document = {"//": WAIVED}
    moved = [
        {"from": "alicloud_log_store.a", "to": "alicloud_log_store.mid"},
        {"from": "alicloud_log_store.mid", "to": "alicloud_log_store.b"},
    ]
    found = judged(document(logs("a")), document(logs("b"), moved=moved))
    assert (found.findings_new, found.findings_gone) == ((), ())
    waived = judged(document(logs("a", **noted)), document(logs("b", **noted), moved=moved))
    assert (waived.waivers_new, len(waived.waivers_expiring)) == ((), 1)


def test_a_moved_resource_that_also_changes_has_the_findings_of_its_change() -> None:
    moved = [{"from": "alicloud_log_store.a", "to": "alicloud_log_store.b"}]
    found = judged(document(logs("a", days=365)), document(logs("b"), moved=moved))
    assert [one.split(":")[0] for one in found.findings_new] == ["MEDIUM CKV2_DICOM_80 alicloud_log_store.b"]
    assert found.findings_gone == ()


@pytest.mark.terraform
def test_what_anybody_may_read_already_is_no_new_way_in_under_another_name() -> None:
    def acl(name: str, **more: object) -> Document:
        buckets = {"alicloud_oss_bucket": {"b": {"bucket": "clinic-b"}}}
        return document(
            {
                **buckets,
                "alicloud_oss_bucket_acl": {name: {"bucket": "${alicloud_oss_bucket.b.id}", "acl": "public-read"}},
            },
            **more,
        )

    moved = [{"from": "alicloud_oss_bucket_acl.a", "to": "alicloud_oss_bucket_acl.b"}]
    assert reviewed(acl("a"), acl("b", moved=moved)).exposure == ()
    closed = document({"alicloud_oss_bucket": {"b": {"bucket": "clinic-b"}}})
    assert reviewed(closed, acl("a")).exposure != ()


def test_an_instance_that_is_moved_has_no_new_and_no_gone_findings() -> None:
    """A count that becomes a for_each: each log store was told as gone and as new."""
    body = {"project_name": "p", "logstore_name": "l", "retention_period": 7}
    before = {"each": {**body, "count": 2}, "one": body, "two": body, "far": {**body, "count": 1}}
    after = {
        "each": {**body, "for_each": {"x": "1", "y": "2"}},
        "all": {**body, "for_each": {"a": "1", "b": "2"}},
        "near": {**body, "for_each": {"z": "1"}},
    }
    steps = {
        "each[0]": 'each["x"]', "each[1]": 'each["y"]', "one": 'all["a"]', "two": 'all["b"]',
        "far": "near", "near[0]": 'near["z"]',
    }  # fmt: skip
    moved = [{"from": f"alicloud_log_store.{old}", "to": f"alicloud_log_store.{new}"} for old, new in steps.items()]
    found = judged(document({"alicloud_log_store": before}), document({"alicloud_log_store": after}, moved=moved))
    assert (found.findings_new, found.findings_gone) == ((), ())


def test_an_instance_that_leaves_its_resource_takes_no_findings_of_the_others_along() -> None:
    """The resource that it left was told as new, whole."""
    body = {"project_name": "p", "logstore_name": "l", "retention_period": 7}
    before = {"each": {**body, "for_each": {"x": "1", "y": "2"}}, "one": body, "first": {**body, "count": 1}}
    after = {
        "each": {**body, "for_each": {"x": "1"}}, "own": body, "one": {**body, "count": 1}, "first": body,
    }  # fmt: skip
    moved = [{"from": 'alicloud_log_store.each["y"]', "to": "alicloud_log_store.own"}]
    found = judged(document({"alicloud_log_store": before}), document({"alicloud_log_store": after}, moved=moved))
    assert (found.findings_new, found.findings_gone) == ((), ())


def test_instances_that_become_resources_have_no_new_findings() -> None:
    body = {"project_name": "p", "logstore_name": "l", "retention_period": 7}
    moved = [
        {"from": "alicloud_log_store.each[0]", "to": "alicloud_log_store.a"},
        {"from": "alicloud_log_store.each[1]", "to": "alicloud_log_store.b"},
    ]
    before = document({"alicloud_log_store": {"each": {**body, "count": 2}}})
    found = judged(before, document({"alicloud_log_store": {"a": body, "b": body}}, moved=moved))
    assert (found.findings_new, found.findings_gone) == ((), ())


STORE = """
variable "days" {}
resource "alicloud_log_store" "s" {
  project_name     = "p"
  logstore_name    = "l"
  retention_period = var.days
}
"""


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        ({"m": {"for_each": {"a": 7}}}, {"m": {"for_each": {"a": 7}}}, ()),
        ({"m": {"for_each": {"a": 400}}}, {"m": {"for_each": {"a": 400, "b": 7}}}, ('module.m["b"].alicloud_log_store.s',)),
        ({"m": {"count": 1}}, {"m": {}}, ()),
        ({"m": {}}, {"m": {"count": 1}}, ()),
        ({"m": {"count": 1}}, {"m": {"for_each": {"a": 7}, "days": 7}}, ()),
        ({"m": {"for_each": {"a": 7}}}, {"n": {"for_each": {"a": 7}}}, ()),
        ({"m": {"for_each": {"a": 7}}}, {"m": {"for_each": {"b": 7}}}, ()),
    ],
    ids=["same", "one more", "no longer counted", "counted", "by keys", "another name", "another key"],
)  # fmt: skip
def test_instances_of_modules_are_compared_by_their_keys_and_those_that_move_are_not_new(
    before: Document, after: Document, new: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store/main.tf").write_text(STORE)
    way = [{"from": "module.m", "to": "module.n"}] if "n" in after else []
    if before != after and "for_each" in before["m"] and after.get("m", {}).get("for_each") == {"b": 7}:
        way = [{"from": 'module.m["a"]', "to": 'module.m["b"]'}]

    def side(name: str, calls: Document, **more: Any) -> Stack:
        said = {
            key: {"source": "../store", "days": "${each.value}" if "for_each" in body else 7, **body}
            for key, body in calls.items()
        }
        return Stack(tmp_path / name, {"module": said, **more})

    sides = Sides(side("before", before), side("after", after, moved=way))
    found = policies.with_policies(StackReview("s"), policies.verdicts(sides, TODAY))
    told = {text.split(":")[0].split()[-1] for text in found.findings_new if "CKV2_DICOM_80" in text}
    assert told == set(new)
    assert new or found.findings_gone == ()
