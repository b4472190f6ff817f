"""From bare machine to ready host by nothing but the two carriers, as Terraform would hand them over."""

import base64
import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from dicom_cdk.payload import Bundle
from dicom_cdk.payload.command import Command
from dicom_cdk.payload.host_bundle import API_CLIENT, FIRST_BOOT, PLACED
from dicom_cdk.payload.user_data import user_data
from dicom_cdk.rehearsal.cloud.vendor_api import REGION, VendorApi
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost

pytestmark = pytest.mark.server

SYSTEMCTL = """case "$*" in
  *is-active*) [ -e "$HOST_ROOT/run/docker.pid" ] ;;
  "start docker.service") mkdir -p "$HOST_ROOT/run"; touch "$HOST_ROOT/run/docker.pid" ;;
esac"""


@pytest.fixture
def machine(tmp_path: Path, api: VendorApi) -> ScratchHost:
    """Nothing on it but Ubuntu: no bundle, no engine."""
    host = ScratchHost(tmp_path / "root", {**api.environment(), "DICOM_API_SECONDS": "5", "DICOM_PAUSE": "0.1"})
    for program in ("dpkg", "apt-get", "cloud-init"):
        host.stand_in(program)
    host.stand_in("dpkg-query", '[ -e "$HOST_ROOT/run/docker.pid" ] && printf installed')
    host.put("/etc/hostname", "machine\n")
    host.stand_in("systemctl", SYSTEMCTL)
    host.stand_in("docker", '[ -e "$HOST_ROOT/run/docker.pid" ]')
    api.secrets = {"site/database-g1": os.urandom(8).hex()}
    return host


def first_boot(host: ScratchHost, bundle: Bundle) -> None:
    """What cloud-init does: files, then the command."""
    document = yaml.safe_load(user_data("archive", [bundle], FIRST_BOOT))
    for entry in document["write_files"]:
        content = entry["content"]
        data = base64.b64decode(content) if entry.get("encoding") == "b64" else content.encode()
        host.put(entry["path"], "").write_bytes(data)
    for program, script in document["runcmd"]:
        run = host.run(program, f"{host.root}{script}")
        assert run.returncode == 0, run.stderr


def boot_script(host: ScratchHost, bundle: Bundle) -> Path:
    values = {
        "data_disk_gb": 0,
        "data_disk_id": "",
        "region": REGION,
        "registry": "registry.example.com/dicom",
        "registry_instance_id": "cri-test",
        "secrets": {"database": "site/database-g1"},
    }
    client = Command(Bundle.from_assets(API_CLIENT), PLACED, 300).text.replace("{{values}}", "{}")
    boot = Command(bundle, "boot", 1800).text.replace("{{values}}", json.dumps(values))
    steps = [host.put("/assist/client.sh", client), host.put("/assist/boot.sh", boot)]
    return host.put("/assist/all.sh", "sh {} >/dev/null && exec sh {}\n".format(*steps))


def test_a_bare_machine_becomes_a_ready_host(machine: ScratchHost, api: VendorApi, bundle: Bundle) -> None:
    first_boot(machine, bundle)
    assert api.log == [], "the first boot needs no role"
    run = machine.run("sh", str(boot_script(machine, bundle)))
    assert run.returncode == 0, run.stderr
    assert run.stdout.endswith("host is ready\n")
    assert machine.read("/run/dicom/secrets/database") == api.secrets["site/database-g1"]
    assert (machine.root / "opt/dicom/docker_host/current").readlink() == Path(bundle.hash12)
    health = machine.run("bash", f"{machine.root}/opt/dicom/docker_host/current/health.sh")
    assert "secret database" in health.stdout


def test_the_boot_step_alone_is_enough_when_the_first_boot_never_ran(
    machine: ScratchHost, api: VendorApi, bundle: Bundle
) -> None:
    machine.stand_in("cloud-init", "exit 1")
    run = machine.run("sh", str(boot_script(machine, bundle)))
    assert run.returncode == 0, run.stderr
    assert machine.read("/run/dicom/secrets/database") == api.secrets["site/database-g1"]


def test_after_thirty_days_all_steps_run_again_and_change_nothing(machine: ScratchHost, bundle: Bundle) -> None:
    first_boot(machine, bundle)
    script = boot_script(machine, bundle)
    assert machine.run("sh", str(script)).returncode == 0
    state = {
        path: path.lstat().st_mtime_ns for path in machine.root.rglob("*") if path.is_file() and not path.is_symlink()
    }
    machine.forget()
    assert machine.run("sh", str(script)).returncode == 0
    changed = sorted(
        str(path.relative_to(machine.root)) for path, time_ns in state.items() if path.lstat().st_mtime_ns != time_ns
    )
    assert changed == [
        f"opt/dicom/{room}/{name}" for room in (API_CLIENT, "docker_host") for name in (".lock", "values.json")
    ]
    changing = ("apt-get", "dpkg --", "systemctl start", "systemctl restart", "systemctl daemon-reload")
    assert not [call for call in machine.calls() if call.startswith(changing)]


@pytest.mark.parametrize("delay", [0.05, 0.15, 0.3, 0.5, 0.8])
def test_killed_anywhere_and_run_again_it_still_becomes_ready(
    machine: ScratchHost, api: VendorApi, bundle: Bundle, delay: float
) -> None:
    script = boot_script(machine, bundle)
    with subprocess.Popen(
        ["sh", str(script)], env=machine.variables(), start_new_session=True, stdout=subprocess.DEVNULL
    ) as running:
        time.sleep(delay)
        children = subprocess.run(["pgrep", "-g", str(running.pid)], capture_output=True, text=True).stdout.split()
        for child in children:
            grandchildren = subprocess.run(["pgrep", "-P", child, "timeout"], capture_output=True, text=True).stdout
            for group in grandchildren.split():
                # It may have ended since.
                with suppress(ProcessLookupError):
                    os.killpg(int(group), signal.SIGKILL)
        os.killpg(running.pid, signal.SIGKILL)
    run = machine.run("sh", str(script))
    assert run.returncode == 0, run.stderr
    assert machine.read("/run/dicom/secrets/database") == api.secrets["site/database-g1"]
