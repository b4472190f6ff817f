"""The small stack before the service: what an account needs once (facts: provider 7, items 1 and 10; 2, traps).

Services are activated, the state bucket and lock table made, the roles that other services expect created. Its own state is local,
since it makes the bucket that the service's state goes to.
"""

import datetime
from collections.abc import Mapping

from cdktf import LocalBackend, TerraformResourceLifecycle, TerraformStack
from cdktf_cdktf_provider_alicloud.data_alicloud_fc_service import DataAlicloudFcService
from cdktf_cdktf_provider_alicloud.data_alicloud_kms_service import DataAlicloudKmsService
from cdktf_cdktf_provider_alicloud.data_alicloud_log_service import DataAlicloudLogService
from cdktf_cdktf_provider_alicloud.data_alicloud_oss_service import DataAlicloudOssService
from cdktf_cdktf_provider_alicloud.data_alicloud_ots_service import DataAlicloudOtsService
from cdktf_cdktf_provider_alicloud.data_alicloud_pvtz_service import DataAlicloudPvtzService
from cdktf_cdktf_provider_alicloud.data_alicloud_sae_service import DataAlicloudSaeService
from cdktf_cdktf_provider_alicloud.oss_bucket import (
    OssBucket,
    OssBucketServerSideEncryptionRule,
    OssBucketVersioning,
)
from cdktf_cdktf_provider_alicloud.oss_bucket_acl import OssBucketAcl
from cdktf_cdktf_provider_alicloud.oss_bucket_https_config import OssBucketHttpsConfig
from cdktf_cdktf_provider_alicloud.oss_bucket_public_access_block import OssBucketPublicAccessBlock
from cdktf_cdktf_provider_alicloud.ots_instance import OtsInstance
from cdktf_cdktf_provider_alicloud.ots_table import OtsTable, OtsTablePrimaryKey
from cdktf_cdktf_provider_alicloud.provider import AlicloudProvider
from cdktf_cdktf_provider_alicloud.rds_service_linked_role import RdsServiceLinkedRole
from constructs import Construct

from dicom_cdk.service import state
from dicom_cdk.service.identity import Identity
from dicom_cdk.service.parts import ram
from dicom_cdk.service.waivers import waive
from dicom_cdk.settings.site import SiteSettings

SERVICES = {
    "oss": DataAlicloudOssService,
    "log": DataAlicloudLogService,
    "kms": DataAlicloudKmsService,
    "sae": DataAlicloudSaeService,
    "fc": DataAlicloudFcService,
    "ots": DataAlicloudOtsService,
    "pvtz": DataAlicloudPvtzService,
}

WAIVED_UNTIL = datetime.date(2028, 12, 31)
"""Then somebody looks again whether OSS or the order of the stacks has changed."""


class BootstrapStack(TerraformStack):
    """Activation of services, state bucket, lock table, account-wide roles."""

    def __init__(self, scope: Construct, settings: SiteSettings) -> None:
        name = f"{settings.name}-bootstrap"
        super().__init__(scope, name)
        site = Identity.of(settings)
        LocalBackend(self, path=f"../../../terraform.{name}.tfstate")
        AlicloudProvider(self, "alicloud", region=settings.state.region or site.region, account_id=site.account_id)
        # Reading these data sources activates the service: a side effect, once, wanted here.
        services = {key: service(self, f"service-{key}", enable="On") for key, service in SERVICES.items()}
        kept = TerraformResourceLifecycle(prevent_destroy=True) if site.protected else None
        if settings.state.backend == "oss":
            self._state(site, settings, kept, services)
        RdsServiceLinkedRole(self, "rds-on-ecs", service_name="AliyunServiceRoleForRdsPgsqlOnEcs")
        ram.Role(
            self,
            "rds-encryption",
            name="AliyunRDSInstanceEncryptionDefaultRole",
            description="Lets ApsaraDB RDS use KMS keys for disk encryption",
            service="rds.aliyuncs.com",
            tags=site.tags,
        ).attach(self, "rds-encryption-grant", policy="AliyunRDSInstanceEncryptionRolePolicy", policy_type="System")

    def _state(
        self,
        site: Identity,
        settings: SiteSettings,
        kept: TerraformResourceLifecycle | None,
        services: Mapping[str, Construct],
    ) -> None:
        bucket = OssBucket(
            self,
            "state",
            bucket=state.bucket(site, settings.state),
            redundancy_type="ZRS",
            force_destroy=False,
            versioning=OssBucketVersioning(status="Enabled"),
            server_side_encryption_rule=OssBucketServerSideEncryptionRule(sse_algorithm="KMS"),
            tags=site.tags,
            lifecycle=kept,
        )
        bucket.node.add_dependency(services["oss"])
        OssBucketAcl(self, "state-acl", bucket=bucket.bucket, acl="private")
        OssBucketPublicAccessBlock(self, "state-public-access", bucket=bucket.bucket, block_public_access=True)
        OssBucketHttpsConfig(
            self, "state-https", bucket=bucket.bucket, enable=True, tls_versions=["TLSv1.2", "TLSv1.3"]
        )
        waive(
            bucket,
            "CKV_ALI_6",
            reason="it is made before any key of the site: encrypted by KMS with the key that OSS holds",
            expires=WAIVED_UNTIL,
            approved_by="dicom-cdk, docs/deviations.md",
        )
        waive(
            bucket,
            "CKV2_DICOM_109",
            reason="it is made before any bucket that could take its logs; ActionTrail records who changes it",
            expires=WAIVED_UNTIL,
            approved_by="dicom-cdk, docs/deviations.md",
        )
        instance = OtsInstance(
            self,
            "lock",
            name=state.lock_instance(site, settings.state),
            description=f"Terraform locks of {site.name}",
            instance_type="HighPerformance",
            tags=site.tags,
            lifecycle=kept,
        )
        instance.node.add_dependency(services["ots"])
        OtsTable(
            self,
            "lock-table",
            instance_name=instance.name,
            table_name=settings.state.lock_table,
            primary_key=[OtsTablePrimaryKey(name="LockID", type="String")],
            time_to_live=-1,
            max_version=1,
            lifecycle=kept,
        )
