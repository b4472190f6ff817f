"""What a restore drill runs on its hosts, in this order: the directory from its backup, the archive, what looks at them."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network

from cdktf import ITerraformDependable, TerraformResource

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.service.drill.ground import Ground
from dicom_cdk.service.parts.docker_host import DockerHost
from dicom_cdk.service.parts.host_step import HostStep
from dicom_cdk.service.rooms import archive as room_archive
from dicom_cdk.service.rooms import archive_tenants
from dicom_cdk.service.rooms.storage import BACKUP_PREFIX

NOWHERE = "ldap://127.0.0.1:9"
"""Where the restored directory looks for its peer: the room's own configuration has one always, and here it is never there."""
Connection = Mapping[str, object]
"""What a host step is told of the database: database_host and so on, as room database tells it."""


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
