"""What the key that applies lacks, by the vendor's orchestration."""

import json
from typing import Any

import pytest

from dicom_cdk import cli
from dicom_cdk.finding import Finding
from dicom_cdk.preflight.checks import deployer
from tests.account.vendor import Answer, Vendor, error
from tests.conftest import ROOT
from tests.preflight.asked import asker, stack

VERSIONS: Answer = {"Terraform": {"SupportedVersions": [
    {"Transform": "Aliyun::Terraform-v1.5"}, {"Transform": "Aliyun::Terraform-v1.10"}, {"Transform": "Aliyun::Terraform-v0.15"},
]}}  # fmt: skip
STACK: dict[str, Any] = {
    "alicloud_vpc": {"v": {"vpc_name": "clinic"}},
    "alicloud_instance": {"a": {
        "vpc": "${alicloud_vpc.v.id}", "user_data": "I2Nsb3Vk", "instance_name": "x-${random_id.r.hex}",
    }},
    "alicloud_kms_secret": {"s": {"secret_name": "clinic/a", "secret_data": "${random_password.p.result}"}},
    "random_password": {"p": {"length": 20}},
    "alicloud_db_account": {"d": {"account_password": "made-up-password"}},
}  # fmt: skip


def told(risks: Answer, versions: Answer = VERSIONS) -> Finding:
    answers = {"GetFeatureDetails": versions, "ListStackOperationRisks": risks}
    (found,) = deployer.findings(stack(STACK), asker(answers))
    return found


@pytest.mark.parametrize(
    ("risks", "verdict", "said"),
    [
        ({"MissingPolicyActions": []}, "ok", "ROS names none that this key lacks"),
        ({"MissingPolicyActions": ["vpc:CreateVpc", "ecs:RunInstances"]}, "lacks",
         "this key lacks 2 actions: ecs:RunInstances, vpc:CreateVpc"),
        (error("TemplateValidationError"), "look", "ROS does not take the stack (TemplateValidationError)"),
        (error("NoPermission", status=403), "unasked", "NoPermission: no"),
        ({"MissingPolicyActions": [{}]}, "unasked",
         "NotUnderstood: ListStackOperationRisks answered no list of plain values in MissingPolicyActions; "
         "a proxy, or another service, may stand between"),
    ],
)  # fmt: skip
def test_what_is_missing_is_told_and_nothing_is_concluded_from_a_refusal(
    risks: Answer, verdict: str, said: str
) -> None:
    found = told(risks)
    assert (found.name, found.verdict, found.said) == ("permissions", verdict, said)


def test_many_actions_are_cut_and_counted() -> None:
    found = told({"MissingPolicyActions": [f"ecs:Action{number:02}" for number in range(25)]})
    assert found.said.endswith("ecs:Action19 and 5 more")


def test_a_region_without_terraform_in_ros_is_told() -> None:
    assert told({}, {"Terraform": {}}).said == "ROS offers no Terraform here"


def test_the_newest_terraform_is_named_and_payloads_and_secrets_stay_here() -> None:
    asked: list[dict[str, str]] = []

    def risks(parameters: Any) -> dict[str, Any]:
        asked.append(dict(parameters))
        return {"MissingPolicyActions": []}

    told(risks)
    template = json.loads(asked[0]["TemplateBody"])
    assert template["Transform"] == "Aliyun::Terraform-v1.10"
    resources = json.loads(template["Workspace"]["main.tf.json"])["resource"]
    assert resources == {
        "alicloud_vpc": {"v": {"vpc_name": "clinic"}},
        "alicloud_instance": {"a": {"vpc": "${alicloud_vpc.v.id}", "instance_name": "x-known-later"}},
        "alicloud_kms_secret": {"s": {"secret_name": "clinic/a"}},
        "alicloud_db_account": {"d": {"account_password": "(redacted)"}},
    }


@pytest.mark.server
def test_only_the_one_who_applies_is_asked_for_it(cloud: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["preflight", "--stack-dir", str(ROOT / "tests/account/clinic")]
    assert cli.main(words) == 0
    assert "ListStackOperationRisks" not in cloud.actions()
    cloud.answers |= {
        "GetFeatureDetails": VERSIONS,
        "ListStackOperationRisks": {"MissingPolicyActions": ["ecs:RunInstances"]},
    }
    capsys.readouterr()
    assert cli.main([*words, "--deployer"]) == 1
    said = capsys.readouterr().out
    assert "lacks   permissions: this key lacks 1 actions: ecs:RunInstances\n" in said
    assert "no call tells which actions" not in said
    assert cloud.refused == []
