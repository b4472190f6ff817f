"""Room storage (guide 4.7): the bucket for DICOM objects, the operations bucket, the user whose key the archive stores with.

The operations bucket keeps access logs, directory backups and the account's API calls, outside the archive's container.

Over 200 lines: two buckets, what each keeps and for how long, and the one user that stores, are judged together.
"""

from collections.abc import Mapping

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
from dicom_cdk.service.parts.bucket import Colder, locked, private_bucket
from dicom_cdk.service.rooms.network import Network
from dicom_cdk.service.rooms.secrets import Held, Secrets
from dicom_cdk.service.rooms.storage_cache import Cache
from dicom_cdk.service.tenants import Tenant, own_buckets, tenants_of
from dicom_cdk.settings.models import directory as settings_directory
from dicom_cdk.settings.models import recovery as settings_recovery
from dicom_cdk.settings.models import storage as settings_storage

BACKUP_PREFIX = "ldap-backup/"
DUMP_PREFIX = "database-dump/"
ACCESS_LOG_PREFIX = "access-log/"
ACCESS_LOG_DAYS = 180
TRAIL_PREFIX = "trail/"
"""The account's API calls: nobody may delete them before their time."""


class Storage(Construct):
    """Buckets and the storage user's key."""

    name: str
    """Name of the bucket of DICOM objects, plain text; other buckets' names begin with it."""
    redundancy: str
    storage_class: str
    noncurrent_version_days: int
    colder: Colder
    """When objects go to colder classes."""
    expiring: list[OssBucketLifecycleRule]
    """What ends in the operations bucket, and when."""
    bucket: OssBucket
    tenants: tuple[Tenant, ...]
    """AE titles whose images lie apart."""
    image_buckets: dict[str, tuple[str, OssBucket]]
    """Every bucket of DICOM objects with its name as text: `images`, the site's, and `images-<tenant>`."""
    operations: OssBucket
    """Access logs, directory backups, dumps of the database, API calls."""
    operations_name: str
    """Its name as text."""
    signature_version: int
    """AWS Signature of the archive's requests."""
    endpoint: str
    cache: Cache | None
    """The folder that images are received into; None where they go into the bucket directly."""
    held: dict[str, Held]
    """The storage user's AccessKey where hosts read it: `storage-identity` and `storage-credential`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        site: Identity,
        settings: settings_storage.Storage,
        kept_days: Mapping[str, int],
        secrets: Secrets,
        network: Network | None = None,
        archive_host: str = "",
    ) -> None:
        """`kept_days`: prefix of the operations bucket → days that objects below it are kept. `network`, `archive_host` (address
        of the archive's host): where the folder stands and who owns it, with settings.receive cache or drain. Raises ValueError
        when they are missing then.
        """
        super().__init__(scope, id)
        self.name = name = settings.bucket or site.unique
        self.redundancy, self.storage_class = settings.redundancy, settings.storage_class
        self.noncurrent_version_days = settings.noncurrent_version_days
        self.colder = Colder(settings.infrequent_after_days, settings.archive_after_days)
        self.expiring = [_expire(prefix, days) for prefix, days in kept_days.items()]
        self.signature_version = settings.signature_version
        self.endpoint = settings.endpoint or f"https://s3.oss-{site.region}-internal.aliyuncs.com"
        self.operations_name = f"{name}-ops"
        self.operations = private_bucket(
            self,
            "operations",
            name=self.operations_name,
            site=site,
            key_id=secrets.key_id,
            redundancy=settings.redundancy,
            noncurrent_version_days=settings.noncurrent_version_days,
            rules=self.expiring,
            kept_prefix=TRAIL_PREFIX if TRAIL_PREFIX in kept_days else "",
        )
        self.tenants = tenants_of(settings, name)
        named = {"images": (name, ACCESS_LOG_PREFIX)}
        named |= {
            f"images-{one.key}": (one.bucket, f"{ACCESS_LOG_PREFIX}{one.key}/") for one in own_buckets(self.tenants)
        }
        self.image_buckets = {
            bucket: (
                own,
                private_bucket(
                    self,
                    bucket,
                    name=own,
                    site=site,
                    key_id=secrets.key_id,
                    redundancy=settings.redundancy,
                    noncurrent_version_days=settings.noncurrent_version_days,
                    colder=self.colder,
                    storage_class=settings.storage_class,
                    logging=OssBucketLogging(target_bucket=self.operations.bucket, target_prefix=log_prefix),
                ),
            )
            for bucket, (own, log_prefix) in named.items()
        }
        self.bucket = self.image_buckets["images"][1]
        if settings.lock_days is not None:
            # The vendor refuses to take a final one back: a plan that would is an error before it begins.
            kept = TerraformResourceLifecycle(prevent_destroy=settings.lock == "final" or None)
            for bucket, (_, made) in self.image_buckets.items():
                locked(self, f"{bucket}-lock", made, days=settings.lock_days, lock=settings.lock, lifecycle=kept)
        if secrets.bucket is not None:
            # The bucket of secrets is made before this one, which takes its log.
            OssBucketLoggingA(
                self,
                "secrets-log",
                bucket=secrets.bucket.bucket,
                target_bucket=self.operations.bucket,
                target_prefix=f"{ACCESS_LOG_PREFIX}secrets/",
            )
        self.cache = None
        if settings.receive != "direct":
            if network is None or not archive_host:
                raise ValueError(
                    f"storage: receive {settings.receive!r} needs network and archive_host, got neither or one; hand both "
                    "to Storage, or receive 'direct'"
                )
            self.cache = Cache(
                self,
                "cache",
                site=site,
                settings=settings,
                key_id=secrets.key_id,
                network=network,
                archive_host=archive_host,
            )
        self.held = self._user(site, [own for own, _ in self.image_buckets.values()], secrets)
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

    def _user(self, site: Identity, buckets: list[str], secrets: Secrets) -> dict[str, Held]:
        """One for all buckets of images: the archive is one program, which would hold every user's key."""
        generation = secrets.generations.storage
        arns = [f"acs:oss:*:{site.account_id}:{bucket}" for bucket in buckets]
        user = RamUser(self, "user", name=f"{site.name}-storage", comments="Stores DICOM objects; no console")
        policy = RamPolicy(
            self,
            "user-policy",
            policy_name=f"{site.name}-storage",
            policy_document=ram.document(
                ram.allow(
                    ["oss:PutObject", "oss:GetObject", "oss:DeleteObject", "oss:AbortMultipartUpload", "oss:ListParts"],
                    [f"{arn}/*" for arn in arns],
                ),
                ram.allow(["oss:ListObjects", "oss:GetBucketInfo", "oss:GetBucketLocation"], arns),
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


def kept_days(
    directory: settings_directory.Directory, recovery: settings_recovery.Recovery, *, trail: int
) -> dict[str, int]:
    """What is below each prefix of the operations bucket is kept for so many days; no dumps without another region.

    `trail`: days of the account's API calls; 0: none are kept.
    """
    dumps = {} if recovery.region is None else {DUMP_PREFIX: recovery.dump_retention_days}
    calls = {TRAIL_PREFIX: trail} if trail else {}
    return {ACCESS_LOG_PREFIX: ACCESS_LOG_DAYS, BACKUP_PREFIX: directory.backup_retention_days, **dumps, **calls}


def _expire(prefix: str, days: int) -> OssBucketLifecycleRule:
    expiration = [OssBucketLifecycleRuleExpiration(days=days)]
    return OssBucketLifecycleRule(id=prefix.rstrip("/"), enabled=True, prefix=prefix, expiration=expiration)
