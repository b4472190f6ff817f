"""A host in a scratch folder: bundles in place as launchers leave them, programs of the system are stand-ins that record."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dicom_cdk.payload import Bundle
from dicom_cdk.payload.host_bundle import API_CLIENT, ROOM
from dicom_cdk.rehearsal.machines.kill_session import kill_session
from dicom_cdk.rehearsal.programs import SYSTEM_PATH


@dataclass
class ScratchHost:
    """`root` is the host's /; `environment` is added to every run."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    into: Sequence[str] = ()
    """Stands before every command: where it runs."""

    def __post_init__(self) -> None:
        self.programs.mkdir(parents=True, exist_ok=True)

    @property
    def programs(self) -> Path:
        return self.root.parent / "stand-ins"

    @property
    def calls_file(self) -> Path:
        return self.root.parent / "calls"

    def calls(self) -> list[str]:
        """What was called since `forget`, one `program arguments` each, in order."""
        return self.calls_file.read_text().splitlines() if self.calls_file.exists() else []

    def forget(self) -> None:
        self.calls_file.unlink(missing_ok=True)

    def stand_in(self, name: str, body: str = "") -> None:
        """A program that writes its call down and runs `body`, bash with $HOST_ROOT."""
        file = self.programs / name
        file.write_text(f'#!/bin/bash\nprintf \'%s\\n\' "{name} $*" >>"$HOST_CALLS"\n{body}\n')
        file.chmod(0o755)

    def put(self, path: str, text: str, mode: int = 0o644) -> Path:
        """A file of the host."""
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)
        return file

    def read(self, path: str) -> str:
        return (self.root / path.lstrip("/")).read_text()

    def install(self, bundle: Bundle) -> None:
        """`bundle` in its folder, as a launcher leaves it, without running anything; the base of all with the API client."""
        home = self.root / "opt/dicom" / bundle.room
        for file in bundle.files:
            target = home / bundle.hash12 / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.content)
            target.chmod(file.mode)
        link = home / "current"
        link.unlink(missing_ok=True)
        link.symlink_to(bundle.hash12)
        if bundle.room == ROOM:
            self.install(Bundle.from_assets(API_CLIENT))
            client = link / "alicloud.py"
            client.unlink(missing_ok=True)
            client.symlink_to(f"../../{API_CLIENT}/current/alicloud.py")

    def variables(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        return {
            "PATH": f"{self.programs}:{SYSTEM_PATH}",
            "HOME": str(self.root.parent),
            "DICOM_ROOT": str(self.root),
            "HOST_ROOT": str(self.root),
            "HOST_CALLS": str(self.calls_file),
            "LC_ALL": "C",
            **self.environment,
            **(more or {}),
        }

    def run(
        self, *command: str, text: str | None = None, more: Mapping[str, str] | None = None, limit: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """Runs to the end; `text` is stdin, `more` adds variables. Raises TimeoutExpired, all ended, after `limit`."""
        with subprocess.Popen(
            [*self.into, *command],
            env=self.variables(more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as process:
            try:
                said = process.communicate(text or "", timeout=limit)
            except subprocess.TimeoutExpired:
                kill_session(process.pid)
                raise
        return subprocess.CompletedProcess(process.args, process.returncode, *said)

    def script(
        self, name: str, *arguments: str, room: str = "docker_host", more: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Runs a script of an installed bundle."""
        path = self.root / "opt/dicom" / room / "current" / name
        return self.run("bash", os.fspath(path), *arguments, more={"DICOM_ROOM": room, **(more or {})})
