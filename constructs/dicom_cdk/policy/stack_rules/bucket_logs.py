"""Every bucket's accesses are logged, except of the bucket that takes the logs."""

from collections.abc import Iterator
from typing import Any

from dicom_cdk.policy.document import Document
from dicom_cdk.policy.stack_rules.rule import ANY, Open, StackRule


def judge(document: Document) -> Iterator[tuple[str, str]]:
    """A bucket that logs to itself grows by its own logs: so the one that takes them has none (in place of CKV_ALI_12)."""
    buckets = document.of("alicloud_oss_bucket")
    logging = {one.address: _target(one.get("logging")) for one in buckets}
    for one in document.of("alicloud_oss_bucket_logging"):
        bucket = document.target(one.values.get("bucket"), "alicloud_oss_bucket")
        if bucket:
            logging[bucket.address] = one.get("target_bucket")
    taking = {address for target in logging.values() for address in _named(document, target)}
    for one in buckets:
        if not logging[one.address] and one.address not in taking:
            yield one.address, "accesses are not logged"


def _target(block: Any) -> Any:
    block = block[0] if isinstance(block, list) and block else block
    return block.get("target_bucket") if isinstance(block, dict) else None


def _named(document: Document, target: Any) -> Iterator[str]:
    for one in document.targets(target, "alicloud_oss_bucket"):
        yield one.address
    for one in document.of("alicloud_oss_bucket"):
        if target and one.values.get("bucket") == target:
            yield one.address


BUCKET_LOGS = StackRule(
    id="CKV2_DICOM_109",
    name="Accesses to buckets are logged, into a bucket of the stack's own",
    severity="MEDIUM",
    fix="logging: target_bucket and target_prefix",
    types=("alicloud_oss_bucket",),
    judge=judge,
    weighs={
        "alicloud_oss_bucket": {"logging.target_bucket": Open("logs", None, leads=True)},
        "alicloud_oss_bucket_logging": {
            "bucket": Open(ANY, leads=True),
            "target_bucket": Open("logs", None, leads=True),
        },
    },
    failing={"alicloud_oss_bucket": {"bad_silent": {"bucket": "a"}}},
    passing={
        "alicloud_oss_bucket": {
            "images": {"bucket": "a", "logging": [{"target_bucket": "${alicloud_oss_bucket.logs.bucket}"}]},
            "logs": {"bucket": "b"},
        }
    },
)
