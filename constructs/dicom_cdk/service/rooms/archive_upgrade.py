"""The walk from the release that a site lives with to the one that it asks for, as host steps in Terraform's order.

Both directory nodes run the new image by then, with its schema; archives of before go on with that. After the walk nothing
older starts.
"""

from collections.abc import Mapping

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_alicloud.ecs_invocation import EcsInvocation
from constructs import Construct

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.releases.path import Path, path
from dicom_cdk.service.dicom import Dicom
from dicom_cdk.service.parts import ram
from dicom_cdk.service.parts.host_step import HostStep, StepHost
from dicom_cdk.service.rooms.database import Database
from dicom_cdk.service.rooms.directory import Directory
from dicom_cdk.service.rooms.platform import Platform
from dicom_cdk.settings.models import archive as settings_archive

CALLS = "calls.py"
SHARED = ("sql.sh", "there.sh", CALLS)
DRAIN = ("drain.sh", "tasks.py", "asked.py", "sql.sh", "there.sh")


class Walk:
    """What the archive's host does for `path`, before the new archive starts and after; nothing where there is none, or where the
    schema stays.
    """

    path: Path | None
    """None for a site whose release does not change."""

    def __init__(
        self, path: Path | None, *, host: StepHost, platform: Platform, dicom: Dicom, told: Mapping[str, object]
    ) -> None:
        """`told`: the values of the schema step, and for a site with a shared folder what is copied out of it."""
        self.path, self._host, self._platform, self._dicom = path, host, platform, dicom
        self._told = {**told, "ae_title": dicom.ae_title} | (
            {"upgrade_from": path.old, "upgrade_to": path.new} if path else {}
        )

    @classmethod
    def of(
        cls,
        settings: settings_archive.Archive,
        *,
        host: StepHost,
        platform: Platform,
        dicom: Dicom,
        told: Mapping[str, object],
    ) -> "Walk":
        """From `archive.upgrade_from` to the site's release."""
        new = settings.behaves_like or settings.version
        found = path(settings.upgrade_from, new) if settings.upgrade_from is not None else None
        return cls(found, host=host, platform=platform, dicom=dicom, told=told)

    @property
    def stops(self) -> bool:
        """Whether every archive stops meanwhile."""
        return self.path is not None and bool(self.path.sql)

    @property
    def rolling(self) -> bool:
        """Whether the release changes without a stop: one archive after the other."""
        return self.path is not None and self.path.rolling

    @property
    def values(self) -> dict[str, object]:
        """What the archive's own steps are told of it."""
        return {"walked_from": self.path.old} if self.path and self.stops else {}

    def before_start(self, scope: Construct, database: Database, directory: Directory) -> list[ITerraformDependable]:
        """Backups of directory and database, the SQL updates with every archive stopped, the directory's data; gives what has to
        be waited for.
        """
        path, ready = self.path, [database.ready]
        if path is None or not (path.sql or path.ldap):
            return [*ready]
        done = directory.back_up([*directory.ready, *ready])
        if path.sql:
            role = self._platform.secrets.roles["archive"]
            self._grant(scope, role, database.instance_id)
            given = {**self._told, "instance": database.instance_id}
            saved = self._step(scope, "backup", "backup.sh", *SHARED, values=given, after=[role.grants[-1], *ready])
            told = {
                **self._told,
                "application": self._dicom.application,
                "namespace_id": self._dicom.namespace_id,
                "updates": [f"{each.name}={each.marker}" for each in path.sql],
            }
            drained = self._step(scope, "drain", *DRAIN, values=self._told, after=[*done, saved])
            done = [self._step(scope, "upgrade", "upgrade.sh", *SHARED, values=told, after=[drained])]
        return [directory.update(path.ldap, done)] if path.ldap else done

    def before_change(self, scope: Construct, after: list[ITerraformDependable]) -> list[ITerraformDependable]:
        """Where no SQL stops every archive: the tasks that this one is at end before its container changes."""
        return [self._step(scope, "drain", "drain.sh", "tasks.py", values={}, after=after)] if self.rolling else after

    def after_start(self, scope: Construct, after: list[ITerraformDependable]) -> list[ITerraformDependable]:
        """The new archive has what the old one had: a query, a store, some images."""
        if not self.stops:
            return after
        files = ("walked.sh", "walked.py", "asked.py")
        return [self._step(scope, "walked", *files, values=self._told, after=after)]

    def _step(
        self,
        scope: Construct,
        entry: str,
        *files: str,
        values: Mapping[str, object],
        after: list[ITerraformDependable],
    ) -> EcsInvocation:
        return HostStep(
            scope,
            entry,
            host=self._host,
            bundle=Bundle.from_assets("database", only=files),
            entry=entry,
            values=values,
            timeout_seconds=3600,
            after=after,
        ).ready

    def _grant(self, scope: Construct, role: ram.Role, instance_id: str) -> None:
        """A backup of this instance, and the end and the start of the DICOMweb tier; the tier's id is not known this early."""
        site = self._platform.site
        place = f"{site.region}:{site.account_id}"
        ram.grant(
            scope,
            "walk",
            role=role,
            name=f"{site.name}-archive-walk",
            statements=[
                ram.allow(
                    ["rds:CreateBackup", "rds:DescribeBackupTasks"], [f"acs:rds:{place}:dbinstance/{instance_id}"]
                ),
                ram.allow(
                    ["sae:StopApplication", "sae:StartApplication", "sae:DescribeApplicationStatus"],
                    [f"acs:sae:{place}:application/{self._dicom.namespace_id}/*"],
                ),
                ram.allow(["sae:ListApplications"], [f"acs:sae:{place}:*"]),
            ],
        )


def start_again(
    scope: Construct, *, host: StepHost, dicom: Dicom, replicas: int, after: list[ITerraformDependable]
) -> ITerraformDependable:
    """The DICOMweb tier that the walk stopped runs again, once `after` has given it its new image."""
    return HostStep(
        scope,
        "resume",
        host=host,
        bundle=Bundle.from_assets("database", only=("resume.sh", CALLS)),
        entry="resume",
        values={"application": dicom.application, "namespace_id": dicom.namespace_id, "replicas": replicas},
        timeout_seconds=1800,
        after=after,
    ).ready
