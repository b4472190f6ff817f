"""The step before a host's boot step: brings the API client, and looks whether this host's Python reads it."""

from pathlib import Path

import pytest

from dicom_cdk.payload import Bundle
from dicom_cdk.payload.command import Command
from dicom_cdk.payload.host_bundle import API_CLIENT, PLACED
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost

pytestmark = pytest.mark.server


def placed(host: ScratchHost) -> tuple[int, str, str]:
    command = Command(Bundle.from_assets(API_CLIENT), PLACED, 300).text.replace("{{values}}", "{}")
    run = host.run("sh", str(host.put("/assist/command.sh", command)))
    return run.returncode, run.stdout, run.stderr


def test_a_bare_machine_gets_the_client_before_anything_else_is_there(tmp_path: Path) -> None:
    host = ScratchHost(tmp_path / "root")
    assert placed(host) == (0, "the client of the vendor's APIs is here\n", "")
    assert host.read(f"/opt/dicom/{API_CLIENT}/current/alicloud.py").startswith("#!/usr/bin/env python3\n")
    assert not (host.root / "opt/dicom/docker_host").exists()
    assert placed(host)[0] == 0, "a second time"


def test_a_host_whose_python_does_not_read_it_is_told_which_is_needed(tmp_path: Path) -> None:
    host = ScratchHost(tmp_path / "root")
    assert placed(host)[0] == 0
    host.stand_in(
        "python3", 'case $1 in -V) echo "Python 3.6.9" ;; *) echo "SyntaxError: invalid syntax" >&2; exit 1 ;; esac'
    )
    code, _, said = placed(host)
    assert code == 1
    assert (
        "api_client: the host's Python 3.6.9 cannot read alicloud.py, 3.10 is needed; choose an image_id of Ubuntu 22.04 or later"
    ) in said
