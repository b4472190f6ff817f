"""`dicom-cdk preflight`: verdicts, forms and exit codes, against the vendor's APIs on loopback."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk import cli
from dicom_cdk.account import asking
from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import ECS_SOLD
from dicom_cdk.account.credentials import Credentials
from dicom_cdk.preflight import command
from tests.account.vendor import Answer, Vendor, error
from tests.conftest import ROOT

pytestmark = pytest.mark.server

STACK = ROOT / "cdktf.out/stacks/dicom-sh"


def preflight(*words: str) -> int:
    return cli.main(["preflight", "--stack-dir", str(STACK), *words])


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    """Findings by name."""
    (stack,) = json.loads(capsys.readouterr().out).values()
    return {one["name"]: one for one in stack["findings"]}


def test_an_account_in_which_all_is_well_is_ready(cloud: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    assert preflight() == 0
    said = capsys.readouterr().out
    assert said.startswith("dicom-sh:\n  ok      credentials: of account 1234567890123456\n")
    assert "  ok      ecs.g7.xlarge in cn-shanghai-l: sold\n" in said
    assert said.endswith("  ready: nothing found that would stop an apply\n")
    assert cloud.refused == []


def test_a_key_of_another_account_fails_and_asks_nothing_else(
    cloud: Vendor, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.answers["GetCallerIdentity"] = {"AccountId": "6543210987654321"}
    assert preflight() == 1
    said = capsys.readouterr().out
    assert "lacks   credentials: of account 6543210987654321, the stack is for 1234567890123456\n" in said
    assert cloud.actions() == ["GetCallerIdentity"]


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (error("InvalidAccessKeyId.NotFound", "not found: made-up-secret", 404), 1, "InvalidAccessKeyId.NotFound: "),
        (error("Throttling.User"), 69, "ask again in a few minutes"),
        (b"<html>", 69, "GetCallerIdentity answered something that is no JSON"),
    ],
)
def test_without_an_identity_nothing_is_ready(
    answer: Answer, code: int, said: str, cloud: Vendor, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.answers["GetCallerIdentity"] = answer
    assert preflight() == code
    out = capsys.readouterr().out
    assert said in out
    assert "made-up" not in out


def test_without_a_key_it_cannot_ask_and_says_which_variables(
    cloud: Vendor, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET")
    assert preflight() == 69
    said = capsys.readouterr().out
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID or ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set" in said
    assert cloud.asked == []


def test_a_key_that_may_not_ask_one_thing_is_not_taken_for_ready(
    cloud: Vendor, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.answers["DescribeAvailableResource 2014-05-26"] = error("Forbidden.RAM", "not authorized", 403)
    assert preflight("--format", "json") == 69
    found = told(capsys)["ecs.g7.xlarge in cn-shanghai-l"]
    assert found["verdict"] == "unasked"
    assert found["said"].startswith("Forbidden.RAM: ")
    assert found["do"] == "attach the policy of docs/preflight.md to the key's user, or ask with another key"


def test_a_time_out_of_one_call_lets_the_others_go_on(
    cloud: Vendor, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "by_network", partial(cloud.impatient, ECS_SOLD))
    cloud.slow["DescribeAvailableResource"] = 0.6
    assert preflight("--format", "json") == 69
    found = told(capsys)
    assert found["credentials"]["verdict"] == "ok"
    late = found["ecs.g7.xlarge in cn-shanghai-l"]
    assert (late["verdict"], "timed out" in late["said"].lower()) == ("unasked", True), late
    assert late["do"] == "look at network, proxy and TLS of this machine, then ask again"
    assert found["image ubuntu_22_04_x64_20G_alibase_20250113.vhd"]["said"] == "offered"


BETWEEN = "a proxy, or another service, may stand between"


@pytest.mark.parametrize(
    ("answer", "said", "do"),
    [
        (error("Throttling.User", "slow down"), "Throttling.User: slow down", "ask again in a few minutes"),
        (
            b"<html>sign in</html>",
            f"NotUnderstood: ListInstance answered something that is no JSON; {BETWEEN}",
            "look at what stands between here and the vendor",
        ),
        (
            b'{"Instances": []}',
            f"NotUnderstood: ListInstance answered a JSON object without RequestId; {BETWEEN}",
            "look at what stands between here and the vendor",
        ),
        (
            {"IsSuccess": False, "Code": "SystemError", "Message": "later"},
            "SystemError: later",
            "look the code up in the vendor's documentation",
        ),
    ],
    ids=["throttled", "html", "another service", "unsuccessful"],
)
def test_one_bad_answer_is_one_line_that_says_what_came(
    answer: Answer, said: str, do: str, cloud: Vendor, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.answers["ListInstance"] = answer
    assert preflight("--format", "json") == 69
    found = told(capsys)
    assert [(one["name"], one["said"], one["do"]) for one in found.values() if one["verdict"] == "unasked"] == [
        ("registry dicom-sh-1234567890123456", said, do)
    ]


@pytest.mark.usefixtures("cloud")
def test_wrong_use_is_exit_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.main(["preflight", "--stack-dir", str(tmp_path)]) == 2
    assert "synthesize first" in capsys.readouterr().err
    assert command.run([STACK], form="text", output=tmp_path / "out.txt") == 0
    assert (tmp_path / "out.txt").read_text().startswith("dicom-sh:\n")
    assert preflight("--output", str(tmp_path / "none" / "out.txt")) == 2


def test_a_stack_of_another_region_is_asked_about_there(
    cloud: Vendor, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    regions: list[str] = []

    def by_network(credentials: Credentials, region: str) -> Ask:
        regions.append(region)
        return cloud.connect(credentials, region)

    monkeypatch.setattr(asking, "by_network", by_network)
    resources = {
        "alicloud_instance": {"a": {"instance_type": "ecs.g7.xlarge", "availability_zone": "cn-hangzhou-j"}},
        "alicloud_oss_bucket": {"b": {"bucket": "clinic-images"}},
    }
    document = {"provider": {"alicloud": [{"region": "cn-hangzhou"}]}, "resource": resources}
    (tmp_path / "cdk.tf.json").write_text(json.dumps(document))
    assert cli.main(["preflight", "--stack-dir", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "  ok      ecs.g7.xlarge in cn-hangzhou-j: sold\n" in said
    assert "  ok      bucket clinic-images: the name is free\n" in said
    assert regions == ["cn-hangzhou"]
    assert {given["RegionId"] for _, given in cloud.asked if "RegionId" in given} == {"cn-hangzhou"}
    assert cloud.refused == [], "OSS's signature names the region"
