"""A bucket that is nobody's but the site's: encrypted with its key, versioned, never public, TLS only (facts: provider 4).

Versioning, encryption and access log are inline: own resources for them fight the bucket at every apply.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cdktf import TerraformResource, TerraformResourceLifecycle
from cdktf_cdktf_provider_alicloud.oss_bucket import (
    OssBucket,
    OssBucketLifecycleRule,
    OssBucketLifecycleRuleAbortMultipartUpload,
    OssBucketLifecycleRuleNoncurrentVersionExpiration,
    OssBucketLifecycleRuleTransitions,
    OssBucketServerSideEncryptionRule,
    OssBucketVersioning,
)
from cdktf_cdktf_provider_alicloud.oss_bucket_acl import OssBucketAcl
from cdktf_cdktf_provider_alicloud.oss_bucket_https_config import OssBucketHttpsConfig
from cdktf_cdktf_provider_alicloud.oss_bucket_policy import OssBucketPolicy
from cdktf_cdktf_provider_alicloud.oss_bucket_public_access_block import OssBucketPublicAccessBlock
from cdktf_cdktf_provider_alicloud.oss_bucket_worm import OssBucketWorm
from constructs import Construct

from dicom_cdk.service.identity import Identity
from dicom_cdk.service.parts import ram


def private_bucket(
    scope: Construct,
    id: str,
    *,
    name: str,
    site: Identity,
    key_id: str,
    redundancy: str,
    noncurrent_version_days: int,
    rules: Sequence[OssBucketLifecycleRule] = (),
    colder: "Colder | None" = None,
    written_elsewhere: Sequence[str] = (),
    kept_prefix: str = "",
    **more: Any,
) -> OssBucket:
    """`key_id`: KMS key of its objects. `noncurrent_version_days`: what was overwritten or deleted is kept so long.
    `rules`: further lifecycle rules. `colder`: when objects go to colder classes. `written_elsewhere`: arguments that resources
    of their own write. `kept_prefix`: below it nobody deletes, but by the bucket's lifecycle. `more`: other arguments.
    """
    objects = f"acs:oss:*:{site.account_id}:{name}"
    kept = {
        "Action": ["oss:DeleteObject", "oss:DeleteObjectVersion"],
        "Effect": "Deny",
        "Principal": ["*"],
        "Resource": [f"{objects}/{kept_prefix}*"],
    }
    bucket = OssBucket(
        scope,
        id,
        bucket=name,
        redundancy_type=redundancy,
        force_destroy=not site.protected,
        versioning=OssBucketVersioning(status="Enabled"),
        server_side_encryption_rule=OssBucketServerSideEncryptionRule(sse_algorithm="KMS", kms_master_key_id=key_id),
        lifecycle_rule=[_clean_up(noncurrent_version_days), *rules, *(colder.rules() if colder else ())],
        tags=site.tags,
        lifecycle=TerraformResourceLifecycle(
            prevent_destroy=site.protected or None,
            # The bucket reads back what the policy resource below writes.
            ignore_changes=["policy", *written_elsewhere],
        ),
        **more,
    )
    reference = bucket.bucket
    OssBucketAcl(scope, f"{id}-acl", bucket=reference, acl="private")
    OssBucketPublicAccessBlock(scope, f"{id}-public-access", bucket=reference, block_public_access=True)
    OssBucketHttpsConfig(scope, f"{id}-https", bucket=reference, enable=True, tls_versions=["TLSv1.2", "TLSv1.3"])
    OssBucketPolicy(
        scope,
        f"{id}-policy",
        bucket=reference,
        policy=ram.document(
            {
                "Action": ["oss:*"],
                "Condition": {"Bool": {"acs:SecureTransport": ["false"]}},
                "Effect": "Deny",
                "Principal": ["*"],
                "Resource": [objects, f"{objects}/*"],
            },
            *([kept] if kept_prefix else []),
        ),
    )
    if colder and colder.archive_days is not None:
        # The archive never asks for a restore: it reads such an object directly, or not at all.
        direct = TerraformResource(
            scope, f"{id}-direct-read", terraform_resource_type="alicloud_oss_bucket_archive_direct_read"
        )
        direct.add_override("bucket", reference)
        direct.add_override("enabled", True)
    return bucket


STATUS = {"trial": "InProgress", "final": "Locked"}


def locked(
    scope: Construct,
    id: str,
    bucket: OssBucket,
    *,
    days: int,
    lock: str,
    lifecycle: TerraformResourceLifecycle | None = None,
) -> OssBucketWorm:
    """Nobody deletes or overwrites an object of `bucket` for `days`. `lock`: final, or trial, which is void after 24 hours."""
    return OssBucketWorm(
        scope, id, bucket=bucket.bucket, retention_period_in_days=days, status=STATUS[lock], lifecycle=lifecycle
    )


@dataclass(frozen=True)
class Colder:
    """Days after which objects go to IA and to Archive, counted from their last change; None: never."""

    infrequent_days: int | None
    archive_days: int | None

    def rules(self) -> list[OssBucketLifecycleRule]:
        """The lifecycle rule, if there is anything to do."""
        steps = [
            OssBucketLifecycleRuleTransitions(storage_class=storage_class, days=days)
            for storage_class, days in (("IA", self.infrequent_days), ("Archive", self.archive_days))
            if days is not None
        ]
        return [OssBucketLifecycleRule(id="colder", enabled=True, prefix="", transitions=steps)] if steps else []


def _clean_up(noncurrent_version_days: int) -> OssBucketLifecycleRule:
    return OssBucketLifecycleRule(
        id="clean-up",
        enabled=True,
        prefix="",
        abort_multipart_upload=[OssBucketLifecycleRuleAbortMultipartUpload(days=7)],
        noncurrent_version_expiration=[OssBucketLifecycleRuleNoncurrentVersionExpiration(days=noncurrent_version_days)],
    )
