"""The restore drill of a site: a stack beside it, for hours, that restores what the site's backups hold and looks at it.

The site is never touched: the drill has a network that nothing of the site lets in, hosts that reach nothing of the site, roles
that read and never write, and names, secrets and state of its own. What it finds is printed by its last step (assets/drill).

Over 200 lines: all that keeps the drill apart from its site is read here as a whole.
"""

import datetime
from ipaddress import IPv4Network

from cdktf import TerraformOutput, TerraformResource, TerraformStack, TerraformVariable
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
from dicom_cdk.service.drill_hosts import Ground, host, password, restore_directory, start_archive, verify
from dicom_cdk.service.identity import Identity
from dicom_cdk.service.names import pin_random
from dicom_cdk.service.parts import ram
from dicom_cdk.service.parts.ingress import HEALTH_CHECKS, allow_group
from dicom_cdk.service.parts.subnet import Subnet
from dicom_cdk.service.rooms.secrets import KIND, Held, Secrets, held_name
from dicom_cdk.service.rooms.storage import BACKUP_PREFIX
from dicom_cdk.service.state import keep_state
from dicom_cdk.service.waivers import waive
from dicom_cdk.settings.rules.names import DRILL
from dicom_cdk.settings.site import SiteSettings

WAIVED_UNTIL = datetime.date(2028, 12, 31)
WAIVED = {
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
    """`<site>-drill`: a clone of the database, the directory from its backup, an archive without a way in, what looks at them."""

    def __init__(self, scope: Construct, settings: SiteSettings, *, restore_time: str | None = None) -> None:
        """`restore_time`: UTC, 2026-11-29T12:00:00Z; without it Terraform asks. Raises DrillError."""
        name = f"{settings.name}{DRILL}"
        super().__init__(scope, name)
        site = Identity.of(settings)
        self._settings, self._site = settings, site
        self._bucket = settings.storage.bucket or site.unique
        self.own = Identity(
            name, site.region, site.account_id, False, {**site.tags, "site": name, "drill-of": site.name}
        )
        AlicloudProvider(self, "alicloud", region=site.region, account_id=site.account_id)
        RandomProvider(self, "random")
        pin_random(self)
        keep_state(self, name, site, settings.state)
        self._ask(restore_time)
        self.secrets = Secrets(
            self,
            "secrets",
            site=self.own,
            settings=settings.secrets.model_copy(update={"kms_key_id": self.key_id}),
            rooms=("directory", "archive"),
            # A clone has the passwords of its source.
            made=[name for name in KIND if name != "database"],
        )
        self._network()
        database = self._clone()
        held = self._reader()
        ground = Ground(
            self,
            settings,
            own=self.own,
            site=site,
            dicom=Dicom.of(settings),
            bucket=self._bucket,
            secrets=self.secrets,
            subnet=self.subnet,
            group_id=self.group.id,
            egress=self.egress,
            registry_id=self.registry_id,
            key_id=self.key_id,
        )
        directory = host(ground, "directory", 1, {}, ["ldap-utils"])
        restored = restore_directory(ground, directory, self.backup_key)
        production = self._production_password()
        archive = host(ground, "archive", 2, held, ["ldap-utils", "postgresql-client"])
        connection: dict[str, object] = {
            "database_host": str(database.get_string_attribute("connection_string")),
            "database_name": settings.database.name,
            "database_port": str(database.get_string_attribute("port")),
            "database_sslmode": "require",
            "database_user": settings.database.user,
        }
        told = password(ground, archive, production.name)
        up = start_archive(ground, archive, connection, [restored.ready, told.ready])
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

    def _ask(self, restore_time: str | None) -> None:
        """What only the site's state knows, and the time."""
        of = f"terraform state show of {self._site.name}: id of "

        def asked(id: str, description: str, default: str | None = None) -> str:
            variable = TerraformVariable(self, id, type="string", description=description, default=default)
            variable.override_logical_id(id)
            return str(variable.string_value)

        self.vpc_id = self._settings.network.vpc_id or asked("vpc_id", f"{of}alicloud_vpc.network_vpc")
        self.source_id = asked("database_instance_id", f"{of}alicloud_db_instance.database_instance")
        self.key_id = self._settings.secrets.kms_key_id or asked("kms_key_id", f"{of}alicloud_kms_key.secrets_key")
        self.registry_id = self._settings.registry.instance_id or asked(
            "registry_instance_id", f"{of}alicloud_cr_ee_instance.registry_instance"
        )
        self.restore_time = asked(
            "restore_time", "Point in time that the database is restored to, UTC: 2026-11-29T12:00:00Z", restore_time
        )
        self.backup_key = asked(
            "directory_backup",
            f"Backup of the directory in the operations bucket; one of before restore_time: {BACKUP_PREFIX}l/<time>.ldif.gz",
            f"{BACKUP_PREFIX}l/latest.ldif.gz",
        )

    def _network(self) -> None:
        settings = self._settings
        cidr = drill_network(settings)
        zone = settings.network.vswitch_l.zone or f"{self._site.region}-l"
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
        g = settings.network.vswitch_g.cidr
        self.egress = [
            self._out("out-drill", cidr, "accept", 1, "the clone and the two hosts"),
            self._out("out-vendor", HEALTH_CHECKS, "accept", 1, "the vendor's services: bucket, KMS, package mirror"),
            self._out("out-registry", g, "accept", 1, "the registry's link stands in vSwitch g", "443/443"),
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

    def _clone(self) -> TerraformResource:
        """Not of the bindings, which lack the type. Engine and version are the source's (facts: cloud 5.1)."""
        settings = self._settings.database
        clone = TerraformResource(self, "database", terraform_resource_type="alicloud_rds_clone_db_instance")
        for argument, value in {
            "source_db_instance_id": self.source_id,
            "restore_time": self.restore_time,
            "db_instance_class": settings.instance_type,
            "db_instance_storage": settings.storage_gb,
            "db_instance_storage_type": settings.storage_type,
            "db_instance_description": f"rds-{self.own.name}",
            "payment_type": "PayAsYouGo",
            "instance_network_type": "VPC",
            "vpc_id": self.vpc_id,
            "vswitch_id": self.subnet.id,
            "zone_id": self.subnet.zone,
            "security_ips": [self.subnet.cidr],
            "ssl_enabled": 1,
            "ca_type": "aliyun",
            "deletion_protection": False,
            # Spelled so by the vendor: nothing of the clone outlives it.
            "released_keep_policy": "None",
            "tags": dict(self.own.tags),
            "timeouts": {"create": "180m"},
        }.items():
            clone.add_override(argument, value)
        return clone

    def _reader(self) -> dict[str, Held]:
        """A user of the drill's own that reads the bucket, and whose key the restored archive reads with."""
        name, site, bucket = f"{self.own.name}-reader", self._site, self._bucket
        user = RamUser(self, "reader", name=name, comments="Reads DICOM objects for a restore drill; no console")
        policy = RamPolicy(
            self,
            "reader-policy",
            policy_name=name,
            policy_document=ram.document(
                ram.allow(
                    READ_STORED, [f"acs:oss:*:{site.account_id}:{bucket}", f"acs:oss:*:{site.account_id}:{bucket}/*"]
                ),
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

    def _production_password(self) -> Held:
        """A clone has the accounts and passwords of its source; the drill reads this one secret of the site."""
        secrets = self._settings.secrets
        held = held_name(self._site, secrets, "database", secrets.generations.database)
        action = "oss:GetObject" if held.name.startswith("oss://") else "kms:GetSecretValue"
        ram.grant(
            self,
            "read-database",
            role=self.secrets.roles["archive"],
            name=f"{self.own.name}-database",
            statements=[ram.allow([action], [held.resource])],
        )
        return held


def drill_network(settings: SiteSettings) -> str:
    """The drill's own network: `drill.cidr`, else the last /28 of the VPC. Raises DrillError where that is taken."""
    if settings.drill.cidr is not None:
        return settings.drill.cidr
    network = settings.network
    around = IPv4Network(network.cidr)
    last = IPv4Network((int(around.broadcast_address) - 15, 28))
    for key, cidr in (("vswitch_l", network.vswitch_l.cidr), ("vswitch_g", network.vswitch_g.cidr)):
        if last.overlaps(IPv4Network(cidr)):
            raise DrillError(
                f"{settings.name}: the last /28 of network.cidr, {last}, lies in network.{key}.cidr, {cidr}, which the database "
                "lets in; name another network as drill.cidr"
            )
    return str(last)
