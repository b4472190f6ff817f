"""Providers that are not served offline are said, with the way on."""

from pathlib import Path

import pytest

from dicom_cdk.cli import main
from dicom_cdk.plan import unserved
from dicom_cdk.plan.stack import Stack
from tests.plan.stacks import VPC, stack

pytestmark = pytest.mark.terraform


def test_a_provider_that_is_not_served_is_said_with_the_way_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = stack(tmp_path, "s", {"resource": {**VPC, "archive_file": {"z": {}}}})
    assert main(["plan", "--stack-dir", str(folder)]) == 1
    said = capsys.readouterr().out
    assert "hashicorp/archive is not served offline: served are aliyun/alicloud" in said
    assert "`dicom-cdk provider serve`" in said


def test_a_provider_that_is_only_set_up_or_only_required_in_a_module_is_said_too(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m/main.tf").write_text(
        'terraform {\n required_providers {\n k = { source = "gavinbunney/kubectl" }\n }\n}\n'
    )
    folder = stack(tmp_path, "s", {"provider": {"kubernetes": {"host": "h"}}, "module": {"m": {"source": "../../m"}}})
    assert [summary for summary, _, _ in unserved.findings(Stack.read(folder))] == [
        "gavinbunney/kubectl is not served offline", "hashicorp/kubernetes is not served offline",
    ]  # fmt: skip
