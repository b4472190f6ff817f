"""What a review says of another way of images into the bucket, and which ways nobody takes by accident."""

from pathlib import Path

import pytest

from dicom_cdk.plan.stack import Stack
from dicom_cdk.review.archive.receiving import WORDS, lost_on_the_way, told
from dicom_cdk.review.before_after.sides import Sides

STEP = "alicloud_ecs_invocation.archive_storage_run"
WAYS = ("direct", "cache", "drain")


def stack(receive: str, *, name: str = "archive_storage_run", **more: str) -> Stack:
    values = {
        "storage_endpoint": "https://s3.oss-cn-shanghai-internal.aliyuncs.com",
        "storage_id": "alicloud-oss",
        **more,
    }
    if receive != "direct":
        values |= {"receive": receive, "folder_uri": more.get("folder_uri", "file:///opt/cache/")}
    listed = ", ".join(f'"{key}" = "{value}"' for key, value in sorted(values.items()))
    steps = {
        name: {"parameters": {"values": f'${{jsonencode({{"bucket" = alicloud_oss_bucket.b.bucket, {listed}}})}}'}},
        "archive_up_run": {"parameters": {"values": '${jsonencode({"storage_id" = "alicloud-oss"})}'}},
    }
    return Stack(Path("stack"), {"resource": {"alicloud_ecs_invocation": steps}})


@pytest.mark.parametrize("was", WAYS)
@pytest.mark.parametrize("now", WAYS)
def test_every_change_of_the_way_is_told_step_by_step(was: str, now: str) -> None:
    said = list(told(Sides(stack(was), stack(now))))
    if was == now:
        assert said == []
    else:
        assert said == [f"{was} → {now}", *(f"  {line}" for line in WORDS[was, now])]


@pytest.mark.parametrize("was", WAYS)
@pytest.mark.parametrize("now", WAYS)
def test_only_the_way_back_in_one_change_loses_what_waits_in_the_folder(was: str, now: str) -> None:
    lost = list(lost_on_the_way(Sides(stack(was), stack(now))))
    if (was, now) != ("cache", "direct"):
        assert lost == []
        return
    (one,) = lost
    assert (one.address, one.reason) == (STEP, "")
    assert one.action == "receive directly, without a drain, by"
    assert one.what == "images that are in the folder and not in the bucket yet"


@pytest.mark.parametrize(
    ("more", "action", "what"),
    [
        (
            {"storage_endpoint": "https://s3.oss-cn-beijing-internal.aliyuncs.com"},
            "look for images at https://s3.oss-cn-beijing-internal.aliyuncs.com instead of "
            "https://s3.oss-cn-shanghai-internal.aliyuncs.com, by",
            "every image that lies in the bucket there and was not copied, until the entry names it again",
        ),
        (
            {"storage_id": "oss-2"},
            "name the storage oss-2 instead of alicloud-oss, by",
            "images stored so far: alicloud-oss stays in the directory, and no step gives it the next key",
        ),
        (
            {"folder_uri": "file:///elsewhere/"},
            "look for the folder at file:///elsewhere/, by",
            "images that are in the folder only",
        ),
    ],
)
def test_another_endpoint_name_or_folder_has_to_be_allowed(more: dict[str, str], action: str, what: str) -> None:
    (one,) = lost_on_the_way(Sides(stack("cache"), stack("cache", **more)))
    assert (one.action, one.what) == (action, what)


def test_a_new_site_and_a_moved_step_are_no_change_of_the_way() -> None:
    assert not list(told(Sides(None, stack("cache"))))
    after = stack("cache", name="archive_receive_run")
    after.document["moved"] = [{"from": STEP, "to": "alicloud_ecs_invocation.archive_receive_run"}]
    assert not list(told(Sides(stack("cache"), after)))
    assert list(lost_on_the_way(Sides(stack("direct"), after))) == []
