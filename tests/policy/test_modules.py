"""Local modules are judged with their stack, by address, file and line; every report names a module that is elsewhere."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from dicom_cdk.cli import main
from dicom_cdk.policy import document

VPC = {"alicloud_vpc": {"v": {"cidr_block": "10.0.0.0/8"}}}
IMAGES = """variable "name" {}
variable "acl" {}

resource "alicloud_oss_bucket" "b" {
  bucket = var.name
}

resource "alicloud_oss_bucket_acl" "open" {
  bucket = alicloud_oss_bucket.b.bucket
  acl    = var.acl
}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Calls a local module, and one of a registry."""
    (tmp_path / "images").mkdir()
    (tmp_path / "images/main.tf").write_text(IMAGES)
    calls = {
        "images": {"source": "../../images", "name": "clinic", "acl": "public-read"},
        "net": {"source": "alibaba/vpc/alicloud"},
    }
    return written(tmp_path / "stacks/s", {"resource": VPC, "module": calls})


def written(place: Path, content: dict[str, Any]) -> Path:
    place.mkdir(parents=True)
    (place / "cdk.tf.json").write_text(json.dumps(content))
    return place


def checked(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(["check", "--stack-dir", str(folder), *words])
    return code, capsys.readouterr().out


UNSEEN = "module.net is not looked into: it comes from alibaba/vpc/alicloud; copy it beside the stack"


def test_a_public_bucket_of_a_module_fails_at_its_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = checked(folder, capsys)
    assert code == 1
    judged = "accessible to public\n    module.images.alicloud_oss_bucket.b\n    made at images/main.tf:4\n"
    assert f"  CRITICAL CKV_ALI_1: Alibaba Cloud OSS bucket {judged}" in said
    assert f"s, not judged: {UNSEEN}" in said


def test_every_report_names_a_module_that_is_elsewhere(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = {form: checked(folder, capsys, "--format", form)[1] for form in ("json", "sarif", "junit", "markdown")}
    (told,) = json.loads(said["json"])["not_looked_into"]
    assert (told["stack"], told["why"].startswith(UNSEEN)) == ("s", True)
    (call,) = json.loads(said["sarif"])["runs"][0]["invocations"]
    assert call["toolExecutionNotifications"][0]["message"]["text"].startswith(f"s: {UNSEEN}")
    skipped = ElementTree.fromstring(said["junit"]).findall(".//testcase[@name='module.net']/skipped")
    assert [one.get("message", "").startswith(f"not judged: {UNSEEN}") for one in skipped] == [True]
    assert f"  - not judged: {UNSEEN}" in said["markdown"]


def test_policies_follow_what_stands_in_a_module(folder: Path) -> None:
    judged = document.read(folder)
    acl = judged.resources["module.images.alicloud_oss_bucket_acl.open"]
    assert acl.get("acl") == "public-read"
    assert (
        judged.target(acl.get("bucket"), "alicloud_oss_bucket")
        is judged.resources["module.images.alicloud_oss_bucket.b"]
    )


def test_a_stack_with_outputs_only_is_judged_with_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = written(tmp_path / "outputs", {"resource": {}, "output": {"a": {"value": 1}}})
    full = written(tmp_path / "full", {"resource": {"random_pet": {"p": {}}}})
    code = main(["check", "--stack-dir", str(empty), "--stack-dir", str(full)])
    assert (code, "outputs: 0 judged, nothing failed\n" in capsys.readouterr().out) == (0, True)
