"""Step `apply` against a real slapd: exactly what the list says is written, changed and removed; what people entered stays."""

import random
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.programs import need
from tests.assets.modalities.conftest import CT, DEVICE, DEVICES, PACS, REGISTRY, Config, Step

pytestmark = pytest.mark.server


def test_a_device_a_connection_an_ae_title_and_its_registration_are_made_for_an_entry(
    step: Step, directory: Config
) -> None:
    done = step(CT)
    assert done.returncode == 0, done.stderr
    assert "added CT_ROOM1: north, may query, store" in done.stdout
    assert done.stdout.splitlines()[-1] == "listed: 1 modalities"
    made = directory.device("CT_ROOM1")
    assert sorted(made) == [
        "cn=dicom,dicomDeviceName=CT_ROOM1",
        "dicomAETitle=CT_ROOM1",
        "dicomAETitle=CT_ROOM1,dicomDeviceName=CT_ROOM1",
        "dicomDeviceName=CT_ROOM1",
    ]
    connection = made["cn=dicom,dicomDeviceName=CT_ROOM1"]
    assert (connection["dicomHostname"], connection["dicomPort"]) == (["10.20.1.15"], ["104"])
    assert "dicomTLSCipherSuite" not in connection
    entity = made["dicomAETitle=CT_ROOM1,dicomDeviceName=CT_ROOM1"]
    assert entity["dicomNetworkConnectionReference"] == [f"cn=dicom,dicomDeviceName=CT_ROOM1,{DEVICES}"]
    assert made["dicomDeviceName=CT_ROOM1"]["dicomDescription"] == ["dicom-cdk: north, may query, store"]


def test_a_device_over_tls_is_sent_to_with_ciphers_of_today(step: Step, directory: Config) -> None:
    assert step(PACS).returncode == 0
    ciphers = directory.device("PACS_NORTH")["cn=dicom,dicomDeviceName=PACS_NORTH"]["dicomTLSCipherSuite"]
    assert "TLS_AES_256_GCM_SHA384" in ciphers
    assert not [each for each in ciphers if "CBC" in each or each.startswith("TLS_RSA")]


def test_the_archive_refuses_callers_that_it_does_not_know(step: Step, directory: Config) -> None:
    done = step(CT)
    assert "the archive refuses callers that it does not know by AE title and address" in done.stdout
    assert directory.search(DEVICE)["dcmValidateCallingAEHostname"] == ["TRUE"]


def test_a_title_that_changes_by_case_alone_is_another_one(step: Step, directory: Config) -> None:
    """The archive compares letter by letter: the device would be refused."""
    assert step(CT).returncode == 0
    done = step({**CT, "ae_title": "Ct_Room1"})
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:2] == ["removed CT_ROOM1", "added Ct_Room1: north, may query, store"]
    assert directory.device("CT_ROOM1") == {}
    assert len(directory.device("Ct_Room1")) == 4
    assert step({**CT, "ae_title": "Ct_Room1"}).stdout.splitlines() == ["listed: 1 modalities"]


def test_a_second_run_and_another_order_touch_nothing(step: Step, directory: Config) -> None:
    assert step(CT, PACS).returncode == 0
    before = directory.everything()
    done = step(PACS, CT)
    assert done.stdout.splitlines() == ["listed: 2 modalities"], done.stderr
    assert directory.everything() == before


def test_a_changed_list_makes_exactly_the_difference(step: Step, directory: Config) -> None:
    mr = {**CT, "ae_title": "MR1", "address": "10.20.1.16"}
    assert step(CT, PACS).returncode == 0
    before = directory.everything()
    done = step({**CT, "port": 105}, mr)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "removed PACS_NORTH",
        "changed CT_ROOM1: north, may query, store",
        "added MR1: north, may query, store",
        "listed: 2 modalities",
    ]
    after = directory.everything()
    assert {dn for dn in after if dn not in before} == {
        f"dicomDeviceName=MR1,{DEVICES}",
        f"cn=dicom,dicomDeviceName=MR1,{DEVICES}",
        f"dicomAETitle=MR1,dicomDeviceName=MR1,{DEVICES}",
        f"dicomAETitle=MR1,{REGISTRY}",
    }
    assert {dn for dn in before if dn not in after} == {
        f"dicomDeviceName=PACS_NORTH,{DEVICES}",
        f"cn=dicom,dicomDeviceName=PACS_NORTH,{DEVICES}",
        f"dicomAETitle=PACS_NORTH,dicomDeviceName=PACS_NORTH,{DEVICES}",
        f"dicomAETitle=PACS_NORTH,{REGISTRY}",
    }
    changed = [dn for dn in before if dn in after and before[dn] != after[dn]]
    assert changed == [f"cn=dicom,dicomDeviceName=CT_ROOM1,{DEVICES}"]


