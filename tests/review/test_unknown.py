"""What a review does not know is said in it: files that nobody looks into, rules that hang on made-up values."""

import json
from pathlib import Path

import pytest

from dicom_cdk.plan import terraform
from dicom_cdk.plan.stack import Stack
from dicom_cdk.review.model import StackReview
from dicom_cdk.review.reports.content import headline, sections
from dicom_cdk.review.review import review
from tests.review.small import document, reviewed

pytestmark = pytest.mark.terraform
VPC = {"alicloud_vpc": {"v": {"vpc_name": "v", "cidr_block": "10.0.0.0/16"}}}
MORE = 'resource "alicloud_oss_bucket" "b" {\n  bucket = "nobody-sees-it"\n}\n'


def of_folders(base: Path, head: Path) -> StackReview:
    return review("s", Stack.read(base), Stack.read(head), terraform.find())


@pytest.mark.parametrize("edited", [False, True])
def test_files_of_terraform_beside_the_document_are_named(edited: bool, tmp_path: Path) -> None:
    for side in ("base", "head"):
        (tmp_path / side).mkdir()
        (tmp_path / side / "cdk.tf.json").write_text(json.dumps(document(VPC)))
    (tmp_path / "head/more.tf").write_text(MORE)
    if edited:
        vpc = {"alicloud_vpc": {"v": {"vpc_name": "w", "cidr_block": "10.0.0.0/16"}}}
        (tmp_path / "head/cdk.tf.json").write_text(json.dumps(document(vpc)))
    found = of_folders(tmp_path / "base", tmp_path / "head")
    (said,) = found.unknown
    assert said.startswith("more.tf is not looked into")
    assert [one.entries for one in sections(found) if one.title.startswith("Not looked into")] == [(said,)]
    assert (headline(found) == "no changes") is not edited


def test_a_rule_that_hangs_on_a_made_up_value_is_said_to_be_not_known() -> None:
    """performance_level counts for ESSD only; which disk the cloud takes where nobody says it is a guess."""
    host = {"image_id": "i", "instance_type": "ecs.g7.large", "security_groups": ["sg-1"], "vswitch_id": "vsw-1"}
    found = reviewed(
        document({"alicloud_instance": {"h": host}}),
        document({"alicloud_instance": {"h": {**host, "system_disk_performance_level": "PL2"}}}),
    )
    assert any("Not known offline: system_disk_performance_level" in one for one in found.unknown), found.unknown
