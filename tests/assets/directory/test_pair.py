"""The LDAP pair with two real slapd: set up, written on either side, broken in every way that a host can break."""

import gzip
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dicom_cdk.rehearsal.archive.stand_in_directory import BASE, DEVICE
from dicom_cdk.rehearsal.programs import need
from tests.assets.directory.pair import Node, Pair

pytestmark = pytest.mark.server


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Pair]:
    pair = Pair(tmp_path)
    try:
        yield pair
    finally:
        pair.end()


@pytest.fixture(scope="module")
def standing() -> Iterator[list[Pair]]:
    """The pair that stands, if any."""
    pairs: list[Pair] = []
    yield pairs
    for pair in pairs:
        pair.end()


@pytest.fixture
def pair(
    standing: list[Pair], tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Pair]:
    """One that is set up, for all tests that leave it whole; after one that failed, another."""
    if not standing:
        made = Pair(tmp_path_factory.mktemp("pair"))
        try:
            made.set_up()
        except AssertionError:
            made.end()
            raise
        standing.append(made)
    failed = request.session.testsfailed
    yield standing[0]
    if request.session.testsfailed != failed:
        standing.pop().end()


def note(text: str) -> str:
    return f"dn: {DEVICE}\nchangetype: modify\nreplace: dicomDescription\ndicomDescription: {text}\n"


