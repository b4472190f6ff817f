"""`dicom-cdk doctor`: what it prints, and its exit codes."""

import json
from pathlib import Path

import pytest

from dicom_cdk import cli
from dicom_cdk.account import asking
from tests.account import market
from tests.account.vendor import KEYS, vendor
from tests.conftest import ROOT

STACK = ROOT / "cdktf.out/stacks/dicom-sh"


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key and no certificate in the environment."""
    for name in (*KEYS, "ALIBABA_CLOUD_SECURITY_TOKEN", "TF_VAR_gateway_certificate", "TF_VAR_gateway_private_key"):
        monkeypatch.delenv(name, raising=False)


def doctor(*arguments: str) -> int:
    return cli.main(["doctor", "--stack-dir", str(STACK), *arguments])


def test_a_whole_machine_lacks_nothing_and_says_what_to_look_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor() == 0
    said, errors = capsys.readouterr()
    assert errors == ""
    assert "ok      machine: Terraform: " in said
    assert "look    account: ICP filing of www.dicomweb-example.com" in said
    assert (
        "look    certificate: www.dicomweb-example.com: TF_VAR_gateway_certificate and TF_VAR_gateway_private_key not set"
        in said
    )


def test_a_wrong_certificate_is_exit_1_and_its_key_is_not_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_VAR_gateway_certificate", "made up")
    monkeypatch.setenv("TF_VAR_gateway_private_key", "made-up-key")
    assert doctor("--format", "json") == 1
    said = capsys.readouterr().out
    lacking = [one for one in json.loads(said) if one["verdict"] == "lacks"]
    assert [(one["area"], one["said"]) for one in lacking] == [
        ("certificate", "TF_VAR_gateway_certificate is no PEM certificate chain")
    ]
    assert "made-up-key" not in said


def test_asking_the_account_without_a_key_says_which_variables(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor("--account") == 1
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID or ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set" in capsys.readouterr().out


@pytest.mark.server
def test_asking_the_account_is_what_preflight_asks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with vendor(market.good()) as cloud:
        monkeypatch.setattr(asking, "by_network", cloud.connect)
        assert doctor("--account", "--format", "json") == 0
        asked = [one for one in json.loads(capsys.readouterr().out) if one["area"] == "account"]
        assert cli.main(["preflight", "--stack-dir", str(STACK), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)["dicom-sh"]["findings"]
    assert asked == [one for one in told if one["area"] == "account"]


def test_without_a_stack_only_the_machine_is_looked_at(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["doctor"]) == 0
    assert "look    account: stacks: none synthesized" in capsys.readouterr().out
    assert cli.main(["doctor", "--stack-dir", "nowhere"]) == 2
