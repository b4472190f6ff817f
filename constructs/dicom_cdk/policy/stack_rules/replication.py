"""A copy of data in another place is encrypted, keeps what the source loses, and cannot be read by more than the source."""

from collections.abc import Iterator
from typing import Any

from dicom_cdk.plan.stack import block
from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.stack_rules.locked_buckets import VERSIONS, versions_of
from dicom_cdk.policy.stack_rules.rule import Open, StackRule

REPLICATION, POLICY, BUCKET = (
    "alicloud_oss_bucket_replication",
    "alicloud_ecs_auto_snapshot_policy",
    "alicloud_oss_bucket",
)


def judge(document: Document) -> Iterator[tuple[str, str]]:
    """Replication of buckets, and snapshots that are copied to other regions."""
    for one in document.of(REPLICATION):
        for problem in _replication(document, one):
            yield one.address, problem
    for one in document.of(POLICY):
        copied = str(one.get("enable_cross_region_copy")).lower() == "true"
        if copied and str(block(one.get("copy_encryption_configuration")).get("encrypted")).lower() != "true":
            yield one.address, "copies of snapshots are not encrypted (copy_encryption_configuration)"


def _replication(document: Document, one: Resource) -> Iterator[str]:
    if not block(one.get("encryption_configuration")).get("replica_kms_key_id"):
        yield "copies are not encrypted with a KMS key (encryption_configuration.replica_kms_key_id)"
    chosen = block(block(one.get("source_selection_criteria")).get("sse_kms_encrypted_objects"))
    if chosen.get("status") != "Enabled":
        yield "objects that KMS encrypts are not copied (source_selection_criteria.sse_kms_encrypted_objects)"
    if not one.get("sync_role"):
        yield "no sync_role: OSS may not decrypt the objects, and copies none that KMS encrypts"
    # Without one, OSS carries everything over.
    action = str(one.get("action") or "ALL")
    if action != "PUT":
        yield f"action is {action}: what is deleted at the source is deleted in the copy; PUT copies and deletes nothing"
    target = document.target(block(one.values.get("destination")).get("bucket"), BUCKET)
    if target and versions_of(document, target) != "Enabled":
        yield f"{target.address} takes the copies and keeps no versions of what is overwritten"


_GOOD: dict[str, Any] = {
    "bucket": "a",
    "action": "PUT",
    "destination": [{"bucket": "${alicloud_oss_bucket.copy.bucket}", "location": "oss-cn-beijing"}],
    "sync_role": "replication",
    "source_selection_criteria": [{"sse_kms_encrypted_objects": [{"status": "Enabled"}]}],
    "encryption_configuration": [{"replica_kms_key_id": "key-1"}],
}

REPLICATED = StackRule(
    id="CKV2_DICOM_120",
    name="Copies in another place are encrypted, and keep what the source loses",
    severity="HIGH",
    fix="replication: a KMS key of the target region, sse_kms_encrypted_objects, sync_role, action PUT; snapshots: "
    "copy_encryption_configuration",
    types=(REPLICATION, POLICY),
    judge=judge,
    weighs={
        REPLICATION: {
            "encryption_configuration.replica_kms_key_id": Open("key", None, leads=True),
            "source_selection_criteria.sse_kms_encrypted_objects.status": Open("Enabled", "Disabled"),
            "sync_role": Open("role", None, leads=True),
            "action": Open("PUT", "ALL"),
        },
        BUCKET: {"versioning.status": Open("Enabled", "Suspended")},
        VERSIONS: {"status": Open("Enabled", "Suspended")},
        POLICY: {
            "enable_cross_region_copy": Open(False, True),
            "copy_encryption_configuration.encrypted": Open(True, False),
        },
    },
    failing={
        BUCKET: {"copy": {"bucket": "b", "versioning": [{"status": "Enabled"}]}, "plain": {"bucket": "c"}},
        REPLICATION: {
            "bad_open": {
                "bucket": "a",
                "action": "PUT",
                "destination": [{"bucket": "b", "location": "oss-cn-beijing"}],
            },
            "bad_deletes": {**_GOOD, "action": "ALL"},
            "bad_default": {key: value for key, value in _GOOD.items() if key != "action"},
            "bad_target": {**_GOOD, "destination": [{"bucket": "${alicloud_oss_bucket.plain.bucket}"}]},
        },
        POLICY: {"bad_copy": {"enable_cross_region_copy": True, "target_copy_regions": ["cn-beijing"]}},
    },
    passing={
        BUCKET: {"copy": {"bucket": "b", "versioning": [{"status": "Enabled"}]}},
        REPLICATION: {"images": _GOOD},
        POLICY: {
            "copied": {"enable_cross_region_copy": True, "copy_encryption_configuration": [{"encrypted": True}]},
            "here": {"retention_days": 7},
        },
    },
)