def seen_within(pair: Pair, node: Node, text: str, seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if f"dicomDescription: {text}" in pair.search(node, DEVICE, "-s", "base", "dicomDescription"):
            return True
        time.sleep(0.05)
    return False


def verified(pair: Pair) -> None:
    done = pair.g.step("verify")
    assert done.returncode == 0, done.stderr + pair.g.log() + pair.l.log()


def test_set_up_ends_with_the_first_configuration_on_both_nodes(pair: Pair) -> None:
    for node in pair.nodes.values():
        assert "dicomAETitle: DCM4CHEE" in pair.search(node)
    done = pair.g.step("verify")
    entries = pair.search(pair.g).splitlines()
    assert f"both nodes hold the same: {sum(line.startswith('dn: ') for line in entries)} entries" in done.stdout


def test_every_step_can_be_repeated_and_changes_nothing(pair: Pair) -> None:
    before = [pair.search(node, BASE, "*", "entryCSN") for node in pair.nodes.values()]
    processes = [(node.container / "pid").read_text() for node in pair.nodes.values()]
    pair.set_up()
    assert [pair.search(node, BASE, "*", "entryCSN") for node in pair.nodes.values()] == before
    assert [(node.container / "pid").read_text() for node in pair.nodes.values()] == processes, (
        "a container was made anew"
    )


def test_what_is_written_on_either_node_is_seen_on_the_other(pair: Pair) -> None:
    pair.modify(pair.l, note("from l"))
    assert seen_within(pair, pair.g, "from l")
    pair.modify(pair.g, note("from g"))
    assert seen_within(pair, pair.l, "from g")


def test_server_ids_and_rids_are_distinct_and_set_before_the_data(pair: Pair) -> None:
    # An entry that nobody changes after.
    assert "#001#" in pair.search(pair.l, BASE, "-s", "base", "entryCSN"), "loaded without a server id"
    for node, own, peer in ((pair.l, 1, 2), (pair.g, 2, 1)):
        slapcat = [need("slapcat", "slapd"), "-n", "0", "-F", str(node.container / "etc/openldap/slapd.d")]
        config = subprocess.run(slapcat, capture_output=True, text=True, check=True).stdout
        assert f"olcServerID: {own}" in config
        assert f"rid=00{peer}" in config


# Each with each is what `rehearse --faults` does.
@pytest.mark.parametrize(
    ("role", "sign", "entry"),
    [("l", signal.SIGKILL, "dcmuiConfigName=default"), ("g", signal.SIGTERM, "dcmQueueName=Export")],
)
def test_a_node_that_went_down_catches_up(role: str, sign: signal.Signals, entry: str, pair: Pair) -> None:
    down, other = pair.nodes[role], pair.nodes["g" if role == "l" else "l"]
    down.kill(sign)
    pair.modify(other, note("while it was down"))
    pair.modify(other, f"dn: {entry},{DEVICE}\nchangetype: delete\n")
    assert down.step("prepare").returncode == 0
    assert seen_within(pair, down, "while it was down")
    verified(pair)
    assert entry not in pair.search(down)
    pair.modify(down, note("back again"))
    assert seen_within(pair, other, "back again")


def test_a_late_second_node_is_filled(fresh: Pair) -> None:
    assert fresh.l.step("prepare").returncode == 0
    assert fresh.l.step("load").returncode == 0
    assert fresh.g.step("prepare").returncode == 0
    assert fresh.g.step("enable").returncode == 0
    verified(fresh)
    fresh.modify(fresh.g, note("from the late one"))
    assert seen_within(fresh, fresh.l, "from the late one")


def test_a_lost_first_load_is_done_again(pair: Pair) -> None:
    for node in pair.nodes.values():
        node.kill()
    for node in pair.nodes.values():
        for file in (node.host.root / "var/local/dicom/ldap").iterdir():
            if file.is_file():
                file.unlink()
    pair.set_up()
    assert "dicomAETitle: DCM4CHEE" in pair.search(pair.g)


def test_a_first_load_that_was_cut_short_is_completed(fresh: Pair) -> None:
    data = fresh.l.container / "etc/openldap/data/default-config.ldif"
    whole = data.read_text()
    data.write_text("\n".join(whole.split("\n\n")[0:1]) + "\n")
    for node in (fresh.l, fresh.g):
        assert node.step("prepare").returncode == 0
    assert fresh.l.step("load").returncode == 1
    data.write_text(whole)
    fresh.set_up()
    assert "dicomAETitle: DCM4CHEE" in fresh.search(fresh.g)


def test_a_finished_load_never_brings_back_what_an_operator_deleted(pair: Pair) -> None:
    pair.modify(pair.l, f"dn: dicomAETitle=RESEARCH,{DEVICE}\nchangetype: delete\n")
    assert pair.l.step("load").returncode == 0
    assert f"dicomAETitle=RESEARCH,{DEVICE}" not in pair.search(pair.l)


def test_one_node_that_lost_its_disk_is_filled_by_the_other(pair: Pair) -> None:
    pair.modify(pair.l, note("kept on g"))
    assert seen_within(pair, pair.g, "kept on g")
    pair.l.kill()
    for file in (pair.l.host.root / "var/local/dicom/ldap").iterdir():
        if file.is_file():
            file.unlink()
    pair.set_up()
    assert seen_within(pair, pair.l, "kept on g")


def test_new_passwords_roll_over_both_nodes_one_at_a_time(pair: Pair) -> None:
    for name in ("ldap-root", "ldap-config"):
        pair.passwords[name] = pair.passwords[name][::-1] + "0"
        for node in pair.nodes.values():
            node.host.put(f"/run/dicom/secrets/{name}", pair.passwords[name], mode=0o600)
    pair.set_up()
    pair.modify(pair.l, note("with the new password"))
    assert seen_within(pair, pair.g, "with the new password")


def test_anonymous_clients_read_nothing(pair: Pair) -> None:
    for node in pair.nodes.values():
        done = subprocess.run(
            [need("ldapsearch", "ldap-utils"), "-x", "-LLL", "-H", node.url, "-b", BASE],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.strip() == ""


def test_nodes_with_different_passwords_are_told(fresh: Pair) -> None:
    fresh.g.host.put("/run/dicom/secrets/ldap-root", "0" * 32, mode=0o600)
    for node in (fresh.l, fresh.g):
        assert node.step("prepare").returncode == 0
    done = fresh.l.step("enable", seconds=2)
    assert done.returncode == 1
    assert f"still waiting for the other node to answer at {fresh.g.url}" in done.stderr
    assert "wrong password" in done.stderr


def test_nodes_that_differ_are_not_verified(pair: Pair) -> None:
    pair.g.kill(signal.SIGSTOP)
    pair.modify(pair.l, note("only here"))
    done = pair.l.step("verify", seconds=2)
    pair.g.kill(signal.SIGCONT)
    assert done.returncode == 1
    assert "still waiting for both nodes to hold the same" in done.stderr
    verified(pair)


def test_a_pair_is_not_verified_by_a_host_whose_clock_nobody_sets(pair: Pair) -> None:
    pair.g.host.stand_in("timedatectl", "echo no")
    done = pair.g.step("verify", seconds=2)
    pair.g.host.stand_in("timedatectl", "echo yes")
    assert done.returncode == 1
    assert (
        "directory-verify: still waiting for the clock of this host; last answer: NTPSynchronized is 'no', not "
        "synchronised; see timedatectl, chronyc sources"
    ) in done.stderr


def test_a_node_that_cannot_be_asked_is_not_one_without_the_device(fresh: Pair) -> None:
    fresh.g.host.stand_in("ldapsearch", 'case "$*" in *"-s base"*) exit 52 ;; *entryCSN*) echo ;; esac')
    done = fresh.g.step("verify", seconds=2)
    assert done.returncode == 1
    assert f"directory-verify: {fresh.g.url} answered 52 when asked for device dcm4chee-arc" in done.stderr
    assert "neither node" not in done.stderr


def test_nodes_that_count_the_same_but_hold_an_older_change_are_told_apart_by_entry(fresh: Pair) -> None:
    """A change with an older time stamp is dropped: contextCSN and the number of entries then agree for good."""
    answer = """
case "$*" in *%s*) csn=20260101000000.000000Z#000000#001#000000 ;; *) csn=20260101001000.000000Z#000000#001#000000 ;; esac
case "$*" in
  *contextCSN*) printf 'dn: %s\\ncontextCSN: 20260101001000.000000Z#000000#001#000000\\n\\n' ;;
  *) printf 'dn: %s\\nentryCSN: 20251231000000.000000Z#000000#001#000000\\n\\ndn: %s\\nentryCSN: %%s\\n\\n' "$csn" ;;
esac
"""
    fresh.g.host.stand_in("ldapsearch", answer % (fresh.l.url, BASE, BASE, DEVICE))
    done = fresh.g.step("verify", seconds=2)
    assert done.returncode == 1
    assert f"last answer: 1 entries differ (are both clocks right?), such as {DEVICE}" in done.stderr


def answered(csn: str) -> str:
    """What both nodes say of two entries, one of which bears this stamp."""
    return f"printf 'dn: {BASE}\\nentryCSN: 20251231000000.000000Z#000000#001#000000\\n\\ndn: {DEVICE}\\nentryCSN: {csn}\\n\\n'"


def test_entries_that_one_node_lacks_are_no_matter_of_clocks(fresh: Pair) -> None:
    lacks = f"case \"$*\" in *{fresh.l.url}*) printf 'dn: {BASE}\\nentryCSN: 20251231000000.000000Z#000000#001#000000\\n\\n' ;; "
    fresh.g.host.stand_in("ldapsearch", f"{lacks}*) {answered('20260101000000.000000Z#000000#001#000000')} ;; esac")
    done = fresh.g.step("verify", seconds=2)
    assert done.returncode == 1
    assert (
        "last answer: 1 entries are on one node only (do both replicate? see docker logs of both; room on their disks?), "
        f"such as {DEVICE}"
    ) in done.stderr


@pytest.mark.parametrize(("number", "node"), [(1, "l"), (2, "g")])
def test_a_stamp_that_is_still_to_come_tells_whose_clock_was_ahead(number: int, node: str, fresh: Pair) -> None:
    """The pair is equal, and yet every change by the other node is dropped until that time."""
    fresh.g.host.stand_in("ldapsearch", answered(f"29990101000000.000000Z#000000#00{number}#000000"))
    done = fresh.g.step("verify", seconds=2)
    assert done.returncode == 1
    assert (
        f"still waiting for the times of all changes to be past; last answer: {DEVICE} bears a time that is still to come, "
        f"written by node {node}: its clock was or is ahead of this one's; see timedatectl on both"
    ) in done.stderr


def test_each_node_looks_at_its_own_clock(pair: Pair) -> None:
    for node in pair.nodes.values():
        node.host.stand_in("timedatectl", "echo no")
        done = node.step("enable", seconds=2)
        node.host.stand_in("timedatectl", "echo yes")
        assert done.returncode == 1
        assert "still waiting for the clock of this host; last answer: NTPSynchronized is 'no'" in done.stderr


def test_a_server_that_hangs_is_restarted_by_cron_but_never_one_that_fills_a_database(pair: Pair) -> None:
    """The engine looks at processes that end; `compose run` gives a container the same project and health check."""
    for node in pair.nodes.values():
        line = node.host.read("/etc/cron.d/dicom-directory").splitlines()[1]
        assert line.startswith(f"* * * * * root flock -n {node.host.root}/opt/dicom/directory/.lock -c 'docker ps -q ")
        for word in ("project=dcm4chee", "oneoff=False", "health=unhealthy", "xargs -r docker restart"):
            assert word in line


def test_a_backup_that_cannot_be_loaded_leaves_a_node_that_serves(pair: Pair) -> None:
    assert pair.l.step("backup").returncode == 0
    key = sorted((pair.bucket / "clinic-ops/ldap-backup/l").glob("2*.gz"))[-1]
    broken = pair.bucket / "clinic-ops/broken/broken.ldif.gz"
    broken.parent.mkdir()
    broken.write_bytes(
        gzip.compress(gzip.decompress(key.read_bytes()) + b"\ndn: cn=x,dc=elsewhere\nobjectClass: none\n")
    )
    before = pair.search(pair.l)
    done = pair.l.step("restore", "broken/broken.ldif.gz")
    shutil.rmtree(pair.bucket / "clinic-ops")
    assert done.returncode == 1
    assert (
        "directory-restore: broken/broken.ldif.gz could not be loaded, the lines above say why; the node serves again "
        "what it held before"
    ) in done.stderr
    assert pair.search(pair.l) == before != ""
    verified(pair)


def test_a_backup_holds_everything_and_restores_on_both_nodes(pair: Pair) -> None:
    pair.modify(pair.l, note("worth keeping"))
    done = pair.l.step("backup")
    assert done.returncode == 0, done.stderr
    backups = sorted(path.relative_to(pair.bucket).as_posix() for path in pair.bucket.rglob("*.gz"))
    assert len(backups) == 2
    assert backups[1] == "clinic-ops/ldap-backup/l/latest.ldif.gz"
    pair.modify(pair.l, note("a mistake"))
    lost = pair.search(pair.l, f"dicomAETitle=DCM4CHEE,{DEVICE}", "dn").split("\n\n")
    for entry in reversed(lost[:-1]):
        pair.modify(pair.l, f"{entry.strip()}\nchangetype: delete\n")
    assert f"dn: dicomAETitle=DCM4CHEE,{DEVICE}" not in pair.search(pair.l)
    key = backups[0].removeprefix("clinic-ops/")
    pair.g.kill(signal.SIGTERM)
    for node in (pair.l, pair.g):
        done = node.step("restore", key)
        assert done.returncode == 0, done.stderr + node.log()
    verified(pair)
    for node in pair.nodes.values():
        found = pair.search(node)
        assert f"dn: dicomAETitle=DCM4CHEE,{DEVICE}" in found
        assert "dicomDescription: worth keeping" in found
    assert (pair.l.host.root / "var/local/dicom/ldap/previous/data.mdb").exists()


def test_an_empty_directory_is_never_put_over_a_backup(fresh: Pair) -> None:
    assert fresh.l.step("prepare").returncode == 0
    done = fresh.l.step("backup")
    assert done.returncode == 1
    assert "the directory is empty" in done.stderr
    assert not list(fresh.bucket.rglob("*.gz"))


@pytest.mark.parametrize("name", ["prepare", "load"])
@pytest.mark.parametrize("call", [1, 3])
def test_killed_at_a_call_of_the_engine_the_next_run_ends_ready(name: str, call: int, fresh: Pair) -> None:
    if name == "load":
        for node in (fresh.l, fresh.g):
            assert node.step("prepare").returncode == 0
    node = fresh.l
    engine = node.host.programs / "docker"
    real = engine.read_text().splitlines()[-1]
    node.host.forget()
    node.host.stand_in("docker", f'[ "$(wc -l <"$HOST_CALLS")" != {call} ] || kill -KILL $PPID $$\n{real}')
    node.step(name)
    node.host.stand_in("docker", real)
    fresh.set_up()


def written(file: Path) -> bytes:
    """What a file holds besides holes: slapd's is a gigabyte of them."""
    found, at = b"", 0
    with file.open("rb") as opened:
        while True:
            try:
                at = os.lseek(opened.fileno(), at, os.SEEK_DATA)
            except OSError:
                return found  # the rest is a hole
            end = os.lseek(opened.fileno(), at, os.SEEK_HOLE)
            found, at = found + os.pread(opened.fileno(), end - at, at), end


def test_no_password_is_in_output_arguments_or_files_outside_memory(pair: Pair) -> None:
    for node in pair.nodes.values():
        seen = "\n".join(node.host.calls()) + node.log()
        kept = [
            path.relative_to(node.host.root).as_posix()
            for path in node.host.root.rglob("*")
            if path.is_file() and pair.passwords["ldap-root"].encode() in written(path)
        ]
        assert pair.passwords["ldap-root"] not in seen
        assert kept == ["run/dicom/secrets/ldap-root"]
