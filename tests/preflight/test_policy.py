"""The RAM policy of who asks: it reads only, and holds every call that is made and no other."""

import json
from pathlib import Path

import pytest

from dicom_cdk import cli
from dicom_cdk.account.calls import Call
from dicom_cdk.plan.stack import Stack
from dicom_cdk.preflight import policy
from dicom_cdk.preflight.all_checks import findings
from dicom_cdk.preflight.check import Target
from tests.account import market
from tests.conftest import ROOT
from tests.preflight.asked import asker, stack

STACK = ROOT / "cdktf.out/stacks/dicom-sh"
DEFAULT = Target(Stack.read(STACK))


def allowed(target: Target) -> dict[str, list[str]]:
    return {action: one["Resource"] for one in policy.policy(target)["Statement"] for action in one["Action"]}


def test_every_call_that_a_preflight_makes_is_allowed_and_nothing_that_writes() -> None:
    made: set[Call] = set()

    class Recorded:
        inner = asker(market.good())

        def __call__(self, call: Call, **parameters: str) -> object:
            made.add(call)
            return self.inner(call, **parameters)

    list(findings(DEFAULT, Recorded()))  # type: ignore[arg-type]
    actions = set(allowed(DEFAULT))
    assert {call.ram for call in made if call.ram} <= actions
    assert [
        each for each in actions if not each.split(":")[1].startswith(("Describe", "Get", "List", "Query", "Check"))
    ] == []
    assert [each for each in actions if "*" in each] == []


def test_it_is_narrowed_to_the_stack_s_names() -> None:
    found = allowed(DEFAULT)
    assert found["oss:GetBucketInfo"] == [
        "acs:oss:*:1234567890123456:dicom-sh-1234567890123456", "acs:oss:*:1234567890123456:dicom-sh-1234567890123456-ops",
    ]  # fmt: skip
    assert found["fc:GetFunction"] == ["acs:fc:cn-shanghai:1234567890123456:functions/dicom-sh-dicomweb-do"]
    assert found["ecs:DescribeAvailableResource"] == ["*"]
    assert len(policy.text(DEFAULT)) < 6144


def test_what_a_stack_does_not_need_is_not_in_it() -> None:
    found = allowed(stack({"alicloud_oss_bucket": {"b": {"bucket": "${random_id.x.hex}"}}}))
    assert found["oss:GetBucketInfo"] == ["acs:oss:*:1234567890123456:*"]
    assert not {action for action in found if action.startswith(("ecs:", "rds:", "kms:"))}
    assert "vpc:DescribeVpnGatewayAvailableZones" not in allowed(DEFAULT)
    assert "vpc:DescribeVpnGatewayAvailableZones" in allowed(stack({"alicloud_vpn_gateway": {"v": {"bandwidth": 10}}}))


def test_names_that_are_not_sure_are_told() -> None:
    assert "ros:GetServiceProvisions" in policy.unsure(DEFAULT)
    assert set(policy.unsure(DEFAULT)) <= set(allowed(DEFAULT))


def test_the_command_prints_it_and_asks_nobody(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.main(["preflight", "--policy", "--stack-dir", str(STACK)]) == 0
    assert json.loads(capsys.readouterr().out) == policy.policy(DEFAULT)
    assert (
        cli.main(["preflight", "--policy", "--stack-dir", str(STACK), "--output", str(tmp_path / "reader.json")]) == 0
    )
    assert json.loads((tmp_path / "reader.json").read_text()) == policy.policy(DEFAULT)
