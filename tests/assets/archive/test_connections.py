"""TLS and audit connections in the directory, written by step `up` before the container starts."""

import subprocess

import pytest

from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from tests.assets.archive.conftest import DEVICE, calls, give, holds

pytestmark = pytest.mark.server

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
    for kind in ("RSA", "ECDSA"):  # keys of certificates, by TLS 1.2
        assert f"dicomTLSCipherSuite: TLS_ECDHE_{kind}_WITH_AES_256_GCM_SHA384" in lines
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


BALANCER = "172.18.92.191"
LIMITS = {
    "dcmIdleTimeout": "600000",
    "dcmAARQTimeout": "30000",
    "dcmAAACTimeout": "30000",
    "dcmARRPTimeout": "10000",
    "dcmTCPConnectTimeout": "10000",
    "dcmSendTimeout": "300000",
    "dcmStoreTimeout": "300000",
}


def test_behind_a_balancer_the_archive_is_named_by_its_address_and_ends_what_the_balancer_would_forget(
    host: ScratchHost,
) -> None:
    give(host, called_at=BALANCER)
    plain = f"cn=dicom,{DEVICE}"
    holds(host, {plain: {"dicomHostname": "172.18.92.180"}})
    done = up(host)
    assert done.returncode == 0, done.stderr
    assert f"connection dicom: called at {BALANCER}, ended by the archive before a balancer forgets it" in done.stdout
    lines = written(host).splitlines()
    assert lines[:4] == [f"dn: {plain}", "changetype: modify", "replace: dicomHostname", f"dicomHostname: {BALANCER}"]
    assert set(lines) >= {f"{name}: {value}" for name, value in LIMITS.items()}
    holds(host, {plain: {"dicomHostname": BALANCER, **LIMITS}})
    (host.root / "written").unlink()
    assert up(host).returncode == 0
    assert written(host) == "", "written twice"


@pytest.mark.parametrize(("there", "kept"), [("60000", True), ("900000", False), ("0", False), ("3600000", False)])
def test_a_time_out_that_somebody_chose_stays_where_it_fits_below_the_balancers(
    there: str, kept: bool, host: ScratchHost
) -> None:
    give(host, called_at=BALANCER)
    holds(host, {f"cn=dicom,{DEVICE}": {"dicomHostname": BALANCER, **LIMITS, "dcmIdleTimeout": there}})
    assert up(host).returncode == 0
    assert ("replace: dcmIdleTimeout" not in written(host)) is kept


def test_back_on_the_host_alone_the_directory_names_the_host_again_and_others_are_left_alone(host: ScratchHost) -> None:
    plain = f"cn=dicom,{DEVICE}"
    holds(host, {plain: {"dicomHostname": "10.9.9.9"}})
    assert up(host).returncode == 0
    assert written(host) == "", "an address that somebody entered"
    give(host, called_at=BALANCER)
    holds(host, {plain: {"dicomHostname": BALANCER, **LIMITS}})
    assert up(host).returncode == 0
    give(host)
    assert up(host).returncode == 0
    assert "dicomHostname: 172.18.92.180" in written(host).splitlines()
    holds(host, {plain: {"dicomHostname": "172.18.92.180", **LIMITS}})
    (host.root / "written").unlink()
    assert up(host).returncode == 0
    assert written(host) == ""


def test_certificates_of_callers_are_asked_for_or_not_as_the_site_says_and_a_persons_choice_stays(
    host: ScratchHost,
) -> None:
    there = {"dicomPort": "2762", "dcmTLSNeedClientAuth": "FALSE"}
    holds(host, {TLS: there})
    assert up(host).returncode == 0
    assert written(host) == "", "what a person set"
    give(host, client_certificates="optional")
    holds(host, {TLS: {"dicomPort": "2762"}})
    done = up(host)
    assert "connection dicom-tls: certificates of callers are optional" in done.stdout, done.stderr
    assert written(host).splitlines()[2:] == ["replace: dcmTLSNeedClientAuth", "dcmTLSNeedClientAuth: FALSE"]
    assert [call for call in calls(host) if call.endswith(" stop")], "a reload would keep the old socket"
    (host.root / "written").unlink()
    holds(host, {TLS: there})
    assert up(host).returncode == 0
    assert written(host) == "", "written twice"
    give(host)
    done = up(host)
    assert "connection dicom-tls: certificates of callers are required" in done.stdout, done.stderr
    assert written(host).splitlines()[-1] == "replace: dcmTLSNeedClientAuth"
