"""What a review says of tenants: whose images lie where from now on, and which change puts images out of sight."""

import json
from pathlib import Path

import pytest

from dicom_cdk.plan.stack import Stack
from dicom_cdk.review.archive import receiving
from dicom_cdk.review.archive.tenants import lost_on_the_way, told
from dicom_cdk.review.before_after.sides import Sides

NORTH = {"ae_title": "NORTH", "bucket": "images-of-north", "key": "north", "prefix": "", "storage_id": "oss-north"}
SOUTH = {"ae_title": "SOUTH", "bucket": "images", "key": "south", "prefix": "south", "storage_id": "oss-south"}


def stack(*tenants: dict[str, str]) -> Stack:
    listed = ", ".join(
        "{" + ", ".join(f"{json.dumps(key)} = {json.dumps(one[key])}" for key in one) + "}" for one in tenants
    )
    values = f'"storage_endpoint" = "https://s3.oss-cn-shanghai-internal.aliyuncs.com", "tenants" = [{listed}]'
    steps = {"archive_tenants_run": {"parameters": {"values": f"${{jsonencode({{{values}}})}}"}}} if tenants else {}
    return Stack(Path("stack"), {"resource": {"alicloud_ecs_invocation": steps}})


def test_the_first_tenant_is_told_with_what_it_finds_of_before() -> None:
    sides = Sides(stack(), stack(NORTH))
    assert list(told(sides)) == [
        "NORTH: what comes in at this AE title lies in images-of-north, and is found at it alone",
        "  images that came in elsewhere before stay where they are, and are not found at it",
        "images that came in before the first tenant carry no mark: every tenant finds them",
    ]
    assert list(lost_on_the_way(sides)) == []


def test_a_further_tenant_moves_nobody_else() -> None:
    sides = Sides(stack(NORTH), stack(NORTH, SOUTH))
    assert [line.partition(":")[0] for line in told(sides) if not line.startswith(" ")] == ["SOUTH"]
    assert list(lost_on_the_way(sides)) == []
    assert list(receiving.lost_on_the_way(sides)) == [], "the last tenant's storage is not the site's"


@pytest.mark.parametrize(
    ("now", "action", "what"),
    [
        (
            {**NORTH, "bucket": "other"},
            "look for images of NORTH in other instead of images-of-north, by",
            "every image that lies there and was not copied under the same name, until the list names it again",
        ),
        (
            {**NORTH, "bucket": "images", "prefix": "north"},
            "look for images of NORTH in images/north instead of images-of-north, by",
            "every image that lies there and was not copied under the same name, until the list names it again",
        ),
        (
            {**NORTH, "storage_id": "s3-north"},
            "name the storage of NORTH s3-north instead of oss-north, by",
            "images stored so far: oss-north stays in the directory, and no step gives it the next key",
        ),
        (
            SOUTH,
            "no longer name the tenant NORTH, by",
            "images in images-of-north: their storage stays in the directory, and no step gives it the next key",
        ),
    ],
)
def test_a_moved_or_missing_tenant_has_to_be_allowed(now: dict[str, str], action: str, what: str) -> None:
    (one,) = lost_on_the_way(Sides(stack(NORTH), stack(now)))
    assert (one.action, one.what, one.reason) == (action, what, "")


def test_the_last_tenant_that_goes_is_a_loss_too_though_its_step_goes_with_it() -> None:
    sides = Sides(stack(NORTH), stack())
    assert [one.address for one in lost_on_the_way(sides)] == ["alicloud_ecs_invocation.archive_tenants_run"]
    assert list(told(sides)) == [
        "NORTH: it answers no more; its images stay in images-of-north, found at the site's own AE titles"
    ]
