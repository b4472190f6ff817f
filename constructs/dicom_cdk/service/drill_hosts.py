"""What a restore drill runs on its two hosts: the directory from its backup, the archive, and what looks at them.

Over 200 lines: each host with its rights, then the steps in their one order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from cdktf import ITerraformDependable, TerraformResource
from constructs import Construct

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.host_bundle import FIRST_BOOT, host_bundle
from dicom_cdk.payload.user_data import user_data
from dicom_cdk.service.dicom import Dicom
from dicom_cdk.service.identity import Identity
from dicom_cdk.service.parts import ram
from dicom_cdk.service.parts.docker_host import Boot, DockerHost
from dicom_cdk.service.parts.host_step import HostStep
from dicom_cdk.service.parts.machine import Disks, Machine
from dicom_cdk.service.parts.place import Place
from dicom_cdk.service.parts.subnet import Subnet
from dicom_cdk.service.rooms import archive as room_archive
from dicom_cdk.service.rooms import archive_tenants
from dicom_cdk.service.rooms import directory as room_directory
from dicom_cdk.service.rooms import registry as room_registry
from dicom_cdk.service.rooms.secrets import Held, Secrets
from dicom_cdk.service.rooms.storage import BACKUP_PREFIX, DUMP_PREFIX
from dicom_cdk.service.tenants import Tenant
from dicom_cdk.settings.site import SiteSettings

NOWHERE = "ldap://127.0.0.1:9"
"""Where the restored directory looks for its peer: the room's own configuration has one always, and here it is never there."""
Connection = Mapping[str, object]
"""What a host step is told of the database: database_host and so on, as room database tells it."""


@dataclass(frozen=True)
class Ground:
    """What the hosts of a drill stand on."""

    scope: Construct
    settings: SiteSettings
    own: Identity
    """Of the drill."""
    dicom: Dicom
    bucket: str
    """The site's bucket of DICOM objects, or its copy, by name."""
    operations: str
    """The operations bucket with the backups, or its copy, by name."""
    tenants: Sequence[Tenant]
    """With the buckets that the drill reads."""
    secrets: Secrets
    subnet: Subnet
    group_id: str
    egress: Sequence[ITerraformDependable]
    registry: room_registry.Source
    images: Mapping[str, str]
    """Whole references, by repository."""
    key_id: str

    @property
    def image_buckets(self) -> list[str]:
        """Every bucket of DICOM objects, by name."""
        return sorted({self.bucket, *(one.bucket for one in self.tenants)})


def host(ground: Ground, room: str, number: int, more: Mapping[str, Held], packages: list[str]) -> DockerHost:
    """The host of `room`, the `number`th of the drill, with what it may read. `more`: secrets beside its room's own."""
    settings, own, role = ground.settings, ground.own, ground.secrets.roles[room]
    account, registry = own.account_id, ground.registry
    readable = [f"{ground.operations}/{BACKUP_PREFIX}*"]
    if room == "archive":
        dumps = [f"{ground.operations}/{DUMP_PREFIX}*"] if "database" in ground.secrets.held else []
        readable = [*(f"{bucket}/*" for bucket in ground.image_buckets), *dumps]
    repositories = f"acs:cr:{own.region}:{account}:repository/{registry.instance_id}/{settings.registry.namespace}/*"
    ram.grant(
        ground.scope,
        f"read-{room}-data",
        role=role,
        name=f"{own.name}-{room}-data",
        statements=[
            ram.allow(["oss:GetObject"], [f"acs:oss:*:{account}:{each}" for each in readable]),
            ram.allow(["kms:Decrypt"], [ground.secrets.key_arn]),
            ram.allow(["cr:GetAuthorizationToken"], ["*"]),
            ram.allow(["cr:PullRepository"], [repositories]),
        ],
    )
    base = host_bundle(
        taken_cidrs=[settings.network.cidr], time_zone=settings.archive.time_zone, egress="none", packages=packages
    )
    read_here = room_directory.READ_HERE if room == "directory" else room_archive.READ_HERE
    held = {name: each for name, each in {**ground.secrets.held, **more}.items() if name in {*read_here, *more}}
    machine = Machine(
        settings.drill.instance_type,
        settings.archive.image_id,
        Disks(settings.archive.system_disk_gb, None, settings.archive.disk_performance, ground.key_id, None),
    )
    private_ip = str(IPv4Network(ground.subnet.cidr)[number + 3])
    return DockerHost(
        ground.scope,
        room,
        site=own,
        name=f"ecs-{own.name}-{room}",
        machine=machine,
        place=Place(ground.subnet, private_ip, ground.group_id, ground.egress),
        role=role,
        registry=registry,
        boot=Boot(
            user_data(f"drill {room}", [base], FIRST_BOOT),
            base,
            {name: secret.reference for name, secret in held.items()},
        ),
    )


def _archive_bundle() -> Bundle:
    """Without the folder that some sites receive into: it is no part of a backup."""
    return Bundle.from_assets("archive", {"cache": None, "tls": None}, only=room_archive.FILES)


