"""Changes inside local modules are reviewed by address, data in them is guarded; a module that is elsewhere is said by name."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.cli import main

pytestmark = [pytest.mark.terraform, pytest.mark.apart]

REQUIRED = 'terraform {\n  required_providers {\n    alicloud = { source = "aliyun/alicloud" }\n  }\n}\n'
BUCKET = """variable "name" {}
resource "alicloud_oss_bucket" "b" {
  bucket = var.name
  tags   = { team = "pacs" }
  lifecycle {
    prevent_destroy = true
  }
}
"""
CALL = {"images": {"source": "../../images", "name": "clinic-images"}}
VPC = {"alicloud_vpc": {"v": {"cidr_block": "10.0.0.0/8"}}}


def side(place: Path, call: dict[str, Any], text: str = BUCKET) -> Path:
    (place / "images").mkdir(parents=True)
    (place / "images/main.tf").write_text(REQUIRED + text)
    (place / "stacks/s").mkdir(parents=True)
    source = {"required_providers": {"alicloud": {"source": "aliyun/alicloud", "version": "1.289.0"}}}
    document = {"terraform": source, "resource": VPC, "module": call}
    (place / "stacks/s/cdk.tf.json").write_text(json.dumps(document))
    return place


def reviewed(base: Path, head: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    code = main(["review", str(base), str(head), "--format", "json"])
    said = capsys.readouterr()
    (stack,) = json.loads(said.out)["stacks"]
    return code, stack


def test_a_change_of_a_modules_file_alone_is_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = side(tmp_path / "head", CALL, BUCKET.replace('"pacs"', '"radiology"'))
    code, stack = reviewed(side(tmp_path / "base", CALL), head, capsys)
    (change,) = stack["changes"]
    assert (code, change["address"], change["action"]) == (0, "module.images.alicloud_oss_bucket.b", "update")
    assert [(one["path"], one["before"], one["after"]) for one in change["differences"]] == [
        ("tags.team", "pacs", "radiology")
    ]


def test_data_of_a_module_is_guarded_when_its_call_goes_or_what_it_is_handed_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = side(tmp_path / "base", CALL)
    code, stack = reviewed(base, side(tmp_path / "gone", {}), capsys)
    assert (code, [(one["address"], one["action"]) for one in stack["losses"]]) == (
        3, [("module.images.alicloud_oss_bucket.b", "destroy")],
    )  # fmt: skip
    renamed = side(tmp_path / "renamed", {"images": {**CALL["images"], "name": "other"}})
    code, stack = reviewed(base, renamed, capsys)
    assert (code, [(one["address"], one["action"]) for one in stack["losses"]], stack["problems"]) == (
        3, [("module.images.alicloud_oss_bucket.b", "replace")], [],
    )  # fmt: skip


def test_a_module_that_is_elsewhere_is_said_and_the_review_does_not_pass(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = {"net": {"source": "git::https://git.example.org/net.git"}}
    code, stack = reviewed(side(tmp_path / "base", CALL), side(tmp_path / "head", {**CALL, **elsewhere}), capsys)
    assert code == 1
    assert any("module.net is not looked into: it comes from git::https://" in one for one in stack["problems"])
    empty = tmp_path / "empty"
    (empty / "stacks/t").mkdir(parents=True)
    (empty / "stacks/t/cdk.tf.json").write_text("{}")
    main(["review", str(empty), str(side(tmp_path / "added", elsewhere)), "--format", "json"])
    added = next(one for one in json.loads(capsys.readouterr().out)["stacks"] if one["name"] == "s")
    assert any("module.net is not looked into" in one for one in added["problems"])
