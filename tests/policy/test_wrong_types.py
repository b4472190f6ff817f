"""An argument of a wrong type that a policy breaks on is named by file and address; the policy is not blamed."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.cli import main

DB = "alicloud_db_instance"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"security_ips": True}, "security_ips: got true or false, allowed is a list of texts"),
        ({"security_ips": 5}, "security_ips: got a number, allowed is a list of texts"),
        ({"parameters": {}}, "parameters: name is missing, which the provider asks for; "),
        ({"parameters": [{"value": "on"}]}, "parameters: name is missing, which the provider asks for"),
    ],
)
def test_the_argument_is_named_by_file_and_address(
    given: dict[str, Any], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s/cdk.tf.json").write_text(json.dumps({"resource": {DB: {"d": given}}}, indent=1))
    assert main(["check", "--stack-dir", str(tmp_path / "s")]) == 2
    told = capsys.readouterr().err
    assert f"s/cdk.tf.json:4: {DB}.d.{said}" in told
    assert "correct it: no policy can judge such an argument" in told
    assert "CKV_ALI" not in told


@pytest.mark.parametrize(
    "given", [{"parameters": "${var.asked}"}, {"security_ips": ["${var.asked}", "10.0.0.0/8"]}, {"security_ips": None}]
)
def test_expressions_and_null_are_of_any_type(
    given: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s/cdk.tf.json").write_text(json.dumps({"resource": {DB: {"d": given}}}))
    assert main(["check", "--stack-dir", str(tmp_path / "s")]) == 1, capsys.readouterr().err
