"""Room archive (guide step 4): the management host with DIMSE, HL7, and the console on its loopback.

On this host the database schema and the storage entries are made, before any archive starts: an archive that starts later needs no
reload, and one that runs could lose changes made from outside (facts: provider 9). The gateway's image is built here too.

Over 200 lines: what is prepared on this host runs in one order, which is read here as a whole.
"""

from dataclasses import replace

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_alicloud.ecs_invocation import EcsInvocation
from constructs import Construct

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.gateway_image import STEP, Edition
from dicom_cdk.payload.host_bundle import FIRST_BOOT, host_bundle
from dicom_cdk.payload.user_data import user_data
from dicom_cdk.service.dicom import Dicom
from dicom_cdk.service.parts import ram
from dicom_cdk.service.parts.docker_host import Boot, DockerHost
from dicom_cdk.service.parts.host_step import HostStep
from dicom_cdk.service.parts.machine import Machine
from dicom_cdk.service.parts.snapshots import daily_snapshots
from dicom_cdk.service.rooms import archive_audit, archive_cache, archive_tenants, archive_verification
from dicom_cdk.service.rooms.archive_modalities import enter, told_of_connections, ways_in
from dicom_cdk.service.rooms.archive_tls import Tls
from dicom_cdk.service.rooms.archive_upgrade import Walk
from dicom_cdk.service.rooms.database import Database
from dicom_cdk.service.rooms.directory import Directory
from dicom_cdk.service.rooms.network import Network
from dicom_cdk.service.rooms.platform import Platform
from dicom_cdk.service.rooms.registry import Registry
from dicom_cdk.service.rooms.secrets import Held, Secrets
from dicom_cdk.service.rooms.storage import Storage
from dicom_cdk.service.rooms.storage_cache import Cache
from dicom_cdk.settings.models import archive as settings_archive
from dicom_cdk.settings.models.secrets import Generations

SQL_IMAGE = "postgres-dcm4chee"
CONSOLE_PORT = 8443
"""On the host's loopback only: the console knows no login, and the port behind it neither."""
READ_HERE = ("ldap-root", "database", "archive-keystore", "wildfly-admin")
FILES = ("check.sh", "compose.yaml.j2", "compression.sh", "connections.sh", "test_data.sh", "up.sh")


