"""What is made anew because somebody asks for it: `plan --replace` and `review --replace`, as `terraform plan -replace`."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commanding import dicom_cdk
from tests.review.small import document

pytestmark = pytest.mark.terraform
STACK: dict[str, Any] = document(
    {
        "alicloud_vpc": {"v": {"vpc_name": "v", "cidr_block": "10.0.0.0/16"}},
        "alicloud_oss_bucket": {
            "b": {"for_each": {"a": 1}, "bucket": "clinic-${each.key}-images", "lifecycle": {"prevent_destroy": True}}
        },
    }
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("replaced")
    (place / "stacks/s").mkdir(parents=True)
    (place / "stacks/s/cdk.tf.json").write_text(json.dumps(STACK))
    return place


def test_a_review_guards_data_that_is_made_anew_on_demand(folder: Path) -> None:
    done = dicom_cdk("review", str(folder), str(folder), "--replace", 'alicloud_oss_bucket.b["a"]')
    assert done.returncode == 3, done.stderr
    assert 'replace alicloud_oss_bucket.b["a"]: objects of the bucket' in done.stdout
    assert 'replace alicloud_oss_bucket.b["a"], forced by -replace' in done.stdout
    assert dicom_cdk("review", str(folder), str(folder)).stdout == "s: no changes\n"


def test_a_plan_says_what_else_follows(folder: Path) -> None:
    stack = str(folder / "stacks/s")
    done = dicom_cdk("plan", "--stack-dir", stack, "--from", str(folder), "--replace", "alicloud_vpc.v")
    assert (done.returncode, "replace alicloud_vpc.v, forced by -replace" in done.stdout) == (0, True)
    held = dicom_cdk("plan", "--stack-dir", stack, "--from", str(folder), "--replace", 'alicloud_oss_bucket.b["a"]')
    assert (held.returncode, "prevent_destroy" in held.stdout) == (1, True)


def test_an_address_that_is_not_there_is_refused_with_what_is(folder: Path) -> None:
    """Terraform passes over it in silence, and the plan would look as if nothing were lost."""
    stack = str(folder / "stacks/s")
    done = dicom_cdk("plan", "--stack-dir", stack, "--from", str(folder), "--replace", "alicloud_oss_bucket.b")
    assert done.returncode == 1
    assert (
        'Nothing to replace: alicloud_oss_bucket.b: no such resource; there is alicloud_oss_bucket.b["a"]'
        in done.stdout
    )
    reviewed = dicom_cdk("review", str(folder), str(folder), "--replace", "alicloud_vpc.w")
    assert (reviewed.returncode, "--replace alicloud_vpc.w: no stack has it" in reviewed.stderr) == (2, True)
    alone = dicom_cdk("plan", "--stack-dir", stack, "--replace", "alicloud_vpc.v")
    assert (alone.returncode, "--replace: needs --from" in alone.stderr) == (2, True)
