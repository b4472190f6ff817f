"""What a room's unit runs at boot, on change and at shutdown."""

import json
import os

import pytest

from dicom_cdk.rehearsal.cloud.vendor_api import VendorApi
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost

pytestmark = pytest.mark.server


@pytest.fixture
def machine(host: ScratchHost, api: VendorApi) -> ScratchHost:
    host.stand_in("docker")
    host.put("/opt/dicom/directory/0123456789ab/compose.yaml", "services: {}\n")
    (host.root / "opt/dicom/directory/current").symlink_to("0123456789ab")
    api.secrets = {"site/a": os.urandom(8).hex()}
    host.put("/etc/dicom/secrets.json", json.dumps({"a": "site/a"}))
    return host


def test_up_fetches_missing_secrets_before_it_starts_containers(machine: ScratchHost) -> None:
    machine.stand_in("docker", '[ -s "$HOST_ROOT/run/dicom/secrets/a" ]')
    run = machine.script("room.sh", "up", "directory")
    assert run.returncode == 0, run.stderr
    assert [call.split(" -f ")[1].split(" ", 1)[1] for call in machine.calls()] == ["up -d --wait --remove-orphans"]


def test_without_a_secret_no_container_starts(machine: ScratchHost, api: VendorApi) -> None:
    api.secrets = {}
    run = machine.script("room.sh", "up", "directory")
    assert run.returncode == 1
    assert "a: kms GetSecretValue site/a: HTTP 404" in run.stderr
    assert machine.calls() == []


def test_with_secrets_in_memory_the_vendor_is_not_asked(machine: ScratchHost, api: VendorApi) -> None:
    assert machine.script("room.sh", "up", "directory").returncode == 0
    api.log.clear()
    assert machine.script("room.sh", "up", "directory").returncode == 0
    assert api.log == []


def test_stop_lets_containers_end_and_keeps_them(machine: ScratchHost) -> None:
    assert machine.script("room.sh", "stop", "directory").returncode == 0
    assert [call.rsplit(" ", 1)[1] for call in machine.calls()] == ["stop"]


def test_another_word_is_refused(machine: ScratchHost) -> None:
    run = machine.script("room.sh", "down", "directory")
    assert run.returncode == 1
    assert run.stderr == "directory-down: got 'down', allowed: up, stop\n"
