"""A site's KMS key in one region, and its alias (facts: cloud 1.3)."""

import datetime

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_alicloud.kms_alias import KmsAlias
from cdktf_cdktf_provider_alicloud.kms_key import KmsKey
from constructs import Construct

from dicom_cdk.service.identity import Identity
from dicom_cdk.service.waivers import waive

WAIVED_UNTIL = datetime.date(2028, 12, 31)
"""Then somebody looks again whether KMS rotates default master keys."""


def encryption_key(
    scope: Construct, id: str, *, site: Identity, holds: str, rotation_days: int | None, instance_id: str | None
) -> str:
    """The key's id. `holds`: what it encrypts, in words. `rotation_days`: None where KMS does not rotate it.
    `instance_id`: the KMS instance that it is made in; None: the region's default master key, or the account's default instance.
    """
    key = KmsKey(
        scope,
        id,
        description=f"DICOM service {site.name}: {holds}",
        key_usage="ENCRYPT/DECRYPT",
        key_spec="Aliyun_AES_256",
        origin="Aliyun_KMS",
        protection_level="SOFTWARE",
        status="Enabled",
        automatic_rotation="Enabled" if rotation_days else "Disabled",
        rotation_interval=f"{rotation_days}d" if rotation_days else None,
        pending_window_in_days=30 if site.protected else 7,
        deletion_protection="Enabled" if site.protected else "Disabled",
        dkms_instance_id=instance_id,
        tags=site.tags,
        lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if site.protected else None,
    )
    if not rotation_days:
        waive(
            key,
            "CKV_ALI_27",
            reason="the default master key of an account without a KMS instance is not rotated",
            expires=WAIVED_UNTIL,
            approved_by="dicom-cdk, docs/deviations.md",
        )
    KmsAlias(scope, f"{id}-alias", alias_name=f"alias/{site.name}", key_id=key.id)
    return key.id
