"""A restore drill in the other region, as if the site's own were lost: nothing of the site's region is reached.

The database is filled from a replicated dump, since RDS for PostgreSQL restores into no other region (facts: cloud 5.1); directory
and objects come from the copies. Images come from a registry there.

Over 200 lines: what a lost region leaves to restore from, in one piece.
"""

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_alicloud.cr_vpc_endpoint_linked_vpc import (
    CrVpcEndpointLinkedVpc,
    CrVpcEndpointLinkedVpcTimeouts,
)
from cdktf_cdktf_provider_alicloud.db_instance import DbInstance, DbInstanceParameters, DbInstanceTimeouts
from cdktf_cdktf_provider_alicloud.security_group_rule import SecurityGroupRule
from cdktf_cdktf_provider_alicloud.vpc import Vpc
from constructs import Construct

from dicom_cdk.service.drill.database import from_dump
from dicom_cdk.service.drill.ground import Ground
from dicom_cdk.service.drill.here import last_of
from dicom_cdk.service.drill.stack import DrillError, DrillStack
from dicom_cdk.service.drill.steps import Connection
from dicom_cdk.service.image_tags import image_tags
from dicom_cdk.service.parts.docker_host import DockerHost
from dicom_cdk.service.parts.owned_database import owned_database
from dicom_cdk.service.rooms import registry as room_registry
from dicom_cdk.service.rooms.secrets import KIND
from dicom_cdk.service.rooms.storage import DUMP_PREFIX
from dicom_cdk.settings.models import registry as settings_registry
from dicom_cdk.settings.models import secrets as settings_secrets
from dicom_cdk.settings.rules.names import DRILL_THERE
from dicom_cdk.settings.rules.recovery import COPY
from dicom_cdk.settings.site import SiteSettings

LATEST = f"{DUMP_PREFIX}latest"
"""Object that names the newest dump."""
OF_ONE_REGION = "m-"
"""How an image of one's own begins, which one region has; the vendor's own have one name in all."""


