"""The boot step: after the first boot, mends, mounts, writes what the host knows, fetches secrets."""

import json
import os
import shutil
import stat
import subprocess

import pytest

from dicom_cdk.rehearsal.cloud.vendor_api import REGION, VendorApi
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost

pytestmark = pytest.mark.server

VALUES = {
    "data_disk_gb": 0,
    "data_disk_id": "",
    "region": REGION,
    "registry": "registry.example.com/dicom",
    "registry_instance_id": "cri-test",
    "secrets": {"ldap-root": "site/ldap-root-g1"},
}


@pytest.fixture
def machine(host: ScratchHost, api: VendorApi) -> ScratchHost:
    """A machine whose first boot went well; setup.sh has its own tests."""
    api.secrets = {"site/ldap-root-g1": os.urandom(8).hex()}
    setup = host.root / "opt/dicom/docker_host/current/setup.sh"
    setup.unlink()
    setup.write_text('echo setup >>"$HOST_CALLS"\n')
    (host.root / "etc/dicom/host.json").unlink()
    host.stand_in("cloud-init")
    host.stand_in("systemctl")
    host.put("/opt/dicom/docker_host/values.json", json.dumps(VALUES))
    return host


def boot(host: ScratchHost) -> subprocess.CompletedProcess[str]:
    return host.script("boot.sh")


def test_the_first_boot_is_waited_for_then_everything_is_in_place(machine: ScratchHost, api: VendorApi) -> None:
    run = boot(machine)
    assert run.returncode == 0, run.stderr
    assert machine.calls() == [
        "cloud-init status --wait",
        "setup",
        "systemctl daemon-reload",
        "systemctl enable --quiet dicom-secrets.service",
    ]
    assert json.loads(machine.read("/etc/dicom/secrets.json")) == VALUES["secrets"]
    assert json.loads(machine.read("/etc/dicom/host.json")) == {k: v for k, v in VALUES.items() if k != "secrets"}
    assert stat.S_IMODE((machine.root / "etc/dicom/secrets.json").stat().st_mode) == 0o600
    assert machine.read("/run/dicom/secrets/ldap-root") == api.secrets["site/ldap-root-g1"]
    assert str((machine.root / "usr/local/bin/dicom-health").readlink()) == "/opt/dicom/docker_host/current/health.sh"
    unit = machine.read("/etc/systemd/system/dicom-secrets.service")
    assert "ExecStart=/usr/bin/python3 /opt/dicom/docker_host/current/alicloud.py secrets\n" in unit
    assert run.stdout.endswith("secrets: 1 fetched, 0 in memory already\nhost is ready\n")
    assert api.secrets["site/ldap-root-g1"] not in run.stdout + run.stderr


def test_secrets_of_a_bucket_are_named_once_by_bucket_and_fetched(machine: ScratchHost, api: VendorApi) -> None:
    secret = "oss://site-1-secrets/site/ldap-root-g1"
    api.secrets = {secret: os.urandom(8).hex()}
    machine.put("/opt/dicom/docker_host/values.json", json.dumps({**VALUES, "secrets_in": "oss://site-1-secrets/"}))
    run = boot(machine)
    assert run.returncode == 0, run.stderr
    assert json.loads(machine.read("/etc/dicom/secrets.json")) == {"ldap-root": secret}
    assert "secrets_in" not in machine.read("/etc/dicom/host.json")
    assert machine.read("/run/dicom/secrets/ldap-root") == api.secrets[secret]


def test_a_second_run_writes_nothing_anew(machine: ScratchHost) -> None:
    assert boot(machine).returncode == 0
    files = ("etc/dicom/secrets.json", "etc/dicom/host.json", "run/dicom/secrets/ldap-root")
    before = [(machine.root / file).stat().st_ino for file in files]
    machine.forget()
    run = boot(machine)
    assert run.returncode == 0
    assert [(machine.root / file).stat().st_ino for file in files] == before
    assert "wrote" not in run.stdout
    assert "systemctl daemon-reload" not in machine.calls()


@pytest.mark.parametrize("rc", [0, 2])
def test_cloud_init_that_ended_well_or_with_warnings_is_no_matter(machine: ScratchHost, rc: int) -> None:
    machine.stand_in("cloud-init", f"exit {rc}")
    run = boot(machine)
    assert run.returncode == 0
    assert "cloud-init ended" not in run.stdout


def test_after_a_failed_first_boot_set_up_is_done_again_and_decides(machine: ScratchHost) -> None:
    machine.stand_in("cloud-init", "exit 1")
    run = boot(machine)
    assert run.returncode == 0
    assert "cloud-init ended with 1, setting up again; see /var/log/cloud-init-output.log\n" in run.stdout
    machine.put("/opt/dicom/docker_host/current/setup.sh", "echo 'setup: no engine' >&2; exit 1\n")
    run = boot(machine)
    assert run.returncode == 1
    assert "setup: no engine\n" in run.stderr
    assert "boot: line " in run.stderr


def test_an_absent_secret_fails_the_step_with_its_name(machine: ScratchHost, api: VendorApi) -> None:
    api.secrets = {}
    run = boot(machine)
    assert run.returncode == 1
    assert "alicloud.py secrets: ldap-root: kms GetSecretValue site/ldap-root-g1: HTTP 404" in run.stderr
    assert "host is ready" not in run.stdout


