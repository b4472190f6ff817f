"""The two hosts of a restore drill, each with what it may read."""

from collections.abc import Mapping
from ipaddress import IPv4Network

from dicom_cdk.payload.host_bundle import FIRST_BOOT, host_bundle
from dicom_cdk.payload.user_data import user_data
from dicom_cdk.service.drill.ground import Ground
from dicom_cdk.service.parts import ram
from dicom_cdk.service.parts.docker_host import Boot, DockerHost
from dicom_cdk.service.parts.machine import Disks, Machine
from dicom_cdk.service.parts.place import Place
from dicom_cdk.service.rooms import archive as room_archive
from dicom_cdk.service.rooms import directory as room_directory
from dicom_cdk.service.rooms.secrets import Held
from dicom_cdk.service.rooms.storage import BACKUP_PREFIX, DUMP_PREFIX


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
