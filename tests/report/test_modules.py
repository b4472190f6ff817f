"""A report of stacks that are not one root module with resources: local modules, modules that are elsewhere, outputs only."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.cli import main

pytestmark = pytest.mark.terraform


def written(place: Path, document: dict[str, Any]) -> Path:
    place.mkdir(parents=True)
    (place / "cdk.tf.json").write_text(json.dumps(document))
    return place


def reported(folder: Path, form: str, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """The report and what was said on standard error."""
    out = folder.parent / f"report.{form}"
    assert main(["report", "--stack-dir", str(folder), "--out", str(out)]) == 0
    return out.read_text(), capsys.readouterr().err


def test_resources_of_local_modules_are_drawn_and_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m/main.tf").write_text('resource "alicloud_oss_bucket" "b" {\n  bucket = "clinic"\n}\n')
    folder = written(tmp_path / "s", {"module": {"m": {"source": "../m"}}})
    page, said = reported(folder, "html", capsys)
    assert ("module.m.alicloud_oss_bucket.b" in page, "s: 1 to create" in page, said) == (True, True, "")


@pytest.mark.parametrize("form", ["html", "mmd"])
def test_a_module_that_is_elsewhere_is_named(form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = written(tmp_path / "s", {"module": {"net": {"source": "alibaba/vpc/alicloud"}}})
    page, said = reported(folder, form, capsys)
    assert said.startswith("warning: module.net is not looked into: it comes from alibaba/vpc/alicloud; copy it")
    assert ("module.net is not looked into" in page) is (form == "html")


def test_a_stack_with_outputs_only_is_reported_and_handed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = written(tmp_path / "s", {"resource": {}, "output": {"region": {"value": "cn-shanghai"}}})
    page, _ = reported(folder, "html", capsys)
    assert "cn-shanghai" in page
    assert main(["handoff", str(tmp_path / "given"), "--stack-dir", str(folder)]) == 0, capsys.readouterr()
    assert json.loads((tmp_path / "given/terraform/s/cdk.tf.json").read_text()) == {
        "output": {"region": {"value": "cn-shanghai"}}
    }
