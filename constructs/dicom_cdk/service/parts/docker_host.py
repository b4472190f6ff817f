"""An ECS instance that runs containers: machine, disks, role, and the step that waits until it is one (facts: provider 3.1)."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_alicloud.ecs_auto_snapshot_policy_attachment import EcsAutoSnapshotPolicyAttachment
from cdktf_cdktf_provider_alicloud.ecs_disk import EcsDisk
from cdktf_cdktf_provider_alicloud.ecs_disk_attachment import EcsDiskAttachment
from cdktf_cdktf_provider_alicloud.ecs_invocation import EcsInvocation
from cdktf_cdktf_provider_alicloud.ecs_ram_role_attachment import EcsRamRoleAttachment
from cdktf_cdktf_provider_alicloud.instance import Instance, InstanceTimeouts
from constructs import Construct

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.host_bundle import API_CLIENT, PLACED
from dicom_cdk.service.identity import Identity
from dicom_cdk.service.parts import ram
from dicom_cdk.service.parts.host_step import HostStep
from dicom_cdk.service.parts.machine import Machine
from dicom_cdk.service.parts.place import Place

BOOT_SECONDS = 1800
"""Limit of the boot step: waits for the first boot, then for packages, engine and secrets."""


class ImageSource(Protocol):
    """Where a host pulls images from; room registry is one."""

    instance_id: str
    """Of the registry, "" where no login is needed."""
    address: str
    """Host and namespace."""
    ready: list[ITerraformDependable]
    """What must exist before anybody can pull."""


@dataclass(frozen=True)
class Boot:
    """What makes a machine this container host. The room that has the host makes it."""

    user_data: str
    """Text of the cloud-init document."""
    bundle: Bundle
    """payload.host_bundle, the one that `user_data` carries."""
    secrets: Mapping[str, str]
    """NAME → name of the KMS secret, or oss://bucket/key, fetched at every boot."""


LARGEST_GENERATION = 9999
"""Of a secret, as far as the budget of a boot step goes."""


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
        site: Identity,
        name: str,
        machine: Machine,
        place: Place,
        role: ram.Role,
        registry: ImageSource,
        boot: Boot,
    ) -> None:
        """`name`: instance name, plain text. `role`: with all its grants, which the boot step waits for."""
        super().__init__(scope, id)
        self.host_name = name
        disks, tags = machine.disks, dict(site.tags)
        kept = TerraformResourceLifecycle(prevent_destroy=True) if site.protected else None
        instance = Instance(
            self,
            "instance",
            instance_name=name,
            instance_type=machine.instance_type,
            image_id=machine.image_id,
            availability_zone=place.subnet.zone,
            vswitch_id=place.subnet.id,
            private_ip=place.private_ip,
            security_groups=[place.group_id, *place.more_group_ids],
            instance_charge_type="PostPaid",
            internet_max_bandwidth_out=0,
            system_disk_category="cloud_essd",
            system_disk_performance_level=disks.performance,
            system_disk_size=disks.system_gb,
            system_disk_encrypted=True,
            system_disk_kms_key_id=disks.key_id,
            system_disk_auto_snapshot_policy_id=disks.snapshot_policy_id,
            http_endpoint="enabled",
            http_tokens="required",
            security_enhancement_strategy="Active",
            deletion_protection=site.protected,
            user_data=base64.b64encode(boot.user_data.encode()).decode(),
            tags=tags,
            volume_tags=tags,
            timeouts=InstanceTimeouts(create="20m"),
            lifecycle=TerraformResourceLifecycle(
                # Changed user data reboots the host and is never run again; a changed image replaces the system disk.
                ignore_changes=["user_data", "image_id"],
                prevent_destroy=site.protected or None,
            ),
        )
        self.instance_id = instance.id
        self.private_ip = place.private_ip
        # Not the instance's own role_name, which is deprecated: hence the role comes after the first boot has begun.
        attached: list[ITerraformDependable] = [
            EcsRamRoleAttachment(self, "role", instance_id=self.instance_id, ram_role_name=role.name)
        ]
        data_disk_id = ""
        if disks.data_gb is not None:
            disk = EcsDisk(
                self,
                "data-disk",
                disk_name=f"{name}-data",
                zone_id=place.subnet.zone,
                category="cloud_essd",
                performance_level=disks.performance,
                size=disks.data_gb,
                encrypted=True,
                kms_key_id=disks.key_id,
                delete_with_instance=False,
                delete_auto_snapshot=False,
                payment_type="PayAsYouGo",
                tags=tags,
                lifecycle=kept,
            )
            data_disk_id = disk.id
            attached.append(EcsDiskAttachment(self, "data-disk-at-host", disk_id=disk.id, instance_id=instance.id))
            if disks.snapshot_policy_id is not None:
                attached.append(
                    EcsAutoSnapshotPolicyAttachment(
                        self, "data-disk-snapshots", disk_id=disk.id, auto_snapshot_policy_id=disks.snapshot_policy_id
                    )
                )
        self.steps_after = ()
        # Looks at nothing but the machine, so that it waits for nothing else.
        client = HostStep(
            self, "client", host=self, bundle=Bundle.from_assets(API_CLIENT), entry=PLACED, timeout_seconds=300
        ).ready
        self.steps_after = [*attached, client]
        self.booted = HostStep(
            self,
            "boot",
            host=self,
            bundle=boot.bundle,
            entry="boot",
            values={
                "data_disk_gb": disks.data_gb or 0,
                "data_disk_id": data_disk_id,
                "region": site.region,
                "registry": registry.address,
                "registry_instance_id": registry.instance_id,
                **_told(boot.secrets),
            },
            timeout_seconds=BOOT_SECONDS,
            sized_as=_sized(boot.secrets, site.name),
            after=[*place.egress, *registry.ready, *role.grants],
        ).ready
        self.steps_after = [self.booted]


def _told(secrets: Mapping[str, str]) -> dict[str, object]:
    """Names of secrets as the boot step gets them: the bucket that all of them are in is said once, since commands are short."""
    named = dict(sorted(secrets.items()))
    buckets = {name[: name.index("/", len("oss://")) + 1] for name in named.values() if name.startswith("oss://")}
    if len(buckets) != 1 or not all(name.startswith("oss://") for name in named.values()):
        return {"secrets": named}
    (bucket,) = buckets
    return {"secrets": {key: name.removeprefix(bucket) for key, name in named.items()}, "secrets_in": bucket}


def _sized(secrets: Mapping[str, str], site_name: str) -> dict[str, object]:
    """The secrets with names as long as room secrets makes them in KMS; those in a bucket are text already."""
    if any(name.startswith("oss://") for name in secrets.values()):
        return {}
    return {"secrets": {key: f"{site_name}/{key}-g{LARGEST_GENERATION}" for key in sorted(secrets)}}
