"""CKV2_DICOM_123 on days that its examples do not have; what it finds and lets pass stands beside the rule."""

from pathlib import Path
from typing import Any

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import of_stack
from dicom_cdk.policy.stack_rules.locked_buckets import judge


def judged(days: Any, ends: Any) -> list[str]:
    bucket = {
        "bucket": "a",
        "versioning": [{"status": "Enabled"}],
        "lifecycle_rule": [{"expiration": [{"days": ends}]}],
    }
    lock = {"bucket": "${alicloud_oss_bucket.a.bucket}", "retention_period_in_days": days}
    written = {"resource": {"alicloud_oss_bucket": {"a": bucket}, "alicloud_oss_bucket_worm": {"l": lock}}}
    return [problem for _, problem in judge(of_stack(Stack(Path("clinic"), written)))]


def test_days_that_only_a_plan_knows_are_held_against_nothing() -> None:
    assert judged("${var.days}", 30) == []
    assert judged(365, "${var.ends}") == []


def test_days_written_as_text_are_days() -> None:
    (problem,) = judged("365", "30")
    assert problem == "alicloud_oss_bucket.a ends objects after 30 days (expiration), the lock holds them for 365"
