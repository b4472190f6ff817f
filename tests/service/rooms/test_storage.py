"""Room storage: two closed buckets, a user that may do no more than store."""

import json
from collections.abc import Callable

import pytest

from tests.synthesized import Synthesized

BUCKETS = ("images", "operations")


@pytest.mark.parametrize("bucket", BUCKETS)
def test_every_bucket_is_private_encrypted_versioned_and_tls_only(bucket: str, default_stack: Synthesized) -> None:
    room = default_stack.room("storage")
    assert room[bucket]["versioning"] == {"status": "Enabled"}
    assert room[bucket]["server_side_encryption_rule"]["sse_algorithm"] == "KMS"
    assert room[bucket]["force_destroy"] is False
    assert room[f"{bucket}-acl"]["acl"] == "private"
    assert room[f"{bucket}-public-access"]["block_public_access"] is True
    assert room[f"{bucket}-https"]["tls_versions"] == ["TLSv1.2", "TLSv1.3"]
    (statement,) = json.loads(room[f"{bucket}-policy"]["policy"])["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"acs:SecureTransport": ["false"]}}


def test_accesses_are_logged_outside_the_archives_bucket(default_stack: Synthesized) -> None:
    logging = default_stack.resources["storage/images"]["logging"]
    assert logging == {
        "target_bucket": "${alicloud_oss_bucket.storage_operations.bucket}",
        "target_prefix": "access-log/",
    }


def test_overwritten_objects_can_be_restored_as_long_as_the_site_says(stack_with: Callable[..., Synthesized]) -> None:
    rules = stack_with(storage={"noncurrent_version_days": 99}).resources["storage/images"]["lifecycle_rule"]
    assert rules[0]["noncurrent_version_expiration"] == [{"days": 99}]
    assert rules[0]["abort_multipart_upload"] == [{"days": 7}]


def test_objects_of_the_archive_never_expire(default_stack: Synthesized) -> None:
    rules = default_stack.resources["storage/images"]["lifecycle_rule"]
    assert not [rule for rule in rules if rule.get("expiration")]


def test_the_storage_user_reaches_its_bucket_only(default_stack: Synthesized) -> None:
    document = json.loads(default_stack.resources["storage/user-policy"]["policy_document"])
    oss = [each for each in document["Statement"] if each["Action"][0].startswith("oss:")]
    resources = {resource for statement in oss for resource in statement["Resource"]}
    bucket = "acs:oss:*:1234567890123456:dicom-sh-1234567890123456"
    assert resources == {bucket, f"{bucket}/*"}


def test_the_directory_may_write_backups_below_its_prefix_only(default_stack: Synthesized) -> None:
    document = json.loads(default_stack.resources["storage/backup-directory"]["policy_document"])
    put = next(each for each in document["Statement"] if "oss:PutObject" in each["Action"])
    assert put["Resource"] == ["acs:oss:*:1234567890123456:dicom-sh-1234567890123456-ops/ldap-backup/*"]
