"""Room directory (guide step 3): two OpenLDAP hosts in mirror mode behind an intranet balancer.

Beyond the guide: our own replication set-up, rolled one node at a time; backups; least-privilege rules (assets/directory).

Over 200 lines: two hosts, their balancer and the one order of steps in which the pair is rolled.
"""

from collections.abc import Sequence

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_alicloud.ecs_invocation import EcsInvocation
from cdktf_cdktf_provider_alicloud.slb_listener import SlbListener
from cdktf_cdktf_provider_alicloud.slb_load_balancer import SlbLoadBalancer
from cdktf_cdktf_provider_alicloud.slb_master_slave_server_group import (
    SlbMasterSlaveServerGroup,
    SlbMasterSlaveServerGroupServers,
)
from constructs import Construct

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.host_bundle import FIRST_BOOT, host_bundle
from dicom_cdk.payload.user_data import user_data
from dicom_cdk.service.dicom import Dicom
from dicom_cdk.service.parts.balancer import intranet_balancer
from dicom_cdk.service.parts.docker_host import Boot, DockerHost
from dicom_cdk.service.parts.host_step import HostStep
from dicom_cdk.service.parts.ingress import HEALTH_CHECKS, allow_cidr, allow_group
from dicom_cdk.service.parts.machine import Machine
from dicom_cdk.service.parts.snapshots import daily_snapshots
from dicom_cdk.service.parts.subnet import Subnet
from dicom_cdk.service.rooms.platform import Platform
from dicom_cdk.service.rooms.storage import BACKUP_PREFIX, Storage
from dicom_cdk.settings.models import directory as settings_directory

PORT = 389
READ_HERE = ("ldap-root", "ldap-config")


