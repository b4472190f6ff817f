"""What programs of the hosts say of the payloads before anything runs: cloud-init of user data, compose of compose files."""

import subprocess
from contextlib import suppress
from functools import cache
from tempfile import NamedTemporaryFile

from dicom_cdk.rehearsal.checks import Checks, RoomFailed, expect
from dicom_cdk.rehearsal.programs import need
from dicom_cdk.rehearsal.stage import Stage


def cloud_init(stage: Stage, checks: Checks, room: str) -> None:
    """User data of every host by cloud-init's own schema."""
    with suppress(RoomFailed), checks.check(room, "cloud-init accepts the user data of every host"):
        for path, host in stage.site.hosts.items():
            code, said = _schema(need("cloud-init", "cloud-init"), host.user_data.text)
            expect(code == 0, f"{path}: {said}")


@cache
def _schema(program: str, user_data: str) -> tuple[int, str]:
    """What cloud-init says; it takes a second, and equal documents are told the same."""
    with NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(user_data)
        file.flush()
        done = subprocess.run(
            [program, "schema", "--config-file", file.name],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    return done.returncode, done.stdout + done.stderr


def compose(stage: Stage, checks: Checks, room: str, path: str) -> None:
    """The room's compose file with the settings that its step wrote on the host `path`."""
    with suppress(RoomFailed), checks.check(room, f"compose accepts {room}'s file and settings on {path}"):
        home = stage.hosts[path].root / "opt/dicom" / room
        command = [need("docker-compose", "docker-compose"), "-p", "dcm4chee", "--env-file", str(home / "compose.env")]
        command += ["-f", str(home / "current/compose.yaml"), "config", "-q"]
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False, env={"PATH": "/usr/bin:/bin"}
        )
        expect(done.returncode == 0, done.stderr)
