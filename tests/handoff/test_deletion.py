"""Who could delete what, computed from RAM: of made-up stacks, and of the default site."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.handoff import deletion
from dicom_cdk.plan.stack import Stack
from tests.conftest import ROOT

Json = dict[str, Any]
RULE = {"id": "clean-up", "noncurrent_version_expiration": [{"days": 30}]}
BUCKET: Json = {"bucket": "images", "versioning": {"status": "Enabled"}, "lifecycle_rule": [RULE]}


def told(*statements: Json, bucket: Json = BUCKET, **more: Json) -> list[str]:
    """The rows about bucket images of who is not the deployer."""
    policy = json.dumps({"Version": "1", "Statement": list(statements)})
    resources = {
        "alicloud_oss_bucket": {"images": bucket, **more.pop("buckets", {})},
        "alicloud_ram_user": {"u": {"name": "storage"}},
        "alicloud_ram_policy": {"p": {"policy_name": "p", "policy_document": policy}},
        "alicloud_ram_user_policy_attachment": {
            "a": {"user_name": "${alicloud_ram_user.u.name}", "policy_name": "${alicloud_ram_policy.p.policy_name}"}
        },
        **more,
    }
    text = deletion.text(Stack(Path("clinic"), {"resource": resources}))
    section = text.partition("## objects of bucket images\n")[2].partition("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("|") and "deployer" not in line][2:]


def allow(action: str, resource: str = "acs:oss:*:1:images/*") -> Json:
    return {"Effect": "Allow", "Action": [action], "Resource": [resource]}


def test_a_deletion_leaves_the_old_version_as_long_as_the_bucket_keeps_it() -> None:
    assert told(allow("oss:DeleteObject")) == ["| user storage | `oss:DeleteObject` | the old version for 30 days |"]


def test_without_versions_nothing_is_left() -> None:
    (row,) = told(allow("oss:DeleteObject"), bucket={"bucket": "images"})
    assert row.endswith("| nothing here |")


@pytest.mark.parametrize("action", ["oss:*", "oss:Delete*", "*"])
def test_a_wild_card_is_every_action_that_it_covers(action: str) -> None:
    rows = told(allow(action))
    assert "| user storage | `oss:DeleteObjectVersion` | nothing here |" in rows


def test_everything_but_reading_is_deleting_too() -> None:
    assert told({"Effect": "Allow", "NotAction": ["oss:GetObject"], "Resource": ["*"]})


def test_reading_and_other_buckets_are_not_in_it() -> None:
    assert told(allow("oss:GetObject"), allow("oss:DeleteObject", "acs:oss:*:1:others/*")) == []


COPY: Json = {
    "buckets": {"copy": {"bucket": "images-copy"}},
    "alicloud_oss_bucket_replication": {
        "r": {
            "bucket": "${alicloud_oss_bucket.images.bucket}",
            "action": "PUT",
            "destination": [{"bucket": "${alicloud_oss_bucket.copy.bucket}"}],
        }
    },
}


@pytest.mark.parametrize(
    ("status", "said"),
    [("Locked", " (locked for 365 days)"), ("InProgress", " (a lock of 365 days that is not final)"), ("", "")],
)
def test_a_copy_is_what_is_left_of_a_deleted_version(status: str, said: str) -> None:
    lock = {"bucket": "${alicloud_oss_bucket.copy.bucket}", "status": status, "retention_period_in_days": 365}
    (row,) = told(
        allow("oss:DeleteObjectVersion"), **COPY, **({"alicloud_oss_bucket_worm": {"w": lock}} if status else {})
    )
    assert row == f"| user storage | `oss:DeleteObjectVersion` | nothing here, but the copy in images-copy{said} |"


def test_a_copy_that_takes_deletions_over_is_none() -> None:
    other = {**COPY["alicloud_oss_bucket_replication"]["r"], "action": "ALL"}
    (row,) = told(allow("oss:DeleteObjectVersion"), **{**COPY, "alicloud_oss_bucket_replication": {"r": other}})
    assert row.endswith("| nothing here |")


def test_a_final_lock_leaves_everything() -> None:
    lock = {"bucket": "${alicloud_oss_bucket.images.bucket}", "status": "Locked", "retention_period_in_days": 365}
    (row,) = told(allow("oss:DeleteObjectVersion"), alicloud_oss_bucket_worm={"w": lock})
    assert row.endswith("| everything (locked for 365 days) |")


def test_an_action_is_matched_once_a_pattern_and_not_again_for_each_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    matches = deletion._matches

    def counted(action: str, pattern: str) -> bool:
        asked.append(action)
        return matches(action, pattern)

    monkeypatch.setattr(deletion, "_matches", counted)

    def matched(buckets: int) -> int:
        asked.clear()
        told(allow("oss:DeleteObject"), buckets={f"b{number}": {"bucket": f"b{number}"} for number in range(buckets)})
        return len(asked)

    assert matched(30) == matched(3) > 0


def test_of_the_default_site_nobody_but_the_deployer_deletes_versions_keys_or_the_database() -> None:
    text = deletion.text(Stack.read(ROOT / "cdktf.out/stacks/dicom-sh"))
    for action in ("oss:DeleteObjectVersion", "kms:ScheduleKeyDeletion", "rds:DeleteDBInstance", "log:DeleteProject"):
        rows = [line for line in text.splitlines() if f"`{action}`" in line]
        assert rows, action
        assert all(line.startswith("| deployer") for line in rows), action
    assert "| user dicom-sh-storage | `oss:DeleteObject` | the old version for 30 days |" in text


@pytest.mark.terraform
def test_a_hand_off_holds_it(handed: Path) -> None:
    assert (handed / "iam/dicom-sh/who-can-delete.md").read_text().startswith("# Who could delete what of dicom-sh\n")