def test_a_device_that_gives_up_tls_loses_its_ciphers(step: Step, directory: Config) -> None:
    assert step(PACS).returncode == 0
    assert step({**PACS, "tls": False}).returncode == 0
    connection = directory.device("PACS_NORTH")["cn=dicom,dicomDeviceName=PACS_NORTH"]
    assert "dicomTLSCipherSuite" not in connection
    assert step({**PACS, "tls": False}).stdout.splitlines() == ["listed: 1 modalities"]


def test_what_somebody_changed_of_a_listed_device_is_brought_back(step: Step, directory: Config) -> None:
    assert step(CT).returncode == 0
    directory.modify(
        f"dn: cn=dicom,dicomDeviceName=CT_ROOM1,{DEVICES}\nchangetype: modify\nreplace: dicomHostname\n"
        "dicomHostname: 10.66.6.6\n"
    )
    assert "changed CT_ROOM1" in step(CT).stdout
    assert directory.device("CT_ROOM1")["cn=dicom,dicomDeviceName=CT_ROOM1"]["dicomHostname"] == ["10.20.1.15"]


def test_an_empty_list_removes_all_of_ours_and_nothing_that_people_entered(step: Step, directory: Config) -> None:
    directory.enter("US1")
    before = directory.everything()
    assert step(CT, PACS).returncode == 0
    done = step()
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["removed CT_ROOM1", "removed PACS_NORTH", "listed: 0 modalities"]
    after = directory.everything()
    assert set(after) == set(before)
    assert [dn for dn in after if after[dn] != before[dn]] == [DEVICE]


def test_a_device_that_people_entered_is_a_conflict_and_stays_as_it_is_and_all_else_is_done(
    step: Step, directory: Config
) -> None:
    directory.enter("CT_ROOM1")
    before = directory.everything()
    done = step(CT, PACS)
    assert done.returncode == 1
    assert (
        "conflict: device CT_ROOM1 was entered elsewhere; take it out there, or the entry out of the list"
    ) in done.stderr
    assert ("modalities: 1 of the list are not in force, all else is; nothing of others was overwritten") in done.stderr
    after = directory.everything()
    assert all(after[dn] == values for dn, values in before.items() if dn != DEVICE)
    assert len(directory.device("PACS_NORTH")) == 4


def test_an_ae_title_of_another_device_is_a_conflict(step: Step, directory: Config) -> None:
    directory.enter("CT_ROOM1", device="scanner-1")
    done = step(CT)
    assert done.returncode == 1
    assert "conflict: AE title CT_ROOM1 is device scanner-1's; take it out there, or the entry out of the list" in (
        done.stderr
    )
    assert f"dicomDeviceName=CT_ROOM1,{DEVICES}" not in directory.everything()


def test_an_ae_title_that_only_the_registry_knows_is_a_conflict(step: Step, directory: Config) -> None:
    directory.modify(
        f"dn: dicomAETitle=CT_ROOM1,{REGISTRY}\nchangetype: add\nobjectClass: dicomUniqueAETitle\ndicomAETitle: CT_ROOM1\n"
    )
    done = step(CT)
    assert done.returncode == 1
    assert "AE title CT_ROOM1 is in the registry of unique AE titles, but no device has it; take it out there" in (
        done.stderr
    )


def test_a_device_without_our_mark_is_nobodys_to_remove(step: Step, directory: Config) -> None:
    assert step(CT).returncode == 0
    directory.modify(f"dn: dicomDeviceName=CT_ROOM1,{DEVICES}\nchangetype: modify\nreplace: dicomDescription\n-\n")
    assert step().returncode == 0
    assert len(directory.device("CT_ROOM1")) == 4


def test_a_device_that_is_listed_no_more_but_holds_entries_of_others_is_a_conflict(
    step: Step, directory: Config
) -> None:
    assert step(CT).returncode == 0
    dn = f"cn=second,dicomDeviceName=CT_ROOM1,{DEVICES}"
    directory.modify(
        f"dn: {dn}\nchangetype: add\nobjectClass: dicomNetworkConnection\ncn: second\ndicomHostname: 10.9.9.9\n"
    )
    done = step()
    assert done.returncode == 1
    assert f"device CT_ROOM1 is not listed any more, but holds what was entered elsewhere ({dn})" in done.stderr
    assert len(directory.device("CT_ROOM1")) == 5


def test_an_ae_title_of_the_archive_that_takes_calls_of_anybody_is_said(step: Step, directory: Config) -> None:
    switch = "dcmValidateCallingAEHostname"
    directory.modify(f"dn: dicomAETitle=RESEARCH,{DEVICE}\nchangetype: modify\nadd: {switch}\n{switch}: FALSE\n")
    done = step(CT)
    assert done.returncode == 1
    assert f"AE title RESEARCH of the archive takes calls of anybody ({switch}: FALSE)" in done.stderr


