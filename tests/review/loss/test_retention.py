"""Locks on buckets side by side: what nobody takes back is said in words."""

from pathlib import Path
from typing import Any

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy import document
from dicom_cdk.policy.document import Document
from dicom_cdk.review.loss.retention import lock_changes


def stack(**lock: Any) -> Document:
    made: dict[str, Any] = {"alicloud_oss_bucket": {"images": {"bucket": "clinic-images"}}}
    if lock:
        made["alicloud_oss_bucket_worm"] = {"images_lock": {"bucket": "${alicloud_oss_bucket.images.bucket}", **lock}}
    return document.of_stack(Stack(Path("clinic"), {"resource": made}))


def days(number: int | str, status: str = "Locked") -> Document:
    return stack(retention_period_in_days=number, status=status)


FINAL = [
    "clinic-images: from this apply on nobody deletes or overwrites an object for {} days after it was written, the account's "
    "owner and the vendor included; what is in it now is held too",
    "  it cannot be taken back or shortened, only prolonged; the bucket cannot be destroyed while it holds an object",
    "  what the archive deletes or a patient asks to have deleted stays, and is paid for, until then",
]


def final(number: int) -> list[str]:
    return [FINAL[0].format(number), *FINAL[1:]]


def test_a_lock_that_is_made_final_or_longer_is_said_to_be_for_good() -> None:
    for before in (None, stack(), days(365, "InProgress"), days(364)):
        assert list(lock_changes(before, days(365))) == final(365)


def test_a_trial_is_said_to_be_void_tomorrow() -> None:
    assert list(lock_changes(stack(), days(365, "InProgress"))) == [
        "clinic-images: locked for 365 days, on trial: void after 24 hours unless it is made final"
    ]


def test_days_that_only_a_plan_knows_are_told_as_they_are_written() -> None:
    assert next(lock_changes(None, days("${var.days}"))).startswith(
        "clinic-images: from this apply on nobody deletes or overwrites an object for ${var.days} days after"
    )
    assert list(lock_changes(None, days("${var.days}", "InProgress"))) == [
        "clinic-images: locked for ${var.days} days, on trial: void after 24 hours unless it is made final"
    ]


def test_what_stays_is_not_told_and_what_gets_less_is_a_loss_that_is_told_elsewhere() -> None:
    assert list(lock_changes(days(365), days(365))) == []
    assert list(lock_changes(days(365), days(364))) == []
    assert list(lock_changes(days(365), days(365, "InProgress"))) == []
    assert list(lock_changes(days(365), stack())) == []
    assert list(lock_changes(days(365), None)) == []
