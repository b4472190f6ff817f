"""The folder that images are received into: a file system that the site's archives mount, and its backup (facts: archive 2).

Extreme NAS: a fixed size, against which the archive's purge can measure free space. In one zone, as the archive's host; images are
in it alone for as long as they wait for the bucket.
"""

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_alicloud.hbr_policy import HbrPolicy, HbrPolicyRules
from cdktf_cdktf_provider_alicloud.hbr_policy_binding import HbrPolicyBinding
from cdktf_cdktf_provider_alicloud.hbr_vault import HbrVault
from cdktf_cdktf_provider_alicloud.nas_access_group import NasAccessGroup
from cdktf_cdktf_provider_alicloud.nas_access_rule import NasAccessRule
from cdktf_cdktf_provider_alicloud.nas_file_system import NasFileSystem
from cdktf_cdktf_provider_alicloud.nas_mount_target import NasMountTarget
from constructs import Construct

from dicom_cdk.service.identity import Identity
from dicom_cdk.service.rooms.network import Network
from dicom_cdk.settings.models import storage as settings_storage

KIND = "extreme"
BACKUP_AT = "I|1609354800|P1D"
"""Daily, from 03:00 in China on."""


class Cache(Construct):
    """File system, mount target, who may mount it, daily backup."""

    file_system_id: str
    domain: str
    """Where it is mounted from."""
    settings: settings_storage.Storage
    free_gb: int
    """Below so much free space the purge begins, GiB."""
    ready: list[ITerraformDependable]
    """It can be mounted."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        site: Identity,
        settings: settings_storage.Storage,
        key_id: str,
        network: Network,
        archive_host: str,
    ) -> None:
        """`archive_host`: address of the host that gives the folder to the archive's user."""
        super().__init__(scope, id)
        cache = settings.cache
        self.settings, self.free_gb = settings, cache.size_gb * cache.free_percent // 100
        files = NasFileSystem(
            self,
            "files",
            file_system_type=KIND,
            protocol_type="NFS",
            storage_type=cache.performance,
            capacity=cache.size_gb,
            description=f"{site.name}-cache",
            zone_id=network.vswitch_l.zone,
            # With a key of the site.
            encrypt_type=2,
            kms_key_id=key_id,
            tags=site.tags,
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if site.protected else None,
        )
        group = NasAccessGroup(
            self,
            "clients",
            access_group_name=f"{site.name}-cache",
            access_group_type="Vpc",
            file_system_type=KIND,
            description=f"Archives of DICOM service {site.name}",
        )
        # NFS asks nobody who he is: the host's root gives the folder to the archive's user, all others are that user or nobody.
        clients = {
            "host": (f"{archive_host}/32", "no_squash", 1),
            "l": (network.vswitch_l.cidr, "root_squash", 2),
            "g": (network.vswitch_g.cidr, "root_squash", 3),
        }
        rules = [
            NasAccessRule(
                self,
                f"client-{name}",
                access_group_name=group.access_group_name,
                file_system_type=KIND,
                source_cidr_ip=cidr,
                rw_access_type="RDWR",
                user_access_type=user,
                priority=priority,
            )
            for name, (cidr, user, priority) in clients.items()
        ]
        target = NasMountTarget(
            self,
            "target",
            file_system_id=files.id,
            access_group_name=group.access_group_name,
            network_type="Vpc",
            vpc_id=network.vpc_id,
            vswitch_id=network.vswitch_l.id,
            depends_on=rules,
        )
        self.file_system_id, self.domain, self.ready = files.id, target.mount_target_domain, [target]
        self._backup(site, cache.backup_retention_days, key_id, files)

    def _backup(self, site: Identity, days: int, key_id: str, files: NasFileSystem) -> None:
        vault = HbrVault(
            self,
            "vault",
            vault_name=f"{site.name}-cache",
            vault_type="STANDARD",
            encrypt_type="KMS",
            kms_key_id=key_id,
            tags=site.tags,
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if site.protected else None,
        )
        policy = HbrPolicy(
            self,
            "backup",
            policy_name=f"{site.name}-cache",
            policy_type="STANDARD",
            rules=[
                HbrPolicyRules(
                    rule_type="BACKUP",
                    backup_type="INCREMENTAL",
                    schedule=BACKUP_AT,
                    retention=days,
                    keep_latest_snapshots=1,
                    vault_id=vault.id,
                )
            ],
        )
        HbrPolicyBinding(
            self,
            "backup-of-files",
            policy_id=policy.id,
            source_type="NAS",
            data_source_id=files.id,
            policy_binding_description=f"Images of DICOM service {site.name} that wait for the bucket",
        )
