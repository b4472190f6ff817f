"""The restore drill of a site: a stack beside it, for hours, that restores what the site's backups hold and looks at it.

The site is never touched: the drill has a network that nothing of the site lets in, hosts that reach nothing of the site, roles
that read and never write, and names, secrets and state of its own. What it finds is printed by its last step (assets/drill).
`here` and `there` say where it stands and what it restores from.

Over 200 lines: all that keeps the drill apart from its site is read here as a whole.
"""

import datetime
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace

from cdktf import ITerraformDependable, TerraformOutput, TerraformResource, TerraformStack, TerraformVariable
from cdktf_cdktf_provider_alicloud.provider import AlicloudProvider
from cdktf_cdktf_provider_alicloud.ram_access_key import RamAccessKey
from cdktf_cdktf_provider_alicloud.ram_policy import RamPolicy
from cdktf_cdktf_provider_alicloud.ram_user import RamUser
from cdktf_cdktf_provider_alicloud.ram_user_policy_attachment import RamUserPolicyAttachment
from cdktf_cdktf_provider_alicloud.security_group import SecurityGroup
from cdktf_cdktf_provider_alicloud.security_group_rule import SecurityGroupRule
from cdktf_cdktf_provider_alicloud.vswitch import Vswitch
from cdktf_cdktf_provider_random.provider import RandomProvider
from constructs import Construct

from dicom_cdk.service.dicom import Dicom
from dicom_cdk.service.drill.ground import Ground
from dicom_cdk.service.drill.hosts import host
from dicom_cdk.service.drill.steps import Connection, restore_directory, start_archive, verify
from dicom_cdk.service.identity import Identity
from dicom_cdk.service.names import pin_random
from dicom_cdk.service.parts import ram
from dicom_cdk.service.parts.docker_host import DockerHost
from dicom_cdk.service.parts.ingress import HEALTH_CHECKS, allow_group
from dicom_cdk.service.parts.subnet import Subnet
from dicom_cdk.service.rooms import registry as room_registry
from dicom_cdk.service.rooms.secrets import Held, Secrets
from dicom_cdk.service.rooms.storage import BACKUP_PREFIX
from dicom_cdk.service.state import keep_state
from dicom_cdk.service.tenants import tenants_of
from dicom_cdk.service.waivers import waive
from dicom_cdk.settings.models import secrets as settings_secrets
from dicom_cdk.settings.rules.names import OPERATIONS
from dicom_cdk.settings.site import SiteSettings

WAIVED_UNTIL = datetime.date(2028, 12, 31)
WAIVED = {
    "alicloud_vpc": {"CKV2_DICOM_101": "what is there for hours needs no second zone"},
    "alicloud_db_instance": {
        "CKV2_DICOM_11": "what is there for hours needs no second zone",
        "CKV2_DICOM_12": "a throw-away database must go by one command",
        "CKV2_DICOM_14": "a backup of a throw-away database would outlive it, with patient data in it",
    },
    "alicloud_db_database": {"CKV2_DICOM_12": "a throw-away database must go by one command"},
    "alicloud_instance": {
        "CKV2_DICOM_12": "a throw-away host must go by one command",
        "CKV2_DICOM_104": "a snapshot of a throw-away host would outlive it, with patient data in it",
    },
    "alicloud_kms_secret": {
        "CKV2_DICOM_64": "a throw-away secret must go by one command, and its name be free for the next drill"
    },
    "alicloud_oss_bucket": {
        "CKV2_DICOM_12": "a throw-away bucket of secrets must go by one command",
        "CKV2_DICOM_34": "it holds secrets of the drill only, which go with it",
        "CKV2_DICOM_109": "no bucket of the drill outlives it to hold the log; the site's own buckets log the drill's reads",
    },
}
"""Type → policy → why a drill does without."""
READ_STORED = ("oss:GetObject", "oss:ListObjects", "oss:GetBucketInfo", "oss:GetBucketLocation")


class DrillError(Exception):
    """A site that cannot be drilled as it is; the text says why."""


