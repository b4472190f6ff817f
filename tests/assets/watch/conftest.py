"""A host with the bundles of docker_host and watch, its programs stand-ins."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.payload import Bundle
from dicom_cdk.payload.host_bundle import host_bundle
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost

VALUES = {
    "collector_group": "clinic-archive",
    "host": "archive",
    "region": "cn-test",
    "retention_days": 180,
    "room": "archive",
}


def give(host: ScratchHost, room: str = "watch", /, **values: Any) -> None:
    """Values of a room's step, added to those that it has."""
    path = host.root / f"opt/dicom/{room}/values.json"
    had = json.loads(path.read_text()) if path.exists() else {}
    host.put(f"/opt/dicom/{room}/values.json", json.dumps(had | values))


@pytest.fixture
def host(tmp_path: Path) -> ScratchHost:
    host = ScratchHost(tmp_path / "root", {"DICOM_PAUSE": "0.1"})
    host.install(host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat"))
    host.install(Bundle.from_assets("watch"))
    give(host, **VALUES)
    host.stand_in("systemctl", "echo active")
    host.stand_in("timedatectl", "echo yes")
    host.stand_in("docker", "case $1 in ps) echo 'dcm4chee-arc-1 Up 3 hours (healthy)' ;; esac")
    host.stand_in("df", "printf 'Use%%\\n 12%%\\n'")
    host.stand_in("chronyc", "exit 1")
    host.put("/etc/dicom/secrets.json", '{"ldap-root": "x"}')
    host.put("/run/dicom/secrets/ldap-root", "x")
    (host.root / "var/log/dicom").mkdir(parents=True)
    return host
