"""Room storage (guide 4.7): the bucket for DICOM objects, the operations bucket, the user whose key the archive stores with.

The operations bucket keeps access logs and directory backups, outside the archive's container.
"""

from cdktf import TerraformResource, TerraformResourceLifecycle
from cdktf_cdktf_provider_alicloud.oss_bucket import (
    OssBucket,
    OssBucketLifecycleRule,
    OssBucketLifecycleRuleExpiration,
    OssBucketLogging,
)
from cdktf_cdktf_provider_alicloud.oss_bucket_logging import OssBucketLoggingA
from cdktf_cdktf_provider_alicloud.ram_access_key import RamAccessKey
from cdktf_cdktf_provider_alicloud.ram_policy import RamPolicy
from cdktf_cdktf_provider_alicloud.ram_user import RamUser
from cdktf_cdktf_provider_alicloud.ram_user_policy_attachment import RamUserPolicyAttachment
from constructs import Construct

from dicom_cdk.service.identity import Identity
from dicom_cdk.service.parts import ram
from dicom_cdk.service.parts.bucket import private_bucket
from dicom_cdk.service.rooms.secrets import Held, Secrets
from dicom_cdk.settings.models import storage as settings_storage

BACKUP_PREFIX = "ldap-backup/"
ACCESS_LOG_PREFIX = "access-log/"
ACCESS_LOG_DAYS = 180


class Storage(Construct):
    """Buckets and the storage user's key."""

    bucket: OssBucket
    operations: OssBucket
    """Access logs and directory backups."""
    signature_version: int
    """AWS Signature of the archive's requests."""
    endpoint: str
    held: dict[str, Held]
    """The storage user's AccessKey where hosts read it: `storage-identity` and `storage-credential`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        site: Identity,
        settings: settings_storage.Storage,
        backup_retention_days: int,
        secrets: Secrets,
    ) -> None:
        """`backup_retention_days`: of directory backups."""
        super().__init__(scope, id)
        name = settings.bucket or site.unique
        self.signature_version = settings.signature_version
        self.endpoint = settings.endpoint or f"https://s3.oss-{site.region}-internal.aliyuncs.com"
        self.operations = private_bucket(
            self,
            "operations",
            name=f"{name}-ops",
            site=site,
            key_id=secrets.key_id,
            redundancy=settings.redundancy,
            noncurrent_version_days=settings.noncurrent_version_days,
            rules=[
                _expire("access-log", ACCESS_LOG_PREFIX, ACCESS_LOG_DAYS),
                _expire("ldap-backup", BACKUP_PREFIX, backup_retention_days),
            ],
        )
        self.bucket = private_bucket(
            self,
            "images",
            name=name,
            site=site,
            key_id=secrets.key_id,
            redundancy=settings.redundancy,
            noncurrent_version_days=settings.noncurrent_version_days,
            storage_class=settings.storage_class,
            logging=OssBucketLogging(target_bucket=self.operations.bucket, target_prefix=ACCESS_LOG_PREFIX),
        )
        if secrets.bucket is not None:
            # The bucket of secrets is made before this one, which takes its log.
            OssBucketLoggingA(
                self,
                "secrets-log",
                bucket=secrets.bucket.bucket,
                target_bucket=self.operations.bucket,
                target_prefix=f"{ACCESS_LOG_PREFIX}secrets/",
            )
        self.held = self._user(site, name, secrets)
        ram.grant(
            self,
            "backup-directory",
            role=secrets.roles["directory"],
            name=f"{site.name}-directory-backup",
            statements=[
                ram.allow(
                    ["oss:PutObject", "oss:GetObject"], [f"acs:oss:*:{site.account_id}:{name}-ops/{BACKUP_PREFIX}*"]
                ),
                ram.allow(["oss:ListObjects"], [f"acs:oss:*:{site.account_id}:{name}-ops"]),
                ram.allow(["kms:GenerateDataKey", "kms:Decrypt"], [secrets.key_arn]),
            ],
        )
        secrets.grant_read(self, "read-archive", room="archive", secrets=list(self.held.values()), purpose="storage")

    def _user(self, site: Identity, bucket: str, secrets: Secrets) -> dict[str, Held]:
        generation = secrets.generations.storage
        user = RamUser(self, "user", name=f"{site.name}-storage", comments="Stores DICOM objects; no console")
        policy = RamPolicy(
            self,
            "user-policy",
            policy_name=f"{site.name}-storage",
            policy_document=ram.document(
                ram.allow(
                    ["oss:PutObject", "oss:GetObject", "oss:DeleteObject", "oss:AbortMultipartUpload", "oss:ListParts"],
                    [f"acs:oss:*:{site.account_id}:{bucket}/*"],
                ),
                ram.allow(
                    ["oss:ListObjects", "oss:GetBucketInfo", "oss:GetBucketLocation"],
                    [f"acs:oss:*:{site.account_id}:{bucket}"],
                ),
                ram.allow(["kms:GenerateDataKey", "kms:Decrypt"], [secrets.key_arn]),
            ),
        )
        RamUserPolicyAttachment(
            self, "user-grant", user_name=user.name, policy_name=policy.policy_name, policy_type="Custom"
        )
        # Not cdktf's DataResource, which runs `terraform version` at synthesis.
        rotation = TerraformResource(self, "key-generation", terraform_resource_type="terraform_data")
        rotation.add_override("input", {"generation": generation})
        key = RamAccessKey(
            self,
            "key",
            user_name=user.name,
            status="Active",
            lifecycle=TerraformResourceLifecycle(
                # The old key stays until every reader has the new one.
                create_before_destroy=True,
                replace_triggered_by=[f"terraform_data.{rotation.friendly_unique_id}"],
            ),
        )
        return {
            name: secrets.hold(self, name, value=value, generation=generation)
            for name, value in (("storage-identity", key.id), ("storage-credential", key.secret))
        }


def _expire(id: str, prefix: str, days: int) -> OssBucketLifecycleRule:
    return OssBucketLifecycleRule(
        id=id, enabled=True, prefix=prefix, expiration=[OssBucketLifecycleRuleExpiration(days=days)]
    )
