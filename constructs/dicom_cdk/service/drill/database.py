"""How a restore drill comes by what the database held: the password of a clone, or a dump into an empty database."""

from collections.abc import Sequence

from cdktf import ITerraformDependable

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.templates import asset
from dicom_cdk.service.drill.ground import Ground
from dicom_cdk.service.drill.steps import Connection
from dicom_cdk.service.parts.docker_host import DockerHost
from dicom_cdk.service.parts.host_step import HostStep
from dicom_cdk.service.rooms.storage import DUMP_PREFIX

RESTORED_BY = ("database.sh", "restore.sh")
"""Files of room recovery that put a dump into a database."""
DUMP_SECONDS = 43200


def password(ground: Ground, host: DockerHost, name: str) -> HostStep:
    """The site's database password on `host`; apart from the boot step, whose command has no room for names of two buckets."""
    return HostStep(
        ground.scope,
        "database-password",
        host=host,
        bundle=Bundle.from_assets("drill", only=("password.sh",)),
        entry="password",
        values={"held_as": name},
        timeout_seconds=300,
        after=ground.secrets.roles["archive"].grants,
    )


def from_dump(
    ground: Ground,
    host: DockerHost,
    connection: Connection,
    dump: str,
    *,
    after: Sequence[ITerraformDependable],
) -> HostStep:
    """The database filled from `dump`, by what restores it after a region was lost."""
    restoring = {name: (asset("recovery") / name).read_bytes() for name in RESTORED_BY}
    return HostStep(
        ground.scope,
        "database-from-dump",
        host=host,
        bundle=Bundle.from_assets("drill", only=("from_dump.sh",), extra=restoring),
        entry="from_dump",
        values={
            **connection,
            "bucket": ground.operations,
            "dump": dump,
            "image": ground.images["postgres"],
            "prefix": DUMP_PREFIX,
        },
        timeout_seconds=DUMP_SECONDS,
        after=after,
    )
