"""A stack is planned with the facts of the provider release that it asks for, and the plan says so."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.offline.store import BASE
from dicom_cdk.plan import summary, terraform
from dicom_cdk.plan.planning import Detail, Planned, plan_offline
from dicom_cdk.plan.stack import Stack

pytestmark = pytest.mark.terraform
ENDPOINT = {"alicloud_cr_internet_endpoint": {"e": {"instance_id": "cri-1"}}}
VPC = {"alicloud_vpc": {"v": {"vpc_name": "v", "cidr_block": "10.0.0.0/8"}}}


def planned(folder: Path, version: str, resources: dict[str, Any]) -> Planned:
    document = {
        "terraform": {"required_providers": {"alicloud": {"source": "aliyun/alicloud", "version": version}}},
        "provider": {"alicloud": {"region": "cn-shanghai"}},
        "resource": resources,
    }
    (folder / "cdk.tf.json").write_text(json.dumps(document))
    return plan_offline(Stack.read(folder), terraform.find(), detail=Detail.SUMMARY)


def test_an_older_release_refuses_a_type_that_came_later(tmp_path: Path) -> None:
    found = planned(tmp_path, "~> 1.288.0", ENDPOINT)
    assert found.plan is None
    assert found.release is not None
    assert found.release.release == "1.288.0"
    assert "alicloud_cr_internet_endpoint" in found.findings[0].detail


def test_a_plan_with_another_release_than_the_base_says_which(tmp_path: Path) -> None:
    lines = list(summary.lines(planned(tmp_path, "~> 1.288.0", VPC)))
    assert "note: planned as aliyun/alicloud 1.288.0 would, asked for: ~> 1.288.0" in lines


def test_a_release_of_which_nothing_is_known_falls_back_to_the_nearest_with_a_warning(tmp_path: Path) -> None:
    lines = list(summary.lines(planned(tmp_path, "~> 1.290.0", VPC)))
    assert lines[0].startswith(
        "warning: Facts of another release: the stack asks for ~> 1.290.0; of no such release are facts here"
    )
    assert f"note: planned as aliyun/alicloud {BASE} would, asked for: ~> 1.290.0" in lines


def test_a_plan_with_the_base_says_nothing_more(tmp_path: Path) -> None:
    lines = list(summary.lines(planned(tmp_path, f"~> {BASE}", VPC)))
    assert lines == ["  elsewhere: 1 to create", f"{tmp_path.name}: 1 to create"]