def restore_directory(ground: Ground, host: DockerHost, backup_key: str) -> HostStep:
    """One node, filled from `backup_key` of the operations bucket."""
    dicom, url = ground.dicom, f"ldap://{host.private_ip}:389"
    values: dict[str, object] = {
        "ae_title": dicom.ae_title,
        "archive_host": dicom.archive_host,
        "backup_bucket": ground.operations,
        "backup_prefix": BACKUP_PREFIX,
        "base_dn": dicom.base_dn,
        "device_name": dicom.device_name,
        "generation": "1",
        "image": ground.images["slapd-dcm4chee"],
        "node": "l",
        "own_url": url,
        "peer_url": NOWHERE,
    }
    prepared = HostStep(
        ground.scope,
        "directory-prepare",
        host=host,
        bundle=Bundle.from_assets("directory"),
        entry="prepare",
        values=values,
        timeout_seconds=1800,
    )
    return HostStep(
        ground.scope,
        "directory-restore",
        host=host,
        bundle=Bundle.from_assets("drill", only=("directory.sh", "without_keys.py")),
        entry="directory",
        values={"backup_key": backup_key, "base_dn": dicom.base_dn, "own_url": url},
        timeout_seconds=1800,
        after=[prepared.ready],
    )


def start_archive(
    ground: Ground, host: DockerHost, connection: Connection, after: Sequence[ITerraformDependable]
) -> HostStep:
    """The site's archive on what was restored, reading the buckets with the drill's own key."""
    settings, dicom, images = ground.settings, ground.dicom, ground.images
    entries = _entries(ground, host, after)
    return HostStep(
        ground.scope,
        "archive-up",
        host=host,
        bundle=_archive_bundle(),
        entry="up",
        values={
            **connection,
            "ae_title": dicom.ae_title,
            "archive_host": host.private_ip,
            "base_dn": dicom.base_dn,
            "device_name": dicom.device_name,
            "generation": "1",
            "heap_percent": settings.archive.heap_percent,
            "image": images["dcm4chee-arc-psql"],
            "ldap_url": _ldap_url(ground),
            "log_retention_days": 1,
            "storage_generation": "1",
            "storage_id": dicom.storage_id,
            "time_zone": settings.archive.time_zone,
            "tools_image": images["dcm4che-tools"],
        },
        timeout_seconds=1800,
        after=[entries.ready],
    )


def _ldap_url(ground: Ground) -> str:
    return f"ldap://{IPv4Network(ground.subnet.cidr)[4]}:389"


def _entries(ground: Ground, host: DockerHost, after: Sequence[ITerraformDependable]) -> HostStep:
    """The storages of site and tenants with the drill's key: the restored ones name the site's own, which can write."""
    settings, dicom, storage = ground.settings, ground.dicom, ground.settings.storage
    values: dict[str, object] = {
        "ae_titles": list(dicom.ae_titles),
        "base_dn": dicom.base_dn,
        "bucket": ground.bucket,
        "device_name": dicom.device_name,
        "generation": "1",
        "ldap_url": _ldap_url(ground),
        "signature_version": storage.signature_version,
        "storage_endpoint": storage.endpoint or f"https://s3.oss-{ground.own.region}-internal.aliyuncs.com",
        "storage_id": dicom.storage_id,
    }
    entries = HostStep(
        ground.scope,
        "storage-entries",
        host=host,
        bundle=Bundle.from_assets("storage"),
        entry="entries",
        values=values,
        timeout_seconds=600,
        after=after,
    )
    if not ground.tenants:
        return entries
    release = settings.archive.behaves_like or settings.archive.version
    image = ground.images["dcm4chee-arc-psql"]
    return HostStep(
        ground.scope,
        "tenants-entries",
        host=host,
        bundle=archive_tenants.bundle(),
        entry="apply",
        values=archive_tenants.told(ground.tenants, dicom, values, release=release, image=image),
        timeout_seconds=600,
        after=[entries.ready],
    )


def verify(ground: Ground, host: DockerHost, connection: Connection, up: HostStep, restore_time: str) -> HostStep:
    """What the restored service holds; the step's output is the report."""
    started = TerraformResource(ground.scope, "started", terraform_resource_type="terraform_data")
    started.add_override("input", "${plantimestamp()}")
    started.add_override("lifecycle", {"ignore_changes": ["input"]})
    return HostStep(
        ground.scope,
        "verify",
        host=host,
        bundle=Bundle.from_assets("drill", only=("verify.sh", "verify.py", "objects.py", "dicom_file.py")),
        entry="verify",
        values={
            **connection,
            "ae_title": ground.dicom.ae_title,
            "bucket": ground.bucket,
            "restore_time": restore_time,
            "retrieved": ground.settings.drill.retrieved,
            "sample": ground.settings.drill.sample,
            "started": f"${{terraform_data.{started.friendly_unique_id}.output}}",
            "storage_id": ground.dicom.storage_id,
            "tenants": [one.told for one in ground.tenants],
        },
        timeout_seconds=7200,
        after=[up.ready],
    )
