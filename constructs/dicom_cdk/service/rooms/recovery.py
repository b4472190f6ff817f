"""Room recovery: what a lost region leaves behind, in another one (beyond the guide; facts: cloud 5).

Buckets are replicated without deletions, snapshots of disks copied, the database dumped into a replicated bucket, since RDS for
PostgreSQL restores into no other region. Copies are encrypted with a key over there: this region's key may be what is lost.

Over 200 lines: what goes to the other region, and by whose rights, is judged together.
"""

from cdktf import TerraformResource, TerraformStack
from cdktf_cdktf_provider_alicloud.ecs_auto_snapshot_policy import EcsAutoSnapshotPolicy
from cdktf_cdktf_provider_alicloud.oss_bucket import OssBucket, OssBucketLogging
from cdktf_cdktf_provider_alicloud.oss_bucket_replication import (
    OssBucketReplication,
    OssBucketReplicationDestination,
    OssBucketReplicationEncryptionConfiguration,
    OssBucketReplicationPrefixSet,
    OssBucketReplicationRtc,
    OssBucketReplicationSourceSelectionCriteria,
    OssBucketReplicationSourceSelectionCriteriaSseKmsEncryptedObjects,
)
from cdktf_cdktf_provider_alicloud.provider import AlicloudProvider
from constructs import Construct

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.service.parts import ram
from dicom_cdk.service.parts.bucket import locked, private_bucket
from dicom_cdk.service.parts.host_step import HostStep
from dicom_cdk.service.parts.key import encryption_key
from dicom_cdk.service.rooms.archive import Archive
from dicom_cdk.service.rooms.database import Database
from dicom_cdk.service.rooms.platform import Platform
from dicom_cdk.service.rooms.storage import ACCESS_LOG_PREFIX, BACKUP_PREFIX, DUMP_PREFIX, Storage
from dicom_cdk.settings.models import recovery as settings_recovery

COPY = "-copy"
"""Behind a bucket's name: its copy's."""
ALIAS = "recovery"
"""Of the provider block that leads to the other region."""
ROTATION_DAYS = 365


def recovery(
    scope: Construct,
    settings: settings_recovery.Recovery,
    platform: Platform,
    database: Database,
    storage: Storage,
    archive: Archive,
) -> "Recovery | None":
    """The room of a site that names another region; else None."""
    if settings.region is None:
        return None
    return Recovery(
        scope,
        "recovery",
        region=settings.region,
        settings=settings,
        platform=platform,
        database=database,
        storage=storage,
        archive=archive,
    )


