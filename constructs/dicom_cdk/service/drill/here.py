"""A restore drill in the site's own region and VPC: the database is the vendor's clone, at any second that its log backups hold."""

from ipaddress import IPv4Network

from cdktf import ITerraformDependable, TerraformResource
from cdktf_cdktf_provider_alicloud.security_group_rule import SecurityGroupRule
from constructs import Construct

from dicom_cdk.service.drill.database import password
from dicom_cdk.service.drill.ground import Ground
from dicom_cdk.service.drill.stack import DrillError, DrillStack
from dicom_cdk.service.drill.steps import Connection
from dicom_cdk.service.image_tags import image_tags
from dicom_cdk.service.parts import ram
from dicom_cdk.service.parts.docker_host import DockerHost
from dicom_cdk.service.rooms import registry as room_registry
from dicom_cdk.service.rooms.secrets import KIND, held_name
from dicom_cdk.settings.models import secrets as settings_secrets
from dicom_cdk.settings.rules.names import DRILL
from dicom_cdk.settings.site import SiteSettings


class DrillHere(DrillStack):
    """`<site>-drill`."""

    # A clone has the passwords of its source.
    made = tuple(name for name in KIND if name != "database")

    def __init__(self, scope: Construct, settings: SiteSettings, *, restore_time: str | None = None) -> None:
        """`restore_time`: UTC, 2026-11-29T12:00:00Z; without it Terraform asks. Raises DrillError."""
        self._given_time = restore_time
        super().__init__(scope, settings, name=f"{settings.name}{DRILL}", region=settings.region)

    def _ask(self) -> None:
        settings = self._settings
        self.vpc_id = settings.network.vpc_id or self._of_state("vpc_id", "alicloud_vpc.network_vpc")
        self.source_id = self._of_state("database_instance_id", "alicloud_db_instance.database_instance")
        self.key_id = settings.secrets.kms_key_id or self._of_state("kms_key_id", "alicloud_kms_key.secrets_key")
        self.registry_id = settings.registry.instance_id or self._of_state(
            "registry_instance_id", "alicloud_cr_ee_instance.registry_instance"
        )
        self.restore_time = self._asked(
            "restore_time",
            "Point in time that the database is restored to, UTC: 2026-11-29T12:00:00Z",
            self._given_time,
        )

    def _own_secrets(self) -> settings_secrets.Secrets:
        return self._settings.secrets.model_copy(update={"kms_key_id": self.key_id})

    def _network(self) -> tuple[str, str]:
        return drill_network(self._settings), self._settings.network.vswitch_l.zone or f"{self._site.region}-l"

    def _more_egress(self) -> list[SecurityGroupRule]:
        g = self._settings.network.vswitch_g.cidr
        return [self._out("out-registry", g, "accept", 1, "the registry's link stands in vSwitch g", "443/443")]

    def _registry(self) -> room_registry.Source:
        return room_registry.Source(
            self.registry_id, room_registry.address(self._site, self._settings.registry), ready=[]
        )

    def _images(self) -> dict[str, str]:
        registry = self._settings.registry
        return room_registry.references(
            registry, room_registry.address(self._site, registry), image_tags(self._settings)
        )

    def _database(self) -> Connection:
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
        return {
            "database_host": str(clone.get_string_attribute("connection_string")),
            "database_name": settings.name,
            "database_port": str(clone.get_string_attribute("port")),
            "database_sslmode": "require",
            "database_user": settings.user,
        }

    def _filled(self, ground: Ground, archive: DockerHost, _: Connection, /) -> list[ITerraformDependable]:
        """A clone has the accounts and passwords of its source; the drill reads this one secret of the site."""
        secrets = self._settings.secrets
        held = held_name(self._site, secrets, "database", secrets.generations.database)
        action = "oss:GetObject" if held.name.startswith("oss://") else "kms:GetSecretValue"
        role = self.secrets.roles["archive"]
        ram.grant(
            self,
            "read-database",
            role=role,
            name=f"{self.own.name}-database",
            statements=[ram.allow([action], [held.resource])],
        )
        return [password(ground, archive, held.name).ready]


def drill_network(settings: SiteSettings) -> str:
    """The drill's own network: `drill.cidr`, else the last /28 of the VPC. Raises DrillError where that is taken."""
    if settings.drill.cidr is not None:
        return settings.drill.cidr
    network = settings.network
    last = last_of(network.cidr)
    for key, cidr in (("vswitch_l", network.vswitch_l.cidr), ("vswitch_g", network.vswitch_g.cidr)):
        if last.overlaps(IPv4Network(cidr)):
            raise DrillError(
                f"{settings.name}: the last /28 of network.cidr, {last}, lies in network.{key}.cidr, {cidr}, which the database "
                "lets in; name another network as drill.cidr"
            )
    return str(last)


def last_of(cidr: str) -> IPv4Network:
    """The last /28 of a VPC's network."""
    return IPv4Network((int(IPv4Network(cidr).broadcast_address) - 15, 28))
