"""A stage as it is now, put back as often as needed: files, containers, database, objects."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dicom_cdk.rehearsal.breaking.states import States
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.stage import Stage

EMPTY_DATABASE = "drop schema public cascade; create schema public authorization pacs"


@dataclass(frozen=True)
class _Container:
    command: list[str]
    environment: dict[str, str]


class Snapshot:
    """Files, containers, database and objects as they are now; `restore` as often as needed."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._kept = stage.folder / "snapshot"
        shutil.rmtree(self._kept, ignore_errors=True)
        self._kept.mkdir()
        self._containers = {path: _running(host) for path, host in stage.hosts.items()}
        _end_containers(stage)
        self._folders = [*(host.root.parent for host in stage.hosts.values()), stage.registry]
        for folder in self._folders:
            _copy(folder, self._kept / folder.name)
        self._objects = dict(stage.api.objects)
        self._tables = stage.database().tables() if stage.has_database else []
        self.states = States(stage, self._folders)

    def restore(self) -> None:
        _end_containers(self._stage)
        for folder in self._folders:
            shutil.rmtree(folder)
            _copy(self._kept / folder.name, folder)
        self._stage.api.objects.clear()
        self._stage.api.objects.update(self._objects)
        if self._stage.has_database and self._stage.database().tables() != self._tables:
            self._stage.database().sql(EMPTY_DATABASE)
        for path, container in self._containers.items():
            if container is not None:
                _start(self._stage.hosts[path], container)
        self.states.begin()


def _copy(source: Path, target: Path) -> None:
    # Not shutil's: a directory's database is a sparse file of a gigabyte.
    subprocess.run(["cp", "-a", "--sparse=always", str(source), str(target)], check=True)


def _pid_file(host: ScratchHost) -> Path:
    return host.root.parent / "container" / "pid"


def _process(host: ScratchHost) -> int | None:
    file = _pid_file(host)
    if not file.exists() or not file.read_text() or not Path(f"/proc/{file.read_text()}/cmdline").exists():
        return None
    return int(file.read_text()) if Path(f"/proc/{file.read_text()}/cmdline").read_bytes() else None


def _running(host: ScratchHost) -> _Container | None:
    process = _process(host)
    if process is None:
        return None
    command, environment = (
        [part.decode() for part in Path(f"/proc/{process}/{name}").read_bytes().split(b"\0") if part]
        for name in ("cmdline", "environ")
    )
    return _Container(command, dict(variable.split("=", 1) for variable in environment))


def _start(host: ScratchHost, container: _Container) -> None:
    # Not a child of ours, as the engine's are not.
    start = 'setsid "$@" </dev/null >>"$0" 2>&1 & printf %s $!'
    log = host.root.parent / "container" / "log"
    done = subprocess.run(
        [*host.into, "sh", "-c", start, str(log), *container.command],
        env=container.environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    _pid_file(host).write_text(done.stdout)


def _end_containers(stage: Stage) -> None:
    for host in stage.hosts.values():
        process = _process(host)
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process, signal.SIGKILL)
            while _process(host) is not None:
                time.sleep(0.01)
