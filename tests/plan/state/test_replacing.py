"""Addresses that are made anew in any case: which stack writes them, and what is said where a plan has them not."""

from pathlib import Path

from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.state import replacing

PLAN = {
    "resource_changes": [
        {"address": 'alicloud_vpc.v["a"]', "mode": "managed"},
        {"address": 'alicloud_vpc.v["b"]', "mode": "managed"},
        {"address": "alicloud_log_store.logs", "mode": "managed"},
        {"address": "data.alicloud_zones.z", "mode": "data"},
    ]
}


def test_a_stack_has_what_it_writes_whatever_the_index() -> None:
    stack = Stack(Path("s"), {"resource": {"alicloud_vpc": {"v": {"for_each": {"a": 1}}}}})
    asked = ['alicloud_vpc.v["a"]', "alicloud_vpc.v[7]", "alicloud_vpc.w", "module.m.alicloud_vpc.v"]
    assert replacing.written(asked, stack) == asked[:2]


def test_what_a_plan_does_not_have_is_said_with_what_is_near() -> None:
    asked = ["alicloud_log_store.log", "data.alicloud_zones.z", "alicloud_vpc.v", 'alicloud_vpc.v["a"]']
    assert [one.text for one in replacing.lacking(asked, PLAN)] == [
        "Nothing to replace: alicloud_log_store.log: no such resource; there is alicloud_log_store.logs",
        'Nothing to replace: alicloud_vpc.v: no such resource; there is alicloud_vpc.v["a"], alicloud_vpc.v["b"]',
        "Nothing to replace: data.alicloud_zones.z: no such resource",
    ]
    assert replacing.lacking(['alicloud_vpc.v["a"]'], PLAN) == []


def test_terraform_is_told_each_address() -> None:
    assert replacing.options(['a.b["c"]', "d.e"]) == ['-replace=a.b["c"]', "-replace=d.e"]