class Archive(Construct):
    """Management host and what is prepared on it."""

    host: DockerHost
    console: str
    """Address of the console for who has forwarded the port from the host's loopback (docs/hosts.md)."""
    storage_generation: str
    """Text that changes when an archive has to read its storage entry anew."""
    cache: Cache | None
    """The folder that images are received into, for every archive of this device."""
    dicom: Dicom
    """What it is called: later rooms ask here."""
    directory: Directory
    """The LDAP pair that it was made with."""
    tls: Tls | None
    """Trust and certificate of its TLS ports; None: the image's trust, a certificate of the host."""
    audit: str
    """Address and port at which this host receives audit messages; "" where they go elsewhere or nowhere."""
    time_zone: str
    """Time zone of every archive on this database, whose columns know none."""
    walk: Walk
    """How its release changes, if it does."""
    ready_for_clients: list[ITerraformDependable]
    """Schema in, storage entries in: another archive may start. While the release changes: this one answers, too."""
    ready: list[ITerraformDependable]
    """This archive answers."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: settings_archive.Archive,
        platform: Platform,
        dicom: Dicom,
        database: Database,
        storage: Storage,
        directory: Directory,
    ) -> None:
        """`database`: its schema is made from here. `storage`: its entries are made in `directory` from here."""
        super().__init__(scope, id)
        site, network, secrets, registry = platform.site, platform.network, platform.secrets, platform.registry
        schema, self.dicom, self.directory, self.cache = database.schema, dicom, directory, storage.cache
        generations, base_dn, storage_id = secrets.generations, dicom.base_dn, dicom.storage_id
        in_compose = archive_cache.IN_COMPOSE if storage.cache else None
        self.tls = tls = Tls.of(dicom.trusted, settings.certificate_generation)
        in_bundle = {"cache": in_compose, "tls": tls.in_compose if tls else None}
        self._bundle = Bundle.from_assets("archive", in_bundle, only=FILES)
        group = network.groups["archive"]
        more_groups = ways_in(self, dicom, into=group, network=network, site=site)
        self._site, self._settings, self._log_days = site, settings, platform.logs.retention_days
        if schema.bucket and schema.key:
            ram.grant(
                self,
                "read-schema",
                role=secrets.roles["archive"],
                name=f"{site.name}-archive-schema",
                statements=[
                    ram.allow(["oss:GetObject"], [f"acs:oss:*:{site.account_id}:{schema.bucket}/{schema.key}"])
                ],
            )
        self.audit = archive_audit.received_at(settings, platform.logs)
        held = storage.held | (tls.held(self, secrets) if tls else {})
        self.host = self._host(network, secrets, registry, storage, more_groups, held)
        self._keys = tls.install(self, host=self.host, platform=platform, storage=storage) if tls else []
        self.console = f"https://localhost:{CONSOLE_PORT}/dcm4chee-arc/ui2"
        self.time_zone = settings.time_zone
        balanced = "-balanced" if dicom.balancer else ""
        self.storage_generation = (
            f"{generations.storage}-{generations.ldap}{archive_cache.generation(storage.cache)}{balanced}"
            f"{archive_tenants.generation(storage)}"
        )
        sql = {**database.scripts(registry.images.get(SQL_IMAGE, "")), "generation": str(generations.database)}
        told = {**sql, **archive_cache.of_walk(storage.cache)}
        self.walk = Walk.of(settings, host=self.host, platform=platform, dicom=dicom, told=told)
        walked = self.walk.before_start(self, database, directory)
        schema_in = self._schema(sql, walked)
        entries_in = self._entries(base_dn, storage_id, storage, directory, registry, walked)
        self.ready_for_clients = [schema_in, *entries_in]
        received_into = archive_cache.first_storage(storage.cache, storage_id)
        answering = self._archive(base_dn, received_into, generations, registry, database, directory)
        self.ready = self.walk.after_start(self, [answering])
        listed = enter(
            self, dicom, host=self.host, platform=platform, storage=storage, directory=directory, after=self.ready
        )
        # One archive first, the others when it is seen to answer; where they take DIMSE they read whom they refuse at their start.
        self.ready_for_clients += self.ready if self.walk.path or dicom.balancer else []
        self.ready_for_clients += listed if dicom.balancer else []

    def build_gateway_image(self, *, edition: Edition, bases: dict[str, str], image: str) -> list[ITerraformDependable]:
        """Build the gateway's image on this host from `bases`, the words of its step, and push it as `image`, if it is not
        there yet.
        """
        return [
            HostStep(
                self,
                "gateway-image",
                host=self.host,
                bundle=edition.files(STEP),
                entry="image",
                values={**bases, "image": image},
                timeout_seconds=1800,
            ).ready
        ]

    def _host(
        self,
        network: Network,
        secrets: Secrets,
        registry: Registry,
        storage: Storage,
        more_groups: list[str],
        held: dict[str, Held],
    ) -> DockerHost:
        site, settings = self._site, self._settings
        more = [*([archive_cache.PACKAGE] if storage.cache else []), *([archive_audit.PACKAGE] if self.audit else [])]
        base = host_bundle(
            taken_cidrs=network.reach.taken,
            time_zone=settings.time_zone,
            egress=network.reach.egress,
            packages=["ldap-utils", "postgresql-client", *more],
            health=[*([archive_cache.ROOM] if storage.cache else []), *archive_verification.lines_of(settings)],
        )
        held = {name: secrets.held[name] for name in READ_HERE} | held
        snapshots = daily_snapshots(
            self, "snapshots", name=f"{site.name}-archive", days=settings.snapshot_retention_days, site=site
        )
        return DockerHost(
            self,
            "host",
            site=site,
            name=settings.name,
            machine=Machine.of(settings, key_id=secrets.key_id, snapshot_policy_id=snapshots),
            place=replace(
                network.place(network.vswitch_l, settings.private_ip, room="archive"), more_group_ids=more_groups
            ),
            role=secrets.roles["archive"],
            registry=registry,
            boot=Boot(
                user_data("archive", [base], FIRST_BOOT),
                base,
                {name: secret.reference for name, secret in held.items()},
            ),
        )

    def _schema(self, sql: dict[str, object], after: list[ITerraformDependable]) -> EcsInvocation:
        return HostStep(
            self,
            "schema",
            host=self.host,
            bundle=Bundle.from_assets("database", only=("schema.sh", "sql.sh", "columns.py", "names.py")),
            entry="schema",
            values=sql,
            timeout_seconds=1800,
            after=after,
        ).ready

    def _entries(
        self,
        base_dn: str,
        storage_id: str,
        storage: Storage,
        directory: Directory,
        registry: Registry,
        walked: list[ITerraformDependable],
    ) -> list[ITerraformDependable]:
        release = self._settings.behaves_like or self._settings.version
        values: dict[str, object] = {
            "ae_titles": list(self.dicom.ae_titles),
            "base_dn": base_dn,
            "bucket": storage.bucket.bucket,
            "device_name": self._settings.device_name,
            "generation": self.storage_generation,
            "ldap_url": directory.url,
            "signature_version": storage.signature_version,
            "storage_endpoint": storage.endpoint,
            "storage_id": storage_id,
        }
        after = [*directory.ready, *(walked if self._settings.upgrade_from is not None else ())]
        bundle, entry = Bundle.from_assets("storage"), "entries"
        if storage.cache is not None:
            values |= archive_cache.values(storage.cache, site=self._site.name, release=release)
            after.append(archive_cache.mounted(self, storage.cache, values, host=self.host))
            bundle, entry = archive_cache.bundle(), "receive"
        step = HostStep(
            self,
            "storage",
            host=self.host,
            bundle=bundle,
            entry=entry,
            values=values,
            timeout_seconds=600,
            after=after,
        )
        image = registry.images["dcm4chee-arc-psql"]
        tenants = archive_tenants.entered(
            self, storage, self.dicom, values, release=release, image=image, host=self.host, after=[step.ready]
        )
        return [step.ready, *tenants]

    def _archive(
        self,
        base_dn: str,
        storage_id: str,
        generations: Generations,
        registry: Registry,
        database: Database,
        directory: Directory,
    ) -> EcsInvocation:
        settings = self._settings
        values = {
            **database.connection,
            "ae_title": settings.ae_title,
            "archive_host": self.host.private_ip,
            **archive_audit.values(settings, self.audit),
            **told_of_connections(settings, self.dicom),
            "base_dn": base_dn,
            "device_name": settings.device_name,
            # Of every secret that the container reads: a rotated one starts it anew.
            "generation": f"{generations.archive}-{generations.database}-{generations.ldap}",
            "heap_percent": settings.heap_percent,
            "image": registry.images["dcm4chee-arc-psql"],
            "ldap_url": directory.url,
            "log_retention_days": self._log_days,
            "storage_generation": self.storage_generation,
            "storage_id": storage_id,
            "time_zone": settings.time_zone,
            "tools_image": registry.images["dcm4che-tools"],
            **self.walk.values,
        }

        def step(entry: str, *, after: list[ITerraformDependable], timeout_seconds: int) -> EcsInvocation:
            return HostStep(
                self,
                entry.replace("_", "-"),
                host=self.host,
                bundle=self._bundle,
                entry=entry,
                values=values,
                timeout_seconds=timeout_seconds,
                after=after,
            ).ready

        after = self.walk.before_change(self, [*self.ready_for_clients, *self._keys])
        up = step("up", after=after, timeout_seconds=1800)
        checked = step("check", after=[up], timeout_seconds=900)
        if settings.verify_studies:
            checked = archive_verification.nightly(self, settings, host=self.host, after=[checked])
        return step("test_data", after=[checked], timeout_seconds=1200) if settings.test_data else checked
