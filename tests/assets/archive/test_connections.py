"""TLS and audit connections in the directory, written by step `up` before the container starts."""

import subprocess

import pytest

from dicom_cdk.rehearsal.scratch_host import ScratchHost
from tests.assets.archive.conftest import DEVICE, calls, give, holds

TLS = f"cn=dicom-tls,{DEVICE}"
SYSLOG = "cn=syslog,dicomDeviceName=logstash,cn=Devices,cn=DICOM Configuration,dc=dcm4che,dc=org"
WEAK = {"dicomTLSCipherSuite": "TLS_RSA_WITH_AES_128_CBC_SHA"}
HERE = {"dicomHostname": "127.0.0.1", "dicomPort": "514"}


def up(host: ScratchHost) -> "subprocess.CompletedProcess[str]":
    """The step; what it writes lands in /written."""
    host.stand_in("ldapmodify", 'cat >>"$HOST_ROOT/written"')
    return host.script("up.sh", room="archive")


def written(host: ScratchHost) -> str:
    return host.read("/written") if (host.root / "written").exists() else ""


def test_the_defaults_that_no_modern_peer_has_are_replaced_before_the_container_starts(host: ScratchHost) -> None:
    holds(host, {TLS: WEAK})
    done = up(host)
    assert done.returncode == 0, done.stderr
    assert "connection dicom-tls offers ciphers that peers of today have" in done.stdout
    lines = written(host).splitlines()
    assert lines[:3] == [f"dn: {TLS}", "changetype: modify", "replace: dicomTLSCipherSuite"]
    assert "dicomTLSCipherSuite: TLS_AES_256_GCM_SHA384" in lines
    assert not [line for line in lines if "TLS_RSA" in line or "CBC" in line]
    assert lines[-3:] == ["replace: dcmTLSProtocol", "dcmTLSProtocol: TLSv1.2", "dcmTLSProtocol: TLSv1.3"]
    asked = [call.rpartition(" stop")[1] or call.rpartition(" up -d")[1] for call in calls(host)]
    assert asked == [" stop", " up -d"], "a reload would keep the old ciphers"
    assert not (host.root / "run/dicom/connections.changed").exists()


@pytest.mark.parametrize(
    "chosen", ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256", None], ids=["1.2", "1.3", "none"]
)
def test_ciphers_that_somebody_chose_and_connections_without_tls_stay(chosen: str | None, host: ScratchHost) -> None:
    holds(host, {TLS: {"dicomTLSCipherSuite": chosen} if chosen else {"dicomPort": "2762"}})
    assert up(host).returncode == 0
    assert written(host) == ""
    assert [call for call in calls(host) if call.endswith(" stop")] == []


def test_a_change_whose_run_was_killed_still_starts_the_archive_anew(host: ScratchHost) -> None:
    host.put("/run/dicom/connections.changed", "")
    assert up(host).returncode == 0
    assert [call for call in calls(host) if call.endswith(" stop")]


def test_audit_messages_go_where_the_site_says_and_nothing_is_written_twice(host: ScratchHost) -> None:
    give(host, audit_host="audit.hospital.example", audit_port=1514)
    holds(host, {SYSLOG: HERE})
    done = up(host)
    assert done.returncode == 0, done.stderr
    assert "audit messages go to audit.hospital.example:1514" in done.stdout
    assert written(host).splitlines() == [
        f"dn: {SYSLOG}",
        "changetype: modify",
        "replace: dicomHostname",
        "dicomHostname: audit.hospital.example",
        "-",
        "replace: dicomPort",
        "dicomPort: 1514",
    ]
    holds(host, {SYSLOG: {"dicomHostname": "audit.hospital.example", "dicomPort": "1514"}})
    (host.root / "written").unlink()
    assert up(host).returncode == 0
    assert written(host) == ""


@pytest.mark.parametrize("there", ["127.0.0.1", "172.18.0.5"])
def test_without_a_collector_of_the_site_audit_messages_go_to_this_host(there: str, host: ScratchHost) -> None:
    give(host, audit_here="172.18.0.5:1514")
    holds(host, {SYSLOG: {"dicomHostname": there, "dicomPort": "514"}})
    done = up(host)
    assert done.returncode == 0, done.stderr
    assert "audit messages go to 172.18.0.5:1514" in done.stdout
    assert "dicomHostname: 172.18.0.5\n-\nreplace: dicomPort\ndicomPort: 1514\n" in written(host)


def test_where_somebody_sent_audit_messages_by_hand_they_go_on_to(host: ScratchHost) -> None:
    give(host, audit_here="172.18.0.5:1514")
    holds(host, {SYSLOG: {"dicomHostname": "siem.hospital.example", "dicomPort": "514"}})
    done = up(host)
    assert done.returncode == 0, done.stderr
    assert "audit messages go where the directory says, not to this host: " in done.stdout
    assert "dicomHostname: siem.hospital.example" in done.stdout
    assert written(host) == ""


def test_a_directory_without_the_audit_device_stops_no_archive_whose_site_names_no_collector(host: ScratchHost) -> None:
    give(host, audit_here="172.18.0.5:1514")
    done = up(host)
    assert done.returncode == 0, done.stderr
    assert "not to this host: there is no such connection" in done.stdout


def test_without_a_collector_the_audit_connection_is_left_alone(host: ScratchHost) -> None:
    holds(host, {SYSLOG: HERE})
    assert up(host).returncode == 0
    assert written(host) == ""


def test_a_directory_without_the_audit_device_stops_it_with_both_ways_out(host: ScratchHost) -> None:
    give(host, audit_host="audit.hospital.example")
    done = up(host)
    assert done.returncode == 1
    assert (
        f"archive-up: {SYSLOG} is not in the directory, so audit messages cannot be sent to audit.hospital.example; "
        "make it, or leave archive.audit_host out"
    ) in done.stderr
    assert calls(host) == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            49,
            "refuses cn=admin,dc=dcm4che,dc=org: wrong password; apply the directory's steps, or raise secrets.generations.ldap",
        ),
        (52, "answered 52 when asked for cn=dicom-tls,"),
    ],
)
def test_a_directory_that_refuses_is_said_with_its_cause(code: int, words: str, host: ScratchHost) -> None:
    host.stand_in("ldapsearch", f'echo "ldap_bind: no ({code})" >&2; exit {code}')
    done = up(host)
    assert done.returncode == 1
    assert words in done.stderr
    assert calls(host) == []