class DrillStack(TerraformStack):
    """A database with what was backed up, the directory from its backup, an archive without a way in, what looks at them."""

    made: Sequence[str]
    """The secrets of a service that the drill makes."""
    copy = ""
    """Behind the name of each bucket that it reads."""

    def __init__(self, scope: Construct, settings: SiteSettings, *, name: str, region: str) -> None:
        super().__init__(scope, name)
        self._settings, self._site = settings, Identity.of(settings)
        site = self._site
        self.own = Identity(name, region, site.account_id, False, {**site.tags, "site": name, "drill-of": site.name})
        AlicloudProvider(self, "alicloud", region=region, account_id=site.account_id)
        RandomProvider(self, "random")
        pin_random(self)
        keep_state(self, name, site, settings.state)
        self._ask()
        self.backup_key = self._asked(
            "directory_backup",
            f"Backup of the directory in the operations bucket; one of before the database's time: {BACKUP_PREFIX}l/<time>.ldif.gz",
            f"{BACKUP_PREFIX}l/latest.ldif.gz",
        )
        self.secrets = Secrets(
            self, "secrets", site=self.own, settings=self._own_secrets(), rooms=("directory", "archive"), made=self.made
        )
        cidr, zone = self._network()
        vswitch = Vswitch(
            self,
            "vswitch",
            vswitch_name=f"vsw-{self.own.name}",
            vpc_id=self.vpc_id,
            zone_id=zone,
            cidr_block=cidr,
            tags=self.own.tags,
        )
        self.subnet = Subnet(vswitch.id, zone, cidr)
        self._close()
        images = settings.storage.bucket or site.unique
        ground = Ground(
            self,
            settings,
            own=self.own,
            dicom=Dicom.of(settings),
            bucket=f"{images}{self.copy}",
            operations=f"{images}{OPERATIONS}{self.copy}",
            tenants=[replace(one, bucket=f"{one.bucket}{self.copy}") for one in tenants_of(settings.storage, images)],
            secrets=self.secrets,
            subnet=self.subnet,
            group_id=self.group.id,
            egress=self.egress,
            registry=self._registry(),
            images=self._images(),
            key_id=self.key_id,
        )
        connection = self._database()
        held = self._reader(ground)
        directory = host(ground, "directory", 1, {}, ["ldap-utils"])
        restored = restore_directory(ground, directory, self.backup_key)
        archive = host(ground, "archive", 2, held, ["ldap-utils", "postgresql-client"])
        filled = self._filled(ground, archive, connection)
        up = start_archive(ground, archive, connection, [restored.ready, *filled])
        TerraformOutput(
            self,
            "report",
            value=verify(ground, archive, connection, up, self.restore_time).ready.id,
            description="Invocation whose output is the report (aliyun ecs DescribeInvocationResults --InvokeId)",
        )
        for one in self.node.find_all():
            if isinstance(one, TerraformResource):
                for policy, reason in WAIVED.get(one.terraform_resource_type, {}).items():
                    waive(one, policy, reason=reason, expires=WAIVED_UNTIL, approved_by="dicom-cdk, docs/recovery.md")

    vpc_id: str
    key_id: str
    restore_time: str
    """Point in time that was asked for; "" where a dump is of a time of its own."""

    @abstractmethod
    def _ask(self) -> None:
        """What only a state or the operator knows: vpc_id, key_id, restore_time and what a subclass needs."""

    @abstractmethod
    def _own_secrets(self) -> settings_secrets.Secrets:
        """Where the drill keeps its own secrets."""

    @abstractmethod
    def _network(self) -> tuple[str, str]:
        """Network and zone of the drill's vSwitch; vpc_id is known after it."""

    @abstractmethod
    def _more_egress(self) -> list[SecurityGroupRule]:
        """Ways out beside those to the drill itself and to the vendor's services."""

    @abstractmethod
    def _registry(self) -> room_registry.Source:
        """Where images come from."""

    @abstractmethod
    def _images(self) -> dict[str, str]:
        """Whole references of the images, by repository."""

    @abstractmethod
    def _database(self) -> Connection:
        """Where the database is."""

    @abstractmethod
    def _filled(self, ground: Ground, archive: DockerHost, connection: Connection, /) -> list[ITerraformDependable]:
        """After which the database holds what was backed up, and the archive's host has its password."""

    def _asked(self, id: str, description: str, default: str | None = None) -> str:
        variable = TerraformVariable(self, id, type="string", description=description, default=default)
        variable.override_logical_id(id)
        return str(variable.string_value)

    def _of_state(self, id: str, address: str) -> str:
        """An id that only the site's state knows."""
        return self._asked(id, f"terraform state show of {self._site.name}: id of {address}")

    def _close(self) -> None:
        cidr = self.subnet.cidr
        self.group = group = SecurityGroup(
            self,
            "group",
            security_group_name=f"sg-{self.own.name}",
            description=f"Restore drill of {self._site.name}: no way in, no way to the site",
            vpc_id=self.vpc_id,
            security_group_type="normal",
            inner_access_policy="Drop",
            tags=self.own.tags,
        )
        allow_group(self, "directory-from-drill", into=group, port=389, client=group, reason="LDAP inside the drill")
        self.egress: list[ITerraformDependable] = [
            self._out("out-drill", cidr, "accept", 1, "the database and the two hosts"),
            self._out("out-vendor", HEALTH_CHECKS, "accept", 1, "the vendor's services: bucket, KMS, package mirror"),
            *self._more_egress(),
            # Routers, exporters and forwarders of the restored configuration would reach the hospital's systems.
            self._out("out-else", "0.0.0.0/0", "drop", 100, "nothing else, the site least of all"),
        ]

    def _out(self, id: str, cidr: str, policy: str, priority: int, reason: str, ports: str = "") -> SecurityGroupRule:
        return SecurityGroupRule(
            self,
            id,
            type="egress",
            ip_protocol="tcp" if ports else "all",
            port_range=ports or "-1/-1",
            nic_type="intranet",
            policy=policy,
            priority=priority,
            security_group_id=self.group.id,
            cidr_ip=cidr,
            description=reason,
        )

    def _reader(self, ground: Ground) -> dict[str, Held]:
        """A user of the drill's own that reads the buckets, and whose key the restored archive reads with."""
        name, account = f"{self.own.name}-reader", self.own.account_id
        buckets = [f"acs:oss:*:{account}:{bucket}" for bucket in ground.image_buckets]
        user = RamUser(self, "reader", name=name, comments="Reads DICOM objects for a restore drill; no console")
        policy = RamPolicy(
            self,
            "reader-policy",
            policy_name=name,
            policy_document=ram.document(
                ram.allow(READ_STORED, [f"{bucket}{inside}" for bucket in buckets for inside in ("", "/*")]),
                ram.allow(["kms:Decrypt"], [self.secrets.key_arn]),
            ),
        )
        RamUserPolicyAttachment(
            self, "reader-grant", user_name=user.name, policy_name=policy.policy_name, policy_type="Custom"
        )
        key = RamAccessKey(self, "reader-key", user_name=user.name, status="Active")
        held = {
            secret: self.secrets.hold(self, secret, value=value, generation=1)
            for secret, value in (("storage-identity", key.id), ("storage-credential", key.secret))
        }
        self.secrets.grant_read(self, "read-archive", room="archive", secrets=list(held.values()), purpose="reader")
        return held