def test_values_without_secrets_fail_and_leave_the_old_files(machine: ScratchHost) -> None:
    assert boot(machine).returncode == 0
    machine.put("/opt/dicom/docker_host/values.json", '{"region": "x"}')
    run = boot(machine)
    assert run.returncode == 1
    assert "KeyError: 'secrets'" in run.stderr
    assert json.loads(machine.read("/etc/dicom/host.json"))["region"] == REGION


DISK_ID = "d-0123456789abcdef0123"


@pytest.fixture
def volume(machine: ScratchHost) -> ScratchHost:
    """A machine with an empty volume attached."""
    machine.put("/opt/dicom/docker_host/values.json", json.dumps({**VALUES, "data_disk_id": DISK_ID}))
    device = machine.put("/dev/vdb", "\0" * 4096)
    link = machine.root / "dev/disk/by-id" / f"virtio-{DISK_ID[2:]}"
    link.parent.mkdir(parents=True)
    link.symlink_to(device)
    machine.put("/etc/fstab", "UUID=root / ext4 defaults 0 1\n")
    machine.stand_in("mountpoint", '[ -e "$HOST_ROOT/mounted" ]')
    machine.stand_in("mount", 'touch "$HOST_ROOT/mounted"')
    known = 'grep -q "[a-z]" "${@: -1}" || exit 2; case $* in *UUID*) echo 11-22 ;; *) cat "${@: -1}" ;; esac'
    machine.stand_in("blkid", known)
    machine.stand_in("mkfs.ext4", 'printf ext4 >"${@: -1}"')
    machine.stand_in("resize2fs")
    return machine


def work(host: ScratchHost) -> list[str]:
    return [call for call in host.calls() if call.startswith(("mkfs", "mount ", "resize2fs"))]


def test_an_empty_volume_is_formatted_and_mounted_once(volume: ScratchHost) -> None:
    device, data = f"{volume.root}/dev/vdb", f"{volume.root}/var/local/dicom"
    run = boot(volume)
    assert run.returncode == 0, run.stderr
    assert work(volume) == [f"mkfs.ext4 -q -L dicom-data {device}", f"mount {data}", f"resize2fs {device}"]
    fstab = volume.read("/etc/fstab")
    assert fstab == (
        "UUID=root / ext4 defaults 0 1\n"
        "UUID=11-22 /var/local/dicom ext4 defaults,nofail,x-systemd.device-timeout=60 0 2\n"
    )
    volume.forget()
    assert boot(volume).returncode == 0
    assert work(volume) == [f"resize2fs {device}"]
    assert volume.read("/etc/fstab") == fstab


def test_a_volume_with_data_is_mounted_never_formatted(volume: ScratchHost) -> None:
    volume.put("/dev/vdb", "ext4")
    assert boot(volume).returncode == 0
    assert not [call for call in work(volume) if call.startswith("mkfs")]
    assert (volume.root / "mounted").exists()


@pytest.mark.parametrize(("content", "words"), [("xfs", "'xfs'"), ("\n" * 4096, "something unknown")])
def test_a_volume_with_something_else_is_left_alone(volume: ScratchHost, content: str, words: str) -> None:
    volume.put("/dev/vdb", content)
    run = boot(volume)
    assert run.returncode == 1
    assert f"data: volume {DISK_ID} holds {words}, allowed: nothing or ext4; it is left as it is\n" in run.stderr
    assert work(volume) == []


def test_a_volume_that_cannot_be_read_is_not_taken_for_an_empty_one(volume: ScratchHost) -> None:
    volume.stand_in("blkid", "exit 4")
    run = boot(volume)
    assert run.returncode == 1
    assert "it is left as it is" in run.stderr
    # As when the device cannot be opened.
    volume.stand_in("blkid", "exit 2")
    volume.stand_in("cmp", f'case "$*" in *vdb*) exit 2 ;; *) exec {shutil.which("cmp")} "$@" ;; esac')
    run = boot(volume)
    assert run.returncode == 1
    assert f"data: volume {DISK_ID} cannot be read, and is left as it is; see: journalctl -k\n" in run.stderr
    assert work(volume) == []


def test_data_on_the_system_disk_is_never_hidden_by_a_new_volume(volume: ScratchHost) -> None:
    volume.put("/var/local/dicom/ldap/data.mdb", "x")
    run = boot(volume)
    assert run.returncode == 1
    assert f"holds data on the system disk, the volume {DISK_ID} would hide it; move it" in run.stderr
    assert work(volume) == []


def test_killed_between_formatting_and_mounting_a_second_run_finishes(volume: ScratchHost) -> None:
    volume.stand_in("mount", "kill -9 $PPID")
    assert boot(volume).returncode != 0
    volume.stand_in("mount", 'touch "$HOST_ROOT/mounted"')
    volume.forget()
    assert boot(volume).returncode == 0
    assert [call.split()[0] for call in work(volume)] == ["mount", "resize2fs"]
    assert volume.read("/etc/fstab").count("/var/local/dicom") == 1


def test_a_volume_that_does_not_appear_is_named_at_the_deadline(volume: ScratchHost) -> None:
    (volume.root / "dev/disk/by-id" / f"virtio-{DISK_ID[2:]}").unlink()
    run = volume.script("boot.sh", more={"DICOM_SECONDS": "2", "DICOM_PAUSE": "1"})
    assert run.returncode == 1
    assert f"data: still waiting for disk {DISK_ID}; last answer: no /dev/disk/by-id/*{DISK_ID[2:]}\n" in run.stderr
