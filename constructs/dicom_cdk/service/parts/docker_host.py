"""An ECS instance that runs containers: machine, disks, role, and the step that waits until it is one (facts: provider 3.1)."""

import base64
from collections.abc import Mapping, Sequence

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_alicloud.ecs_auto_snapshot_policy_attachment import EcsAutoSnapshotPolicyAttachment
from cdktf_cdktf_provider_alicloud.ecs_disk import EcsDisk
from cdktf_cdktf_provider_alicloud.ecs_disk_attachment import EcsDiskAttachment
from cdktf_cdktf_provider_alicloud.ecs_invocation import EcsInvocation
from cdktf_cdktf_provider_alicloud.ecs_ram_role_attachment import EcsRamRoleAttachment
from cdktf_cdktf_provider_alicloud.instance import Instance, InstanceTimeouts
from constructs import Construct

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.service.parts.host_step import HostStep

BOOT_SECONDS = 1800
"""Limit of the boot step: waits for the first boot, then for packages, engine and secrets."""


class DockerHost(Construct):
    """One container host. `booted` is done when the engine answers, the data folder is there and the secrets are fetched."""

    host_name: str
    instance_id: str
    private_ip: str
    booted: EcsInvocation
    steps_after: Sequence[ITerraformDependable]

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        instance_type: str,
        image_id: str,
        zone: str,
        vswitch_id: str,
        private_ip: str,
        security_group_ids: Sequence[str],
        role_name: str,
        kms_key_id: str,
        system_disk_gb: int,
        disk_performance: str,
        data_disk_gb: int | None,
        snapshot_policy_id: str,
        protected: bool,
        tags: Mapping[str, str],
        user_data: str,
        bundle: Bundle,
        region: str,
        registry: str,
        registry_instance_id: str,
        secrets: Mapping[str, str],
        boot_after: Sequence[ITerraformDependable] = (),
    ) -> None:
        """`name`: instance name, plain text. `user_data`: text of the cloud-init
        document. `bundle`: payload.host_bundle, the one that `user_data` carries. `registry`: host/namespace;
        `registry_instance_id`: "" where no login is needed. `secrets`: NAME → name of the KMS secret. `boot_after`: role
        policies, endpoint links, egress.
        """
        super().__init__(scope, id)
        self.host_name = name
        instance = Instance(
            self,
            "instance",
            instance_name=name,
            instance_type=instance_type,
            image_id=image_id,
            availability_zone=zone,
            vswitch_id=vswitch_id,
            private_ip=private_ip,
            security_groups=list(security_group_ids),
            instance_charge_type="PostPaid",
            internet_max_bandwidth_out=0,
            system_disk_category="cloud_essd",
            system_disk_performance_level=disk_performance,
            system_disk_size=system_disk_gb,
            system_disk_encrypted=True,
            system_disk_kms_key_id=kms_key_id,
            system_disk_auto_snapshot_policy_id=snapshot_policy_id,
            http_endpoint="enabled",
            http_tokens="required",
            security_enhancement_strategy="Active",
            deletion_protection=protected,
            user_data=base64.b64encode(user_data.encode()).decode(),
            tags=dict(tags),
            volume_tags=dict(tags),
            timeouts=InstanceTimeouts(create="20m"),
            lifecycle=TerraformResourceLifecycle(
                # Changed user data reboots the host and is never run again; a changed image replaces the system disk.
                ignore_changes=["user_data", "image_id"],
                prevent_destroy=protected or None,
            ),
        )
        self.instance_id = instance.id
        self.private_ip = private_ip
        # Not the instance's own role_name, which is deprecated: hence the role comes after the first boot has begun.
        role = EcsRamRoleAttachment(self, "role", instance_id=instance.id, ram_role_name=role_name)
        attached: list[ITerraformDependable] = [role]
        data_disk_id = ""
        if data_disk_gb is not None:
            disk = EcsDisk(
                self,
                "data-disk",
                disk_name=f"{name}-data",
                zone_id=zone,
                category="cloud_essd",
                performance_level=disk_performance,
                size=data_disk_gb,
                encrypted=True,
                kms_key_id=kms_key_id,
                delete_with_instance=False,
                delete_auto_snapshot=False,
                payment_type="PayAsYouGo",
                tags=dict(tags),
                lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if protected else None,
            )
            data_disk_id = disk.id
            attached += [
                EcsDiskAttachment(self, "data-disk-at-host", disk_id=disk.id, instance_id=instance.id),
                EcsAutoSnapshotPolicyAttachment(
                    self, "data-disk-snapshots", disk_id=disk.id, auto_snapshot_policy_id=snapshot_policy_id
                ),
            ]
        self.steps_after = attached
        self.booted = HostStep(
            self,
            "boot",
            host=self,
            bundle=bundle,
            entry="boot",
            values={
                "data_disk_gb": data_disk_gb or 0,
                "data_disk_id": data_disk_id,
                "region": region,
                "registry": registry,
                "registry_instance_id": registry_instance_id,
                "secrets": dict(sorted(secrets.items())),
            },
            timeout_seconds=BOOT_SECONDS,
            after=boot_after,
        ).ready
        self.steps_after = [self.booted]
