"""numbers.py: one line about a host, a number for every kind of trouble, nothing where nothing is known."""

import json
import os
import time
from typing import Any

import pytest

from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.service.log_stores import HEALTH_COLUMNS
from tests.assets import forks
from tests.assets.watch.conftest import give

OWN, PEER = "ldap://10.0.0.1:389", "ldap://10.0.0.2:389"


def numbers(host: ScratchHost, **environment: str) -> dict[str, Any]:
    """The line of one run."""
    script = host.root / "opt/dicom/watch/current/numbers.py"
    done = forks.on_host(host, script, more=environment)
    assert done.returncode == 0, done.stderr
    line: dict[str, Any] = json.loads(done.stdout)
    assert host.read("/var/log/dicom/health.json").splitlines()[-1] == done.stdout.strip()
    return line


def test_a_host_that_is_well_says_so_and_every_field_is_one_that_queries_know(host: ScratchHost) -> None:
    host.stand_in(
        "chronyc", "echo '203.107.6.88,ntp,2,1700000000.1,-0.001234567,0.0,0.0,0.0,0.0,0.0,0.0,0.0,64.0,Normal'"
    )
    line = numbers(host)
    assert abs(line.pop("time") - time.time()) < 60
    assert line == {
        "host": "archive",
        "room": "archive",
        "bad": "",
        "bad_parts": 0,
        "disk_system_percent": 12,
        "disk_data_percent": 12,
        "clock_synchronised": 1,
        "clock_offset_ms": 1.235,
    }
    assert set(line) <= set(HEALTH_COLUMNS)


@pytest.mark.parametrize(
    ("program", "body", "bad"),
    [
        ("docker", "case $1 in ps) echo 'dcm4chee-arc-1 Up 5 s (unhealthy)' ;; esac", "dcm4chee-arc-1"),
        ("docker", "exit 1", "engine"),
        ("timedatectl", "echo no", "clock"),
        ("df", "printf 'Use%%\\n 95%%\\n'", "disk /; disk /var/local/dicom"),
        ("systemctl", "case $* in *docker.service*) echo failed ;; *) echo active ;; esac", "docker.service"),
    ],
)
def test_each_part_that_is_not_well_is_counted_and_named(program: str, body: str, bad: str, host: ScratchHost) -> None:
    host.stand_in(program, body)
    line = numbers(host)
    assert (line["bad"], line["bad_parts"]) == (bad, bad.count(";") + 1)


def test_a_secret_that_is_missing_is_counted(host: ScratchHost) -> None:
    (host.root / "run/dicom/secrets/ldap-root").unlink()
    assert numbers(host)["bad"] == "secret ldap-root"


def test_a_host_whose_health_cannot_be_asked_is_not_well(host: ScratchHost) -> None:
    (host.root / "opt/dicom/docker_host/current/health.sh").unlink()
    line = numbers(host)
    assert (line["bad"], line["bad_parts"]) == ("dicom-health", 1)
    assert "clock_synchronised" not in line


def test_a_part_that_breaks_down_is_named_and_hides_no_other(host: ScratchHost) -> None:
    host.put("/opt/dicom/directory/values.json", "{")
    line = numbers(host)
    assert line["bad"].startswith("numbers of directory: JSONDecodeError(")
    assert line["disk_data_percent"] == 12


def ldap(host: ScratchHost, own: str, peer: str) -> None:
    """A pair whose nodes answer with these bodies of a shell."""
    give(host, "directory", own_url=OWN, peer_url=PEER, base_dn="dc=dcm4che,dc=org")
    host.stand_in("ldapsearch", f"case $* in *{OWN}*) {own} ;; *) {peer} ;; esac")


def answer(entries: dict[str, str], newest: str = "20261129120000.000000Z#000000#001#000000") -> str:
    """What ldapsearch says of these entries with their stamps, and of the suffix."""
    text = f"dn: dc=dcm4che,dc=org\\ncontextCSN: {newest}\\nentryCSN: first\\n\\n"
    text += "".join(f"dn: cn={name},dc=dcm4che,dc=org\\nentryCSN: {stamp}\\n\\n" for name, stamp in entries.items())
    return f"printf '{text}'"


def test_a_pair_that_agrees_lags_nothing(host: ScratchHost) -> None:
    ldap(host, answer({"a": "1", "b": "2"}), answer({"a": "1", "b": "2"}))
    line = numbers(host)
    assert {key: value for key, value in line.items() if key.startswith("ldap_")} == {
        "ldap_entries": 3,
        "ldap_peer_answers": 1,
        "ldap_entries_differ": 0,
        "ldap_lag_seconds": 0.0,
    }


def test_the_lag_is_what_the_newest_changes_are_apart_and_each_differing_entry_counts(host: ScratchHost) -> None:
    late = "20261129120140.500000Z#000000#001#000000"
    ldap(host, answer({"a": "1", "b": "2", "c": "3"}, late), answer({"a": "1", "b": "other"}))
    line = numbers(host)
    assert (line["ldap_entries_differ"], line["ldap_lag_seconds"]) == (2, 100.5)


def test_entries_that_differ_for_good_are_seen_although_the_newest_changes_are_equal(host: ScratchHost) -> None:
    ldap(host, answer({"a": "1"}), answer({"a": "dropped as older"}))
    line = numbers(host)
    assert (line["ldap_entries_differ"], line["ldap_lag_seconds"]) == (1, 0.0)


def test_a_peer_that_is_silent_is_a_number_and_no_comparison(host: ScratchHost) -> None:
    ldap(host, answer({"a": "1"}), "exit 255")
    line = numbers(host)
    assert line["ldap_peer_answers"] == 0
    assert "ldap_entries_differ" not in line
    assert "ldap_lag_seconds" not in line


@pytest.mark.parametrize("there", [True, False])
def test_the_last_backup_has_an_age_and_one_that_never_was_ages_from_when_it_was_set_up(
    there: bool, host: ScratchHost
) -> None:
    ldap(host, answer({}), answer({}))
    timer = host.put("/etc/systemd/system/dicom-ldap-backup.timer", "")
    os.utime(timer, (time.time() - 50 * 3600,) * 2)
    if there:
        os.utime(host.put("/var/local/dicom/ldap-backup.last", ""), (time.time() - 30 * 3600,) * 2)
    assert numbers(host)["backup_age_hours"] == pytest.approx(30 if there else 50, abs=0.05)


def test_a_gateway_that_cannot_be_reached_has_no_days_left(host: ScratchHost) -> None:
    give(host, gateway_domain="localhost:1")
    assert "gateway_certificate_days_left" not in numbers(host)
