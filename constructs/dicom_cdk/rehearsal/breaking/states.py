"""What a stage holds at a moment, as one digest: where two are equal, the next run of a step does the same.

Looked at are the hosts' files, which container runs, what the directories and the database hold, the registry and the vendor's
objects; not what differs without meaning anything: logs of the rehearsal's own, process ids, times and identities of entries.
"""

import hashlib
import os
import re
import stat
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.programs import need
from dicom_cdk.rehearsal.stage import Stage

RECORDS = frozenset({"calls", "container/log", "container/pid", "root/assist/command.sh"})
"""Files beside a host's root that each run writes anew."""
OPERATIONAL = re.compile(
    rb"^(?:# CRC32|# AUTO-GENERATED|(?:entryCSN|contextCSN|entryUUID|createTimestamp|modifyTimestamp):).*\n",
    re.MULTILINE,
)
"""Of entries: when they were written and by which server."""
SETTLED_SECONDS = 0.05
"""A file that old has another time once it is written again: the kernel's clock ticks every few milliseconds."""
CONFIGURATION, DIRECTORY = "slapd.d", "data.mdb"


class States:
    """Digests of `stage`, whose `folders` hold everything that is kept in files."""

    def __init__(self, stage: Stage, folders: Sequence[Path]) -> None:
        self._stage, self._folders = stage, tuple(folders)
        self._contents: dict[tuple[str, int, int], bytes] = {}
        self._processes: dict[str, str] = {}
        self._dump = b""

    def begin(self) -> None:
        """The state that is come back to: these processes of containers are its own, and this is in the database."""
        self._processes = {path: _process(host) for path, host in self._stage.hosts.items()}
        if self._stage.has_database and not self._dump:
            self._dump = self._stage.database().dump()

    def now(self, *, database: bool) -> str:
        """`database`: whether it is asked too, which takes as long as a dump; else it holds what it held at first."""
        digest = hashlib.sha256()
        for folder in self._folders:
            for name, status in _files(folder):
                relative = name[len(str(folder)) + 1 :]
                if relative not in RECORDS and not relative.endswith("lock.mdb"):
                    digest.update(f"{relative}\0{status.st_mode:o}\0".encode() + self._content(name, status))
        for path, host in sorted(self._stage.hosts.items()):
            process = _process(host)
            own = process == self._processes.get(path)
            digest.update(f"{path} {'as at first' if own else 'another' if process.isdigit() else process}".encode())
        api = self._stage.api
        digest.update(repr((sorted(api.objects.items()), api.services)).encode())
        digest.update(self._stage.database().dump() if database and self._stage.has_database else self._dump)
        return digest.hexdigest()

    def _content(self, name: str, status: os.stat_result) -> bytes:
        if stat.S_ISLNK(status.st_mode):
            return str(Path(name).readlink()).encode()
        if not stat.S_ISREG(status.st_mode):
            return b""
        key = (name, status.st_size, status.st_mtime_ns)
        if key not in self._contents or time.time() - status.st_mtime < SETTLED_SECONDS:
            self._contents[key] = _read(Path(name))
        return self._contents[key]


def _files(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Everything below a folder in one order, the folders too."""
    waiting = [str(folder)]
    while waiting:
        try:
            entries = sorted(os.scandir(waiting.pop()), key=lambda entry: entry.name)
        except FileNotFoundError:
            continue
        for entry in entries:
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            yield entry.path, status
            if stat.S_ISDIR(status.st_mode):
                waiting.append(entry.path)


def _read(file: Path) -> bytes:
    if file.name == DIRECTORY:
        return hashlib.sha256(_entries(file)).digest()
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return b"gone"
    return hashlib.sha256(OPERATIONAL.sub(b"", content) if CONFIGURATION in file.parts else content).digest()


def _entries(file: Path) -> bytes:
    """What a directory's file holds; slapcat reads it beside the server."""
    host = next(parent for parent in file.parents if (parent / "container").is_dir())
    configuration = host / "container/etc/openldap" / CONFIGURATION
    done = subprocess.run(
        [need("slapcat", "slapd"), "-F", str(configuration), "-n", "1"], capture_output=True, check=False
    )
    return b"%d" % done.returncode + OPERATIONAL.sub(b"", done.stdout)


def _process(host: ScratchHost) -> str:
    """The process of a host's container while it goes on."""
    try:
        process = (host.root.parent / "container/pid").read_text()
        running = bool(process) and bool(Path(f"/proc/{process}/cmdline").read_bytes())
    except OSError:
        return "none"
    return process if running else "ended"
