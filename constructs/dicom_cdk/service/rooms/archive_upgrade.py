"""The walk from the release that a site lives with to the one that it asks for, as host steps in Terraform's order.

Both directory nodes run the new image by then, with its schema; archives of before go on with that. After the walk nothing
older starts.
"""

from collections.abc import Mapping

from cdktf import ITerraformDependable
from constructs import Construct

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.releases.path import Path
from dicom_cdk.service.parts.host_step import HostStep, StepHost
from dicom_cdk.service.rooms.directory import Directory


def walk(
    scope: Construct,
    path: Path,
    *,
    host: StepHost,
    sql: Mapping[str, object],
    directory: Directory,
    after: list[ITerraformDependable],
) -> list[ITerraformDependable]:
    """Backups of the directory, the SQL updates on `host`, the directory's data; gives what has to be waited for.

    `sql`: the values of the schema step. Adds nothing where `path` changes neither schema nor data.
    """
    if path.rolling:
        return after
    done = directory.back_up([*directory.ready, *after])
    if path.sql:
        done = [
            HostStep(
                scope,
                "upgrade",
                host=host,
                bundle=Bundle.from_assets("database", only=("upgrade.sh", "sql.sh")),
                entry="upgrade",
                values={
                    **sql,
                    "updates": [f"{each.name}={each.marker}" for each in path.sql],
                    "upgrade_from": path.old,
                    "upgrade_to": path.new,
                },
                timeout_seconds=3600,
                after=done,
            ).ready
        ]
    return [directory.update(path.ldap, done)] if path.ldap else done
