"""RDS and SAE as a walk meets them: backups that take a while, applications that stop and start, and refusals."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

VERSIONS = {"CreateBackup": "2014-08-15", "DescribeBackupTasks": "2014-08-15"} | dict.fromkeys(
    ("ListApplications", "DescribeApplicationStatus", "StopApplication", "StartApplication"), "2019-05-06"
)
PATHS = {
    "ListApplications": ("GET", "/pop/v1/sam/app/listApplications"),
    "DescribeApplicationStatus": ("GET", "/pop/v1/sam/app/describeApplicationStatus"),
    "StopApplication": ("PUT", "/pop/v1/sam/app/stopApplication"),
    "StartApplication": ("PUT", "/pop/v1/sam/app/startApplication"),
}
BACKUP_STATES = ("NoStart", "Preparing", "Uploading", "Finished")
Answer = tuple[int, Mapping[str, Any]]


@dataclass
class Application:
    """One application of SAE; what it is asked to become it is at the second look."""

    namespace: str
    name: str
    replicas: int = 2
    status: str = "RUNNING"
    running: int = 2
    becomes: str = ""

    def looked_at(self) -> None:
        if self.becomes:
            self.status, self.becomes = self.becomes, ""
            self.running = self.replicas if self.status == "RUNNING" else 0


@dataclass
class Services:
    """State of both. `refuses`: codes by action, answered with 403."""

    applications: list[Application] = field(default_factory=list)
    backups: list[list[str]] = field(default_factory=list)
    """Of each backup, the states that are still to come; the last one stays."""
    refuses: dict[str, str] = field(default_factory=dict)

    def answer(self, action: str, version: str, method: str, path: str, query: Mapping[str, str]) -> Answer | None:
        """None for what is not of these services."""
        if VERSIONS.get(action) != version:
            return None
        if code := self.refuses.get(action):
            return 403, {"Code": code, "Message": "not authorized", "RequestId": "r-1"}
        if (method, path) != PATHS.get(action, ("POST", "/")):
            return 404, {"Code": "InvalidAction.NotFound", "Message": f"{method} {path}"}
        if action == "CreateBackup":
            self.backups.append(list(BACKUP_STATES))
            return 200, {"BackupJobId": str(len(self.backups)), "RequestId": "r-1"}
        if action == "DescribeBackupTasks":
            states = self.backups[int(query["BackupJobId"]) - 1]
            state = states.pop(0) if len(states) > 1 else states[0]
            job = {"BackupJobId": query["BackupJobId"], "BackupId": "9", "BackupStatus": state}
            return 200, {"Items": {"BackupJob": [job]}, "RequestId": "r-1"}
        return self._sae(action, query)

    def _sae(self, action: str, query: Mapping[str, str]) -> Answer:
        if action == "ListApplications":
            found = [one for one in self.applications if one.namespace == query["NamespaceId"]]
            rows = [
                {"AppId": f"id-of-{one.name}", "AppName": one.name, "NamespaceId": one.namespace, "Instances": one.replicas,
                 "RunningInstances": one.running}
                for one in found
            ]  # fmt: skip
            return 200, {"Success": True, "Data": {"Applications": rows}}
        one = next((one for one in self.applications if f"id-of-{one.name}" == query["AppId"]), None)
        if one is None:
            return 404, {"Code": "InvalidAppId.NotFound", "Message": "no such application"}
        if action == "DescribeApplicationStatus":
            one.looked_at()
            return 200, {"Success": True, "Data": {"CurrentStatus": one.status}}
        one.becomes = "STOPPED" if action == "StopApplication" else "RUNNING"
        return 200, {"Success": True, "Data": {"ChangeOrderId": "1"}}