class Directory(Construct):
    """LDAP pair and balancer."""

    url: str
    """ldap:// and the balancer's address: the one address for every client."""
    balancer_id: str
    listener: SlbListener
    hosts: dict[str, DockerHost]
    """The two hosts by role, l and g."""
    ready: list[ITerraformDependable]
    """Replicating and verified, reachable through the balancer."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: settings_directory.Directory,
        platform: Platform,
        dicom: Dicom,
        storage: Storage,
    ) -> None:
        """`storage`: its operations bucket takes the backups."""
        super().__init__(scope, id)
        site, network = platform.site, platform.network
        self._platform, self._settings = platform, settings
        self.url = f"ldap://{settings.balancer_ip}:{PORT}"
        snapshots = daily_snapshots(
            self, "snapshots", name=f"{site.name}-directory", days=settings.snapshot_retention_days, site=site
        )
        base = host_bundle(
            taken_cidrs=network.reach.taken,
            time_zone=settings.time_zone,
            egress=network.reach.egress,
            packages=["ldap-utils"],
        )
        self.hosts = {
            role: self._host(role, subnet, snapshots, base)
            for role, subnet in (("l", network.vswitch_l), ("g", network.vswitch_g))
        }
        self._bundle = Bundle.from_assets("directory")
        self._values = {role: self._values_of(role, dicom, storage) for role in self.hosts}
        verified = self._replicate()
        balancer = intranet_balancer(
            self,
            "balancer",
            site=site,
            name=settings.balancer_name,
            address=settings.balancer_ip,
            main=network.vswitch_l,
            standby=network.vswitch_g,
        )
        self.balancer_id = balancer.id
        self.listener = self._listener(balancer)
        self.ready = [verified, self.listener]
        group = network.groups["directory"]
        allow_cidr(self, "from-health-checks", into=group, port=PORT, cidr=HEALTH_CHECKS, reason="CLB health checks")
        # The balancer works on layer 4: the hosts see the clients' own addresses.
        for client in ("directory", "archive", "dicomweb"):
            allow_group(
                self,
                f"from-{client}",
                into=group,
                port=PORT,
                client=network.groups[client],
                reason="LDAP replication" if client == "directory" else f"LDAP from {client}",
            )

    def _host(self, role: str, subnet: Subnet, snapshots: str, base: Bundle) -> DockerHost:
        platform, settings = self._platform, self._settings
        secrets = platform.secrets
        private_ip = settings.private_ip_l if role == "l" else settings.private_ip_g
        return DockerHost(
            self,
            role,
            site=platform.site,
            name=settings.name_l if role == "l" else settings.name_g,
            machine=Machine.of(settings, key_id=secrets.key_id, snapshot_policy_id=snapshots),
            place=platform.network.place(subnet, private_ip, room="directory"),
            role=secrets.roles["directory"],
            registry=platform.registry,
            boot=Boot(
                user_data(f"directory {role}", [base], FIRST_BOOT),
                base,
                {name: secrets.held[name].reference for name in READ_HERE},
            ),
        )

    def back_up(self, after: list[ITerraformDependable]) -> list[ITerraformDependable]:
        """A backup of each node, after `after`, beside the daily ones."""
        return [self._step("backup", role, after=after, timeout_seconds=900) for role in self.hosts]

    def update(self, releases: Sequence[str], after: list[ITerraformDependable]) -> ITerraformDependable:
        """The image's own data updates for `releases`, in this order, after `after`."""
        return self._step("update", "l", after=after, timeout_seconds=1800, updates=list(releases))

    def _values_of(self, role: str, dicom: Dicom, storage: Storage) -> dict[str, object]:
        secrets, registry = self._platform.secrets, self._platform.registry
        urls = {each: f"ldap://{host.private_ip}:{PORT}" for each, host in self.hosts.items()}
        return {
            "ae_title": dicom.ae_title,
            "archive_host": dicom.archive_host,
            "backup_bucket": storage.operations.bucket,
            "backup_prefix": BACKUP_PREFIX,
            "base_dn": dicom.base_dn,
            "device_name": dicom.device_name,
            "generation": str(secrets.generations.ldap),
            "image": registry.images["slapd-dcm4chee"],
            "node": role,
            "own_url": urls[role],
            "peer_url": urls["g" if role == "l" else "l"],
        }

    def _step(
        self, entry: str, role: str, *, after: list[ITerraformDependable], timeout_seconds: int, **more: object
    ) -> EcsInvocation:
        return HostStep(
            self,
            f"{entry}-{role}",
            host=self.hosts[role],
            bundle=self._bundle,
            entry=entry,
            values=self._values[role] | more,
            timeout_seconds=timeout_seconds,
            after=after,
        ).ready

    def _replicate(self) -> EcsInvocation:
        """Prepare both, one after the other; enable both; load once; verify on g. Repeating any of it changes nothing."""
        step = self._step
        # g only after l is healthy: one of the two always answers while the pair is rolled.
        prepared_l = step("prepare", "l", after=[], timeout_seconds=1800)
        prepared_g = step("prepare", "g", after=[prepared_l], timeout_seconds=1800)
        enabled_l = step("enable", "l", after=[prepared_l, prepared_g], timeout_seconds=600)
        enabled_g = step("enable", "g", after=[enabled_l], timeout_seconds=600)
        loaded = step("load", "l", after=[enabled_g], timeout_seconds=900)
        return step("verify", "g", after=[loaded], timeout_seconds=600)

    def _listener(self, balancer: SlbLoadBalancer) -> SlbListener:
        group = SlbMasterSlaveServerGroup(
            self,
            "members",
            load_balancer_id=balancer.id,
            name="ldap",
            servers=[
                SlbMasterSlaveServerGroupServers(
                    server_id=self.hosts[role].instance_id, port=PORT, weight=100, server_type=duty
                )
                for role, duty in (("l", "Master"), ("g", "Slave"))
            ],
            # A replaced host makes a new group; the listener moves to it first.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        return SlbListener(
            self,
            "listener",
            load_balancer_id=balancer.id,
            description="LDAP",
            protocol="tcp",
            frontend_port=PORT,
            bandwidth=-1,
            master_slave_server_group_id=group.id,
            health_check="on",
            health_check_type="tcp",
            health_check_interval=2,
            health_check_timeout=5,
            healthy_threshold=3,
            unhealthy_threshold=3,
            established_timeout=900,
        )