@pytest.mark.parametrize("title", ["#1 ,A", 'A"=B+C;D<E>'])
def test_every_legal_ae_title_is_written_once_and_removed_whole(title: str, step: Step, directory: Config) -> None:
    before = set(directory.everything())
    done = step({**CT, "ae_title": title})
    assert done.returncode == 0, done.stderr
    assert step({**CT, "ae_title": title}).stdout.splitlines() == ["listed: 1 modalities"]
    assert len(set(directory.everything()) - before) == 4
    assert step().stdout.splitlines() == [f"removed {title}", "listed: 0 modalities"]
    assert set(directory.everything()) == before


def test_a_list_from_the_bucket_is_read_only_if_it_is_the_one_of_this_apply(step: Step, host: ScratchHost) -> None:
    assert step(CT).returncode == 0
    assert [call for call in host.calls() if "oss-get clinic-ops modalities/list.json" in call]
    done = step(CT, list_sha256="0" * 64)
    assert done.returncode == 1
    assert (
        f"the list in clinic-ops/modalities/list.json is not the one of this apply (SHA-256 {'0' * 64}); apply again"
    ) in done.stderr


def test_a_wrong_password_is_said_at_once(step: Step, host: ScratchHost) -> None:
    host.put("/run/dicom/secrets/ldap-root", "other", mode=0o600)
    done = step(CT)
    assert done.returncode == 1
    assert "wrong password; apply the directory's steps, or raise secrets.generations.ldap" in done.stderr


def test_a_device_that_never_comes_is_waited_for_until_the_deadline(step: Step) -> None:
    done = step(CT, more={"DICOM_SECONDS": "1"}, device_name="other-arc")
    assert done.returncode == 1
    assert "still waiting for device other-arc in the directory" in done.stderr


@pytest.mark.parametrize("written", [1, 4, 6])
def test_killed_after_any_change_the_next_run_ends_with_the_list(
    written: int, step: Step, host: ScratchHost, directory: Config
) -> None:
    """One device comes, one goes: eight changes, of which so many get through."""
    assert step(PACS).returncode == 0
    real = need("ldapmodify", "ldap-utils")
    cut = f"import sys; sys.stdout.write('\\n'.join(sys.stdin.read().split('\\n\\n')[:{written}]).replace('\\ndn:', '\\n\\ndn:'))"
    host.stand_in(
        "ldapmodify", f'python3 -c "{cut}" | {real} "$@" >/dev/null; : >"$HOST_ROOT/killed"; kill -KILL $PPID $$'
    )
    step(CT)
    assert (host.root / "killed").exists()
    (host.programs / "ldapmodify").unlink()
    done = step(CT)
    assert done.returncode == 0, done.stderr
    assert len(directory.device("CT_ROOM1")) == 4
    assert directory.device("PACS_NORTH") == {}
    assert not (host.root / "run/dicom/modalities.changed").exists()


class Archive:
    """What a running archive answers: its first reloads as given, then 204."""

    def __init__(self, *reloads: int) -> None:
        self.reloads, self.asked = list(reloads), 0


@pytest.fixture
def archive() -> Iterator[tuple[Archive, str]]:
    running = Archive(500)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def do_POST(self) -> None:
            running.asked += 1
            self.send_response(running.reloads.pop(0) if running.reloads else 204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield running, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_running_archive_reads_a_changed_list_and_only_that(
    step: Step, host: ScratchHost, archive: tuple[Archive, str]
) -> None:
    running, url = archive
    done = step(CT, more={"DICOM_ARCHIVE_URL": url})
    assert done.returncode == 0, done.stderr
    assert "the archive read the list" in done.stdout
    assert running.asked == 2, "a refused reload is asked for again"
    assert step(CT, more={"DICOM_ARCHIVE_URL": url}).returncode == 0
    assert running.asked == 2
    host.put("/run/dicom/modalities.changed", "")
    assert step(CT, more={"DICOM_ARCHIVE_URL": url}).returncode == 0
    assert running.asked == 3, "of a run that was killed before its reload"


def test_a_long_list_in_any_order_is_entered_once_and_no_secret_is_seen(
    step: Step, host: ScratchHost, directory: Config
) -> None:
    listed = [{**CT, "ae_title": f"DEV{number:03}", "address": f"10.20.1.{number}"} for number in range(1, 101)]
    random.Random(1).shuffle(listed)
    done = step(*listed)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "listed: 100 modalities"
    assert step(*sorted(listed, key=lambda one: str(one["ae_title"]))).stdout.splitlines() == ["listed: 100 modalities"]
    files = [each for each in host.root.rglob("*") if each.is_file() and each.name != "ldap-root"]
    seen = done.stdout + done.stderr + "".join(each.read_text(errors="replace") for each in files)
    assert directory.password not in seen
