"""Step `check`: the storage is where it belongs, archives know it, a query answers."""

import subprocess

import pytest

from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from tests.assets.archive.conftest import DEVICE, DIRECTORY, ENGINE, LoopbackArchive, calls, directory, give, holds

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
        assert "docker inspect -f {{.State.StartedAt}} c0ffee" in calls(host)
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


def test_a_lost_storage_entry_is_an_error_that_says_which_step_mends_it(
    host: ScratchHost, archive: LoopbackArchive
) -> None:
    directory(host, storage=None)
    done = check(host)
    assert done.returncode == 1
    assert "archive-check: storage alicloud-oss is not in the directory; the step that writes it" in done.stderr
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


SOCKETS = """  sl  local_address rem_address   st
   0: 00000000:2B68 00000000:0000 0A
   1: 0100007F:0A0F 0100007F:AC1A 01
"""
"""/proc/net/tcp: 11112 listens, 2575 is only spoken on."""


def connections(host: ScratchHost, **ports: str) -> None:
    holds(host, {f"cn={name.replace('_', '-')},{DEVICE}": {"dicomPort": port} for name, port in ports.items()})


def test_a_port_that_a_reload_left_closed_is_noticed_and_the_reload_repeated(
    host: ScratchHost, archive: LoopbackArchive
) -> None:
    connections(host, dicom="11112", hl7="2575")
    host.put("/sockets", SOCKETS)
    host.put("/run/dicom/storage.changed", "")
    done = check(host, DICOM_SECONDS="2")
    assert done.returncode == 1
    assert (
        "still waiting for the archive to listen on the ports of its connections; last answer: closed: 2575 (hl7)"
        in done.stderr
    )
    assert QUERY not in archive.log
    archive.log.clear()

    def the_second_one_opens_it() -> None:
        if archive.log.count(RELOAD) == 2:
            host.put("/sockets", SOCKETS.replace("0100007F:0A0F 0100007F:AC1A 01", "00000000:0A0F 00000000:0000 0A"))

    archive.reloaded = the_second_one_opens_it
    done = check(host)
    assert done.returncode == 0, done.stderr
    assert (archive.log.count(RELOAD), archive.log[-1]) == (2, QUERY)


def test_a_container_that_cannot_be_looked_into_is_none_with_closed_ports(host: ScratchHost) -> None:
    connections(host, dicom="11112")
    host.stand_in("docker", f'case "$*" in *" exec "*) echo "container is restarting" >&2; exit 1 ;; esac\n{ENGINE}')
    done = check(host, DICOM_SECONDS="2")
    assert done.returncode == 1
    assert "last answer: the container cannot be looked into: container is restarting" in done.stderr
    assert "closed:" not in done.stderr


def test_a_directory_that_cannot_be_asked_for_connections_is_none_without(host: ScratchHost) -> None:
    connections(host, dicom="11112")
    host.put("/sockets", SOCKETS)
    host.stand_in("ldapsearch", f'case "$*" in *"-b cn=dicom,"*) exit 51 ;; esac\n{DIRECTORY}')
    done = check(host, DICOM_SECONDS="2")
    assert done.returncode == 1
    assert (
        "last answer: the directory at ldap://172.18.92.189:389 answered 51 when asked for connection dicom"
        in done.stderr
    )


def test_open_ports_and_connections_that_are_off_are_no_fault(host: ScratchHost, archive: LoopbackArchive) -> None:
    off = {"dicomPort": "2762", "dicomInstalled": "FALSE"}
    holds(host, {f"cn=dicom,{DEVICE}": {"dicomPort": "11112"}, f"cn=dicom-tls,{DEVICE}": off})
    host.put("/sockets", SOCKETS)
    done = check(host)
    assert done.returncode == 0, done.stderr
    assert archive.log == [STATUS, QUERY]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (49, "the directory at ldap://172.18.92.189:389 refuses cn=admin,dc=dcm4che,dc=org: wrong password"),
        (52, "answered 52 when asked for dcmStorageID=alicloud-oss,"),
    ],
)
def test_a_directory_that_refuses_is_no_lost_entry(code: int, words: str, host: ScratchHost) -> None:
    """Running the storage step again, as for a lost entry, would not help."""
    host.stand_in("ldapsearch", f'case "$*" in *"-b dcmStorageID"*) exit {code} ;; esac')
    done = check(host)
    assert done.returncode == 1
    assert words in done.stderr
    assert "-replace" not in done.stderr


def test_what_the_image_before_left_may_go_once_this_one_answered(host: ScratchHost, archive: LoopbackArchive) -> None:
    may_go = host.root / "var/local/dicom/wildfly.before/may-go"
    assert check(host).returncode == 0
    assert not may_go.parent.exists(), "nothing was left"
    host.put("/var/local/dicom/wildfly.before/configuration/dcm4chee-arc.xml", "old")
    archive.query_status = 500
    assert check(host, DICOM_SECONDS="1").returncode == 1
    assert not may_go.exists()
    archive.query_status = 200
    assert "wildfly.before may go: the next run of `up` deletes it" in check(host).stdout
    assert may_go.read_text() == "registry.example.com/dicom/dcm4chee-arc-psql:5.25.0\n"


def test_after_a_walk_a_query_is_not_enough_for_that(host: ScratchHost) -> None:
    give(host, walked_from="5.25.2")
    host.put("/var/local/dicom/wildfly.before/configuration/dcm4chee-arc.xml", "old")
    assert check(host).returncode == 0
    assert not (host.root / "var/local/dicom/wildfly.before/may-go").exists()
