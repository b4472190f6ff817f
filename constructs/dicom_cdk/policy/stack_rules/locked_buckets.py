"""A lock on a bucket is worth what stands beside it: versions, no destroy that empties it, no rule that ends objects sooner."""

from collections.abc import Iterator
from typing import Any

from dicom_cdk.plan.stack import block
from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.stack_rules.rule import Open, StackRule

LOCK, BUCKET, REPLICATION = "alicloud_oss_bucket_worm", "alicloud_oss_bucket", "alicloud_oss_bucket_replication"
VERSIONS = "alicloud_oss_bucket_versioning"
ENDS = ("expiration", "noncurrent_version_expiration")


def judge(document: Document) -> Iterator[tuple[str, str]]:
    """Locks whose bucket is in the stack. Rules of a copy may end sooner: they come to nothing until its lock has ended, and nobody
    deletes there."""
    copies = [
        document.target(block(one.values.get("destination")).get("bucket"), BUCKET) for one in document.of(REPLICATION)
    ]
    for one in document.of(LOCK):
        bucket = document.target(one.values.get("bucket"), BUCKET)
        if bucket is not None:
            sooner = () if bucket in copies else _sooner(held_days(one), bucket)
            for problem in (*_open(document, bucket), *sooner):
                yield one.address, problem


def held_days(lock: Resource) -> int:
    """0 where only a plan knows."""
    days = str(lock.get("retention_period_in_days"))
    return int(days) if days.isdigit() else 0


def versions_of(document: Document, bucket: Resource) -> str:
    """What its own block says, else a resource beside it; "none" where neither does."""
    beside = [
        one.get("status")
        for one in document.of(VERSIONS)
        if document.target(one.values.get("bucket"), BUCKET) == bucket
    ]
    return str(block(bucket.get("versioning")).get("status") or next(iter(beside), None) or "none")


def _open(document: Document, bucket: Resource) -> Iterator[str]:
    versions = versions_of(document, bucket)
    if versions != "Enabled":
        yield f"{bucket.address} keeps no versions (versioning.status {versions})"
    if str(bucket.get("force_destroy")).lower() == "true":
        yield f"a destroy would empty {bucket.address} (force_destroy), which the lock refuses"


def _sooner(days: int, bucket: Resource) -> Iterator[str]:
    rules = bucket.get("lifecycle_rule")
    for rule in rules if isinstance(rules, list) else [rules]:
        for kind in ENDS:
            ends = block(block(rule).get(kind)).get("days")
            if str(ends).isdigit() and int(str(ends)) < days:
                yield f"{bucket.address} ends objects after {ends} days ({kind}), the lock holds them for {days}"


_KEPT = {"versioning": [{"status": "Enabled"}], "force_destroy": False}


def _rule(kind: str, days: int) -> list[dict[str, Any]]:
    return [{"enabled": True, kind: [{"days": days}]}]


LOCKED_BUCKETS = StackRule(
    id="CKV2_DICOM_123",
    name="What stands beside a lock on a bucket agrees with it",
    severity="HIGH",
    fix="the bucket: versioning Enabled, no force_destroy, no rule that ends objects or versions before the lock does",
    types=(LOCK,),
    judge=judge,
    weighs={
        LOCK: {"retention_period_in_days": Open("0", "100000")},
        BUCKET: {
            "versioning.status": Open("Enabled", "Suspended"),
            "force_destroy": Open(False, True),
            **{f"lifecycle_rule.{kind}.days": Open(100_000, 1) for kind in ENDS},
        },
        VERSIONS: {"status": Open("Enabled", "Suspended")},
    },
    failing={
        BUCKET: {
            "plain": {"bucket": "a", "versioning": [{"status": "Suspended"}]},
            "emptied": {**_KEPT, "bucket": "b", "force_destroy": True},
            "short": {**_KEPT, "bucket": "c", "lifecycle_rule": _rule("noncurrent_version_expiration", 30)},
            "ended": {**_KEPT, "bucket": "d", "lifecycle_rule": _rule("expiration", 364)},
        },
        LOCK: {
            f"bad_{name}": {"bucket": f"${{alicloud_oss_bucket.{name}.bucket}}", "retention_period_in_days": 365}
            for name in ("plain", "emptied", "short", "ended")
        },
    },
    passing={
        BUCKET: {
            "kept": {**_KEPT, "bucket": "e", "lifecycle_rule": _rule("noncurrent_version_expiration", 365)},
            "copy": {**_KEPT, "bucket": "f", "lifecycle_rule": _rule("expiration", 14)},
        },
        REPLICATION: {"copied": {"bucket": "g", "destination": [{"bucket": "${alicloud_oss_bucket.copy.bucket}"}]}},
        LOCK: {
            "kept": {"bucket": "${alicloud_oss_bucket.kept.bucket}", "retention_period_in_days": 365},
            "copy": {"bucket": "${alicloud_oss_bucket.copy.bucket}", "retention_period_in_days": 365},
            "elsewhere": {"bucket": "another-stacks", "retention_period_in_days": 30},
        },
    },
)
