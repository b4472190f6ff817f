"""How often Terraform is started for a plan, and what it is asked."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan import summary, terraform
from dicom_cdk.plan.planning import Base, Detail, plan_offline
from dicom_cdk.plan.stack import Stack

pytestmark = pytest.mark.terraform

VPC = {"vpc_name": "a", "cidr_block": "10.0.0.0/8"}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that Terraform was started with."""
    commands: list[str] = []
    run = terraform.Terraform.run

    def noted(self: terraform.Terraform, folder: Path, *arguments: str, **more: Any) -> terraform.Answer:
        commands.append(arguments[0])
        return run(self, folder, *arguments, **more)

    monkeypatch.setattr(terraform.Terraform, "run", noted)
    return commands


def stack(folder: Path, **resources: Any) -> Stack:
    document = {
        "terraform": {"required_providers": {"alicloud": {"source": "aliyun/alicloud"}}},
        "provider": {"alicloud": {"region": "cn-shanghai"}},
        "resource": resources,
    }
    folder.mkdir(exist_ok=True)
    (folder / "cdk.tf.json").write_text(json.dumps(document))
    return Stack.read(folder)


def test_what_a_summary_needs_of_a_first_plan_is_one_start_of_terraform(asked: list[str], tmp_path: Path) -> None:
    planned = plan_offline(stack(tmp_path / "s", alicloud_vpc={"a": VPC}), terraform.find(), detail=Detail.SUMMARY)
    assert list(summary.lines(planned)) == ["  elsewhere: 1 to create", "s: 1 to create"]
    assert asked == ["plan"]


def test_a_summary_of_changes_is_made_from_the_whole_plan(asked: list[str], tmp_path: Path) -> None:
    before = stack(tmp_path / "before", alicloud_vpc={"a": VPC})
    after = stack(tmp_path / "after", alicloud_vpc={"a": {**VPC, "cidr_block": "172.16.0.0/12"}})
    planned = plan_offline(after, terraform.find(), Base(before), detail=Detail.SUMMARY)
    assert list(summary.lines(planned))[1:] == ["    update alicloud_vpc.a", "after: 1 to update"]
    assert asked[-2:] == ["plan", "show"]


def test_a_plan_says_each_warning_once_and_in_the_order_of_lines(asked: list[str], tmp_path: Path) -> None:
    old = {name: {"name": name, "cidr_block": "10.0.0.0/8"} for name in ("b", "a")}
    planned = plan_offline(stack(tmp_path / "s", alicloud_vpc=old), terraform.find(), detail=Detail.SUMMARY)
    assert [(one.warning, one.where.partition(" ")[0], one.detail) for one in planned.findings] == [
        (True, f"alicloud_vpc.{name}", "name: is deprecated; use vpc_name instead.") for name in ("b", "a")
    ]
    assert asked == ["plan"]


def test_all_mistakes_of_a_refused_stack_are_told_at_once(asked: list[str], tmp_path: Path) -> None:
    wrong = {"a": {**VPC, "status": "Available"}, "b": {**VPC, "status": "x"}}
    planned = plan_offline(stack(tmp_path / "s", alicloud_vpc=wrong), terraform.find(), detail=Detail.SUMMARY)
    assert planned.plan is None
    assert sorted(one.where.partition(" ")[0] for one in planned.findings) == ["alicloud_vpc.a", "alicloud_vpc.b"]
    assert asked == ["plan", "validate"]