class Recovery(Construct):
    """Copies of buckets, snapshots and database in another region."""

    region: str
    buckets: dict[str, OssBucket]
    """The copies, `operations` and each of `image_buckets` of room storage."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        region: str,
        settings: settings_recovery.Recovery,
        platform: Platform,
        database: Database,
        storage: Storage,
        archive: Archive,
    ) -> None:
        """`archive`: its host dumps the database. Snapshot policies of all rooms before get their copies here."""
        super().__init__(scope, id)
        self.region, self._settings, self._platform, self._storage = region, settings, platform, storage
        site = platform.site
        provider = AlicloudProvider(self, "there", alias=ALIAS, region=self.region, account_id=site.account_id)
        there = Construct(self, "copy")
        key = settings.kms_key_id or encryption_key(
            there,
            "key",
            site=site,
            holds=f"copies of {site.region}",
            rotation_days=ROTATION_DAYS if settings.kms_instance_id else None,
            instance_id=settings.kms_instance_id,
        )
        self.buckets = self._copies(there, key)
        for one in there.node.find_all():
            if isinstance(one, TerraformResource):
                one.provider = provider
        self._replicate(key)
        self._copy_snapshots(key)
        self._dump(database, archive)

    def _copies(self, there: Construct, key: str) -> dict[str, OssBucket]:
        site, storage, settings = self._platform.site, self._storage, self._settings
        operations = private_bucket(
            there,
            "operations",
            name=f"{storage.operations_name}{COPY}",
            site=site,
            key_id=key,
            redundancy=storage.redundancy,
            noncurrent_version_days=storage.noncurrent_version_days,
            rules=storage.expiring,
        )
        found = {
            bucket: private_bucket(
                there,
                bucket,
                name=f"{name}{COPY}",
                site=site,
                key_id=key,
                redundancy=storage.redundancy,
                noncurrent_version_days=storage.noncurrent_version_days,
                colder=storage.colder,
                storage_class=storage.storage_class,
                logging=OssBucketLogging(target_bucket=operations.bucket, target_prefix=ACCESS_LOG_PREFIX),
            )
            for bucket, (name, _) in storage.image_buckets.items()
        }
        found["operations"] = operations
        if settings.lock_days is not None:
            for name, bucket in found.items():
                locked(there, f"{name}-lock", bucket, days=settings.lock_days, lock=settings.lock)
        return found

    def _replicate(self, key: str) -> None:
        site, storage, settings = self._platform.site, self._storage, self._settings
        role = ram.Role(
            self,
            "role",
            name=f"{site.name}-replication",
            description=f"DICOM service {site.name}: OSS copies buckets to {self.region}",
            service="oss.aliyuncs.com",
            tags=site.tags,
        )
        sources = [*(name for name, _ in storage.image_buckets.values()), storage.operations_name]
        targets = [f"{name}{COPY}" for name in sources]
        ram.grant(
            self,
            "replicate",
            role=role,
            name=f"{site.name}-replication",
            statements=[
                ram.allow(["oss:ReplicateList", "oss:ReplicateGet"], _arns(site.account_id, sources)),
                # Never ReplicateDelete: what is deleted here stays there.
                ram.allow(["oss:ReplicateList", "oss:ReplicatePut"], _arns(site.account_id, targets)),
                ram.allow(["kms:Decrypt"], [self._platform.secrets.key_arn]),
                ram.allow(
                    ["kms:Decrypt", "kms:GenerateDataKey"],
                    [f"acs:kms:{self.region}:{site.account_id}:key/{key}"],
                ),
            ],
        )
        copied = {name: made for name, (_, made) in storage.image_buckets.items()} | {"operations": storage.operations}
        for name, bucket in copied.items():
            OssBucketReplication(
                self,
                f"replicate-{name}",
                bucket=bucket.bucket,
                action="PUT",
                historical_object_replication="enabled" if settings.history else "disabled",
                destination=OssBucketReplicationDestination(
                    bucket=self.buckets[name].bucket, location=f"oss-{self.region}", transfer_type="internal"
                ),
                # Access logs stay where they are made: the copies have their own.
                prefix_set=OssBucketReplicationPrefixSet(prefixes=[BACKUP_PREFIX, DUMP_PREFIX])
                if name == "operations"
                else None,
                rtc=OssBucketReplicationRtc(enabled=True) if settings.within_ten_minutes else None,
                sync_role=role.name,
                source_selection_criteria=OssBucketReplicationSourceSelectionCriteria(
                    sse_kms_encrypted_objects=OssBucketReplicationSourceSelectionCriteriaSseKmsEncryptedObjects(
                        status="Enabled"
                    )
                ),
                encryption_configuration=OssBucketReplicationEncryptionConfiguration(replica_kms_key_id=key),
                depends_on=role.grants,
            )

    def _copy_snapshots(self, key: str) -> None:
        for one in TerraformStack.of(self).node.find_all():
            if isinstance(one, EcsAutoSnapshotPolicy):
                one.enable_cross_region_copy = True
                one.target_copy_regions = [self.region]
                one.copied_snapshots_retention_days = self._settings.snapshot_retention_days
                one.put_copy_encryption_configuration(encrypted=True, kms_key_id=key)

    def _dump(self, database: Database, archive: Archive) -> None:
        site, storage, secrets = self._platform.site, self._storage, self._platform.secrets
        role = secrets.roles["archive"]
        ram.grant(
            self,
            "dump-grant",
            role=role,
            name=f"{site.name}-database-dump",
            statements=[
                ram.allow(
                    ["oss:PutObject", "oss:GetObject"],
                    [f"acs:oss:*:{site.account_id}:{storage.name}-ops/{DUMP_PREFIX}*"],
                ),
                ram.allow(["kms:GenerateDataKey", "kms:Decrypt"], [secrets.key_arn]),
            ],
        )
        HostStep(
            self,
            "dump",
            host=archive.host,
            bundle=Bundle.from_assets("recovery"),
            entry="prepare",
            values={
                **database.connection,
                "bucket": storage.operations.bucket,
                "dump_hour_utc": self._settings.dump_hour_utc,
                "generation": str(secrets.generations.database),
                "image": self._platform.registry.images["postgres"],
                "prefix": DUMP_PREFIX,
            },
            after=[role.grants[-1], *archive.ready],
        )


def _arns(account_id: str, buckets: list[str]) -> list[str]:
    return [f"acs:oss:*:{account_id}:{name}{inside}" for name in buckets for inside in ("", "/*")]