class DrillThere(DrillStack):
    """`<site>-drill-recovery`, in `recovery.region`."""

    made = tuple(KIND)
    copy = COPY

    def __init__(self, scope: Construct, settings: SiteSettings) -> None:
        """Raises DrillError for a site that says too little of the other region."""
        region = _complete(settings)
        machine = settings.archive.model_copy(
            update={"image_id": settings.drill.recovery.image_id or settings.archive.image_id}
        )
        endpoint = settings.storage.model_copy(update={"endpoint": None})
        there = settings.model_copy(update={"archive": machine, "storage": endpoint})
        super().__init__(scope, there, name=f"{settings.name}{DRILL_THERE}", region=region)

    def _ask(self) -> None:
        recovery = self._settings.recovery
        self.key_id = recovery.kms_key_id or self._of_state("kms_key_id", "alicloud_kms_key.recovery_copy_key")
        self.dump = self._asked(
            "database_dump",
            f"Dump of the database in the operations bucket's copy, such as {DUMP_PREFIX}20261129T170000Z; {LATEST}: the newest",
            LATEST,
        )
        # A dump is of a time of its own, which the step that restores it finds out.
        self.restore_time = ""

    def _own_secrets(self) -> settings_secrets.Secrets:
        """In a bucket of its own where the other region has no KMS instance to make secrets in."""
        instance = self._settings.recovery.kms_instance_id
        store = self._settings.secrets.store if instance else "bucket"
        return self._settings.secrets.model_copy(
            update={"kms_key_id": self.key_id, "kms_instance_id": instance, "store": store}
        )

    def _network(self) -> tuple[str, str]:
        """The VPC has the site's own network, so that no peering could ever join the two."""
        settings = self._settings
        cidr = settings.network.cidr
        self.vpc_id = Vpc(self, "vpc", vpc_name=f"vpc-{self.own.name}", cidr_block=cidr, tags=self.own.tags).id
        return settings.drill.cidr or str(last_of(cidr)), str(settings.drill.recovery.zone)

    def _more_egress(self) -> list[SecurityGroupRule]:
        """None: the registry's link stands in the drill's own vSwitch."""
        return []

    def _registry(self) -> room_registry.Source:
        instance = str(self._settings.drill.recovery.registry_instance_id)
        link = CrVpcEndpointLinkedVpc(
            self,
            "registry-link",
            instance_id=instance,
            vpc_id=self.vpc_id,
            vswitch_id=self.subnet.id,
            module_name="Registry",
            enable_create_dns_record_in_pvzt=True,
            timeouts=CrVpcEndpointLinkedVpcTimeouts(create="15m"),
        )
        return room_registry.Source(instance, room_registry.address(self.own, self._registry_there()), [link])

    def _images(self) -> dict[str, str]:
        registry = self._registry_there()
        return room_registry.references(registry, room_registry.address(self.own, registry), image_tags(self._settings))

    def _registry_there(self) -> settings_registry.Registry:
        """That of the other region. Images of the site's own stand in it too: a drill has no way to another registry."""
        registry, there = self._settings.registry, self._settings.drill.recovery
        named = registry.model_copy(update={"instance_name": there.registry_instance_name})
        address = room_registry.address(self.own, named)
        own = {
            name: f"{address}/{image.rpartition('/')[2]}"
            for name, image in registry.images.model_dump().items()
            if image
        }
        return named.model_copy(update={"images": registry.images.model_copy(update=own)})

    def _database(self) -> Connection:
        """Empty, of the site's class and size, in one zone: the drill's only one."""
        settings, subnet = self._settings.database, self.subnet
        instance = DbInstance(
            self,
            "database",
            instance_name=f"rds-{self.own.name}",
            engine="PostgreSQL",
            engine_version=settings.engine_version,
            category=settings.category,
            instance_type=settings.instance_type,
            db_instance_storage_type=settings.storage_type,
            instance_storage=settings.storage_gb,
            instance_charge_type="Postpaid",
            vpc_id=self.vpc_id,
            vswitch_id=subnet.id,
            zone_id=subnet.zone,
            zone_id_slave_a=subnet.zone,
            security_ips=[subnet.cidr],
            ssl_action="Open",
            ca_type="aliyun",
            encryption_key=self.key_id,
            role_arn=f"acs:ram::{self.own.account_id}:role/AliyunRDSInstanceEncryptionDefaultRole",
            deletion_protection=False,
            auto_upgrade_minor_version="Auto",
            parameters=[DbInstanceParameters(name="log_connections", value="on")],
            tags=self.own.tags,
            timeouts=DbInstanceTimeouts(create="90m", delete="30m"),
        )
        self._owned = owned_database(
            self,
            "schema",
            instance_id=instance.id,
            settings=settings,
            password=self.secrets.values["database"],
            description="dcm4chee archive of a restore drill",
        )
        return {
            "database_host": instance.connection_string,
            "database_name": settings.name,
            "database_port": instance.port,
            "database_sslmode": "require",
            "database_user": settings.user,
        }

    def _filled(self, ground: Ground, archive: DockerHost, connection: Connection, /) -> list[ITerraformDependable]:
        return [from_dump(ground, archive, connection, self.dump, after=[self._owned]).ready]


def _complete(settings: SiteSettings) -> str:
    """The other region of a site that says all that a drill there needs."""
    there, lacking = settings.drill.recovery, []
    region = settings.recovery.region
    if region is None:
        raise DrillError(
            f"{settings.name}: a drill in the other region restores from the copies there, and without recovery.region there are "
            "none; set it, apply, wait for a dump and the replication, or drill with --region site"
        )
    if there.zone is None:
        lacking.append(f"drill.recovery.zone, a zone of {region} that offers the database and the hosts")
    if there.registry_instance_id is None:
        lacking.append(
            "drill.recovery.registry_instance_id and registry_instance_name, a registry there that holds the site's images"
        )
    if there.image_id is None and settings.archive.image_id.startswith(OF_ONE_REGION):
        lacking.append(
            f"drill.recovery.image_id, since archive.image_id {settings.archive.image_id} is of {settings.region}"
        )
    if lacking:
        raise DrillError(
            f"{settings.name}: a drill in {region} needs {'; '.join(lacking)} (docs/recovery.md, The drill in the other region)"
        )
    return region
