"""What the collector reads on the hosts, and into which store: one table, held against the files that a rehearsal writes.

A line of `begins` is where an entry starts; what follows and does not match, such as a stack trace, belongs to it.
"""

from dataclasses import dataclass
from typing import Any, Literal

STARTS_WITH_TIME = r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}.*"
"""WildFly's own pattern, `%d{yyyy-MM-dd HH:mm:ss,SSSZ}`, and cloud-init's."""


@dataclass(frozen=True)
class Files:
    """Files of one folder: name pattern, and how an entry begins; None: each line is an entry of JSON."""

    folder: str
    pattern: str
    begins: str | None = ".*"
    depth: int = 0
    """Folders below `folder` that are looked into."""


@dataclass(frozen=True)
class Journal:
    """Units of the systemd journal."""

    units: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """One configuration of the collector; `rooms`: whose hosts have it."""

    name: str
    store: str
    rooms: tuple[Literal["directory", "archive"], ...]
    reads: Files | Journal

    @property
    def input_type(self) -> str:
        return "plugin" if isinstance(self.reads, Journal) else "file"

    @property
    def detail(self) -> dict[str, Any]:
        """The argument `input_detail`."""
        if isinstance(self.reads, Journal):
            about = {"JournalPaths": ["/run/log/journal", "/var/log/journal"], "Units": list(self.reads.units)}
            return {"plugin": {"inputs": [{"type": "service_journal", "detail": about}]}}
        files = {
            "logPath": self.reads.folder,
            "filePattern": self.reads.pattern,
            "maxDepth": self.reads.depth,
            "topicFormat": "none",
            "fileEncoding": "utf8",
            # What cannot be parsed is kept as it is rather than dropped.
            "discardUnmatch": False,
        }
        if self.reads.begins is None:
            return {"logType": "json_log", **files}
        parts = {"logBeginRegex": self.reads.begins, "regex": "(.*)", "key": ["content"]}
        return {"logType": "common_reg_log", **files, **parts}


BOTH: tuple[Literal["directory", "archive"], ...] = ("directory", "archive")
CONTAINERS = "/var/lib/docker/containers"
SOURCES = (
    Source(
        "server-log", "archive", ("archive",), Files("/var/local/dicom/wildfly/log", "server.log", STARTS_WITH_TIME)
    ),
    Source("archive-stdout", "archive", ("archive",), Files(CONTAINERS, "*-json.log", None, depth=1)),
    Source("audit", "audit", ("archive",), Files("/var/log/dicom", "audit.log", r"<\d+>.*")),
    Source("ldap", "directory", ("directory",), Files(CONTAINERS, "*-json.log", None, depth=1)),
    Source("cloud-init", "host", BOTH, Files("/var/log", "cloud-init*.log")),
    Source(
        "units",
        "host",
        BOTH,
        Journal(
            (
                "docker.service",
                "dicom-secrets.service",
                "dicom-directory.service",
                "dicom-archive.service",
                "dicom-ldap-backup.service",
                "dicom-numbers.service",
                "rsyslog.service",
                "cron.service",
            )
        ),
    ),
    Source("health", "health", BOTH, Files("/var/log/dicom", "health.json", None)),
)
"""In no order: each stands for itself."""
