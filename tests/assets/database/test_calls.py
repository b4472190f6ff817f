"""The host's calls of RDS and SAE, against a vendor on loopback that judges each signature with its own SDK."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.host_bundle import host_bundle
from dicom_cdk.rehearsal.cloud.vendor_api import REGION, Failure, VendorApi, vendor_api
from dicom_cdk.rehearsal.cloud.vendor_walk import Application
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost

pytestmark = pytest.mark.server

NAMESPACE = "cn-test:site"


@pytest.fixture
def api() -> Iterator[VendorApi]:
    with vendor_api() as running:
        yield running


@pytest.fixture
def host(tmp_path: Path, api: VendorApi) -> ScratchHost:
    limits = {"DICOM_API_SECONDS": "2", "DICOM_PAUSE": "0.02", "DICOM_SECONDS": "20", "DICOM_ROLE_SECONDS": "0.1"}
    made = ScratchHost(tmp_path / "root", {**api.environment(), **limits})
    made.install(host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat"))
    made.install(Bundle.from_assets("database"))
    made.put("/etc/dicom/host.json", json.dumps({"region": REGION}))
    api.services.applications = [Application(NAMESPACE, "DicomService"), Application("cn-test:other", "DicomService")]
    return made


def call(host: ScratchHost, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    rooms = host.root / "opt/dicom"
    helpers, script = rooms / "docker_host/current", rooms / "database/current/calls.py"
    return host.run(sys.executable, str(script), str(helpers), *words, more=more)


def test_a_backup_is_asked_for_once_and_waited_for(host: ScratchHost, api: VendorApi) -> None:
    done = call(host, "backup", "pgm-1")
    assert (done.returncode, done.stdout) == (0, "backup 9 of pgm-1 is made\n"), done.stderr
    assert [line for line in api.log if line.startswith("CreateBackup")] == ["CreateBackup Snapshot pgm-1"]
    assert len([line for line in api.log if line.startswith("DescribeBackupTasks")]) == 4
    assert api.refused == []


def test_a_backup_that_is_under_way_already_and_a_throttled_call_are_waited_out(
    host: ScratchHost, api: VendorApi
) -> None:
    api.failures = {
        "CreateBackup": [Failure(409, b'{"Code":"BackupJobExists","Message":"one runs"}'), Failure(503, b"{}")],
        "DescribeBackupTasks": [
            Failure(400, b'{"Code":"Throttling.User","Message":"later"}'),
            Failure(200, b"not json"),
        ],
    }
    assert call(host, "backup", "pgm-1").returncode == 0
    assert len([line for line in api.log if line.startswith("CreateBackup")]) == 3


def test_an_instance_without_snapshots_gets_the_other_kind(host: ScratchHost, api: VendorApi) -> None:
    api.failures = {
        "CreateBackup": [Failure(400, b'{"Code":"InvalidBackupMethod.Malformed","Message":"BackupMethod"}')]
    }
    assert call(host, "backup", "pgm-1").returncode == 0
    assert [line for line in api.log if line.startswith("CreateBackup")][-1] == "CreateBackup Physical pgm-1"


def test_a_failed_backup_is_no_backup(host: ScratchHost, api: VendorApi) -> None:
    api.failures = {
        "DescribeBackupTasks": [Failure(200, b'{"Items":{"BackupJob":[{"BackupJobId":"1","BackupStatus":"Failed"}]}}')]
    }
    done = call(host, "backup", "pgm-1")
    assert (done.returncode, done.stderr) == (1, "calls.py backup: backup 1 of pgm-1 failed\n")


def test_a_backup_that_does_not_end_is_said_with_its_last_state(host: ScratchHost, api: VendorApi) -> None:
    waiting = b'{"Items":{"BackupJob":[{"BackupJobId":"1","BackupStatus":"Uploading"}]}}'
    api.failures = {"DescribeBackupTasks": [Failure(200, waiting)] * 200}
    done = call(host, "backup", "pgm-1", DICOM_SECONDS="1")
    assert done.returncode == 1
    assert done.stderr == "calls.py backup: still waiting for backup 1 of pgm-1; last answer: Uploading\n"


@pytest.mark.parametrize("words", [("backup", "pgm-1"), ("stop", NAMESPACE, "DicomService")])
def test_a_right_that_the_role_lacks_is_told_apart_from_an_error(
    words: tuple[str, ...], host: ScratchHost, api: VendorApi
) -> None:
    api.services.refuses = {"CreateBackup": "Forbidden.RAM", "ListApplications": "Forbidden.RAM"}
    done = call(host, *words)
    assert done.returncode == 3
    assert "refused: " in done.stderr
    assert "HTTP 403 Forbidden.RAM not authorized" in done.stderr
    for hidden in api.hidden():
        assert hidden not in done.stdout + done.stderr


def test_a_right_that_was_given_a_moment_ago_is_waited_for(host: ScratchHost, api: VendorApi) -> None:
    api.failures = {"CreateBackup": [Failure(403, b'{"Code":"Forbidden.RAM","Message":"not yet"}')] * 2}
    assert call(host, "backup", "pgm-1", DICOM_ROLE_SECONDS="60").returncode == 0


def test_an_application_is_stopped_and_started_and_each_again_is_nothing(host: ScratchHost, api: VendorApi) -> None:
    ours, other = api.services.applications
    for _ in range(2):
        done = call(host, "stop", NAMESPACE, "DicomService")
        assert (done.returncode, done.stdout) == (0, "application DicomService is stopped\n"), done.stderr
        assert (ours.status, ours.running) == ("STOPPED", 0)
    for _ in range(2):
        done = call(host, "start", NAMESPACE, "DicomService", "2")
        assert done.stdout == "application DicomService runs with 2 instances\n", done.stderr
    assert [line.split()[0] for line in api.log if line.startswith(("Stop", "Start"))] == [
        "StopApplication",
        "StartApplication",
    ]
    assert (other.status, other.running) == ("RUNNING", 2), "of another namespace"
    assert api.refused == []


def test_another_change_of_the_application_is_waited_for(host: ScratchHost, api: VendorApi) -> None:
    changing = b'{"Success":false,"ErrorCode":"Application.ChangerOrderRunning","Message":"one runs"}'
    api.failures = {"StopApplication": [Failure(200, changing)]}
    assert call(host, "stop", NAMESPACE, "DicomService").returncode == 0
    assert len([line for line in api.log if line.startswith("StopApplication")]) == 2


def test_what_sae_answers_without_success_is_a_refusal_in_its_words(host: ScratchHost, api: VendorApi) -> None:
    api.failures = {"StopApplication": [Failure(200, b'{"Success":false,"ErrorCode":"NoSuch","Message":"gone"}')]}
    done = call(host, "stop", NAMESPACE, "DicomService")
    assert (done.returncode, done.stderr) == (3, "calls.py stop: refused: sae StopApplication: NoSuch gone\n")


def test_an_application_that_is_not_there_needs_no_end_and_has_no_start(host: ScratchHost, api: VendorApi) -> None:
    api.services.applications = []
    done = call(host, "stop", NAMESPACE, "DicomService")
    assert (done.returncode, done.stdout) == (0, f"there is no application DicomService in {NAMESPACE}\n")
    done = call(host, "start", NAMESPACE, "DicomService", "2")
    assert (done.returncode, done.stderr) == (
        1,
        f"calls.py start: there is no application DicomService in {NAMESPACE}\n",
    )


def test_wrong_words_are_answered_with_the_usage(host: ScratchHost) -> None:
    done = call(host, "stop", NAMESPACE)
    assert done.returncode == 1
    assert "calls.py HELPERS stop NAMESPACE NAME" in done.stderr
