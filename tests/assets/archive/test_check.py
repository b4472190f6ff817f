"""Step `check`: the storage is where it belongs, archives know it, a query answers."""

import subprocess

import pytest

from dicom_cdk.rehearsal.scratch_host import ScratchHost
from tests.assets.archive.conftest import LoopbackArchive, calls, directory, give

pytestmark = pytest.mark.server

STATUS, RELOAD = "GET /dcm4chee-arc/ctrl/status", "POST /dcm4chee-arc/ctrl/reload"
QUERY = "GET /dcm4chee-arc/aets/DCM4CHEE/rs/patients"


def check(host: ScratchHost, **more: str) -> "subprocess.CompletedProcess[str]":
    return host.script("check.sh", room="archive", more=more)


def test_an_archive_that_began_after_the_last_change_is_only_asked(host: ScratchHost, archive: LoopbackArchive) -> None:
    for _ in range(2):
        archive.log.clear()
        host.forget()
        done = check(host)
        assert done.returncode == 0, done.stderr
        assert archive.log == [STATUS, QUERY]
        assert calls(host)[-1] == "docker inspect -f {{.State.StartedAt}} c0ffee"
    assert "began after the last change" in done.stdout
    assert "storage alicloud-oss is set" in done.stdout


@pytest.mark.parametrize("changed", ["storage", "title"])
def test_a_later_change_of_storage_or_ae_title_makes_it_read_anew(
    changed: str, host: ScratchHost, archive: LoopbackArchive
) -> None:
    attributes = {"dcmStorageID": "alicloud-oss", "dcmObjectStorageID": "alicloud-oss"}
    directory(host, **{changed: {**attributes, "modifyTimestamp": "20260102030405Z"}})
    done = check(host)
    assert done.returncode == 0, done.stderr
    assert archive.log == [STATUS, RELOAD, STATUS, QUERY]


def test_news_of_the_storage_step_makes_it_read_anew_once(host: ScratchHost, archive: LoopbackArchive) -> None:
    host.put("/run/dicom/storage.changed", "")
    assert check(host).returncode == 0
    assert archive.log == [STATUS, RELOAD, STATUS, QUERY]
    archive.log.clear()
    assert check(host).returncode == 0
    assert archive.log == [STATUS, QUERY]


def test_every_ae_title_of_the_site_is_looked_at(host: ScratchHost) -> None:
    give(host, ae_titles=["DCM4CHEE", "RESEARCH"])
    done = check(host)
    assert done.returncode == 1
    assert "archive-check: AE title RESEARCH is not in the directory" in done.stderr


def test_every_peer_reads_anew_and_one_that_is_not_there_yet_is_said(
    host: ScratchHost, archive: LoopbackArchive
) -> None:
    give(host, peer_archives=[archive.url, "http://127.0.0.1:1"])
    done = check(host)
    assert done.returncode == 0, done.stderr
    assert archive.log == [STATUS, STATUS, RELOAD, QUERY]
    assert "no archive at http://127.0.0.1:1 yet" in done.stdout


def test_a_lost_storage_entry_is_an_error_that_says_which_step_mends_it(
    host: ScratchHost, archive: LoopbackArchive
) -> None:
    directory(host, storage=None)
    done = check(host)
    assert done.returncode == 1
    assert "archive-check: storage alicloud-oss is not in the directory (ldapsearch ended with 32)" in done.stderr
    assert "terraform apply -replace" in done.stderr
    assert archive.log == []


def test_an_ae_title_that_stores_elsewhere_is_an_error(host: ScratchHost) -> None:
    directory(host, title={"dcmObjectStorageID": "fs1", "modifyTimestamp": "20260101000000Z"})
    done = check(host)
    assert done.returncode == 1
    assert "archive-check: AE title DCM4CHEE does not store to alicloud-oss" in done.stderr


def test_an_unknown_ae_title_is_an_error_of_the_settings(host: ScratchHost) -> None:
    give(host, ae_title="OTHER")
    done = check(host)
    assert done.returncode == 1
    assert "AE title OTHER is not in the directory" in done.stderr
    assert "correct archive.ae_title or gateway.ae_titles" in done.stderr


def test_a_directory_that_does_not_answer_is_waited_for_until_the_deadline(host: ScratchHost) -> None:
    host.stand_in("ldapsearch", 'echo "ldap_sasl_bind(SIMPLE): Can\'t contact LDAP server (-1)" >&2; exit 255')
    done = check(host, DICOM_SECONDS="2")
    assert done.returncode == 1
    assert "still waiting for device dcm4chee-arc in the directory at ldap://172.18.92.189:389" in done.stderr
    assert "Can't contact LDAP server" in done.stderr


def test_a_query_that_fails_is_waited_for_until_the_deadline(host: ScratchHost, archive: LoopbackArchive) -> None:
    archive.query_status = 500
    done = check(host, DICOM_SECONDS="2")
    assert done.returncode == 1
    assert "still waiting for a query of patients (does the database answer?); last answer: HTTP 500" in done.stderr


def test_an_empty_archive_answers_queries_too(host: ScratchHost, archive: LoopbackArchive) -> None:
    archive.query_status = 204
    assert check(host).returncode == 0


@pytest.mark.parametrize("key", ["ldap_url", "base_dn", "device_name", "ae_title", "storage_id"])
def test_a_missing_value_stops_it_by_name(key: str, host: ScratchHost) -> None:
    give(host, **{key: None})
    done = check(host)
    assert done.returncode == 1
    assert f"archive-check: no value '{key}' in" in done.stderr


def test_without_the_directorys_password_it_stops(host: ScratchHost) -> None:
    (host.root / "run/dicom/secrets/ldap-root").unlink()
    done = check(host)
    assert (done.returncode, host.calls()) == (1, [])
    assert "secret 'ldap-root' is not in" in done.stderr


def test_a_reload_that_the_archive_answers_with_500_is_repeated(host: ScratchHost, archive: LoopbackArchive) -> None:
    host.put("/run/dicom/storage.changed", "")
    archive.reloads = [500, 500]
    done = check(host)
    assert done.returncode == 0, done.stderr
    assert archive.log == [STATUS, RELOAD, RELOAD, RELOAD, STATUS, QUERY]


def test_a_reload_that_never_works_is_said_with_its_status(host: ScratchHost, archive: LoopbackArchive) -> None:
    host.put("/run/dicom/storage.changed", "")
    archive.reloads = [500] * 200
    done = check(host, DICOM_SECONDS="2")
    assert done.returncode == 1
    assert (
        "still waiting for the archive on port 8080 to read its configuration anew; last answer: HTTP 500"
        in done.stderr
    )
    assert (host.root / "run/dicom/storage.changed").exists()
