"""Directory: two real slapd in mirror mode, each on its own machine: set up, repeated, killed, cut off, rolled, restored.

Over 200 lines: one pair of hosts, whose checks and faults follow each other.
"""

import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dicom_cdk.rehearsal import full_disk, hung, payload_checks
from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.programs import faketime
from dicom_cdk.rehearsal.scratch_host import ScratchHost
from dicom_cdk.rehearsal.site import Step
from dicom_cdk.rehearsal.stage import Stage, machine_of

ROOM = "directory"
L, G = "directory/l", "directory/g"
AGAIN_SECONDS = 60
"""A node that was away is whole again within this."""


def rehearse(stage: Stage, checks: Checks, *, faults: bool) -> None:
    """The pair, alone or through faults."""
    pair = _Pair(stage)
    with checks.check(ROOM, "set up in apply order: prepare l, g; enable l, g; load; verify") as said:
        for step in pair.steps:
            said[:] = [stage.must(step).strip().splitlines()[-1]]
    payload_checks.compose(stage, checks, ROOM, L)
    with checks.check(ROOM, "every step again: no container made anew, no entry changed"):
        before = pair.content(), pair.processes()
        for step in pair.steps:
            stage.must(step)
        expect(pair.content() == before[0], "entries changed")
        expect(pair.processes() == before[1], "a container was made anew")
    with checks.check(ROOM, "anonymous clients read nothing; the storage key is hidden from all but the root DN"):
        for path in (L, G):
            done = stage.hosts[path].run("ldapsearch", "-x", "-LLL", "-H", "ldap://127.0.0.1:389", "-b", pair.base)
            expect(not done.stdout.strip(), f"{path} answers anonymous clients")
    with checks.check(ROOM, "a write on either side is seen on the other") as said:
        for one, other in ((L, G), (G, L)):
            pair.write(one, f"from {one}")
            said.append(f"{one[-1]}→{other[-1]} {pair.seen(other, f'from {one}'):.2f} s")
    with checks.check(ROOM, "backup, and restore on both nodes"):
        pair.backup_and_restore()
    if faults:
        _faults(stage, checks, pair)


def _faults(stage: Stage, checks: Checks, pair: "_Pair") -> None:
    for path, other in ((L, G), (G, L)):
        for sign in (signal.SIGKILL, signal.SIGTERM):
            with checks.check(ROOM, f"{path[-1]} ended by {sign.name} while {other[-1]} is written, and back") as said:
                pair.end(path, sign)
                pair.write(other, f"{sign.name} of {path}")
                stage.must(pair.step("prepare", path))
                said.append(f"whole again after {pair.seen(path, f'{sign.name} of {path}'):.2f} s")
                pair.verified()
    with checks.check(ROOM, "a node hangs with its port open: cron restarts it, and it is whole again") as said:
        with hung.until_cron(stage.hosts[G], ROOM):
            pair.write(L, "while g hung")
        said.append(f"whole again after {pair.seen(G, 'while g hung'):.2f} s")
    with checks.check(ROOM, "network between the two cut, an entry written on each side, healed") as said:
        with _cut(stage):
            pair.write(L, "on l while cut off")
            pair.write(G, "on g while cut off", pair.base)
        seen = pair.seen(G, "on l while cut off", seconds=40) + pair.seen(L, "on g while cut off", pair.base)
        said.append(f"whole again after {seen:.2f} s")
        pair.verified()
    with checks.check(ROOM, "the same entry written on both sides while cut off: the later write wins, on both"):
        with _cut(stage):
            pair.write(L, "the earlier")
            pair.write(G, "the later")
        pair.seen(L, "the later", seconds=40)
        pair.seen(G, "the later")
        pair.verified()
    with checks.check(
        ROOM, "clocks apart, both nodes written: the differing entry is named, and mended once they agree"
    ) as said:
        _clocks_apart(stage, pair)
    with checks.check(ROOM, "disk full under one node: noticed, and whole again once there is room") as said:
        _disk_full(stage, pair, said)
    with checks.check(ROOM, "first load lost on both nodes: noticed and done again"):
        for path in (L, G):
            pair.end(path, signal.SIGKILL)
            pair.empty(path)
        for step in pair.steps:
            stage.must(step)
    with checks.check(ROOM, "second host comes late: the first serves alone, then both hold the same"):
        for path in (L, G):
            pair.end(path, signal.SIGKILL)
            pair.empty(path)
        with _cut(stage):
            for entry in ("prepare", "load"):
                stage.must(pair.step(entry, L))
            pair.write(L, "before g came")
        for step in pair.steps:
            stage.must(step)
        pair.seen(G, "before g came")
    with checks.check(ROOM, "one node lost its disk: filled by the other"):
        pair.write(G, "kept by g")
        pair.seen(L, "kept by g")
        pair.end(L, signal.SIGKILL)
        pair.empty(L)
        for step in pair.steps:
            stage.must(step)
        pair.seen(L, "kept by g")
    with checks.check(ROOM, "new passwords: both nodes rolled, one after the other"):
        with _new_passwords(stage):
            for step in (each for each in stage.site.steps if each.entry == "boot"):
                stage.must(step)
            for step in pair.steps:
                stage.must(step, generation="2")
        pair.verified()


END_SECONDS = 30
CLOCK_SECONDS = 6
"""What one clock is ahead."""


def _clocks_apart(stage: Stage, pair: "_Pair") -> None:
    """As long as an entry bears a time that is still to come, every other write to it is dropped there."""
    clock, verify = stage.hosts[G].root.parent / "clock", pair.step("verify", G)
    clock.write_text(f"{faketime()} +{CLOCK_SECONDS}s")
    try:
        pair.end(G, signal.SIGTERM)
        stage.must(pair.step("prepare", G))
        pair.write(G, "by the clock ahead")
        written = time.monotonic()
        pair.seen(L, "by the clock ahead")
        pair.write(L, "the later, by the right clock")
        done = stage.run(verify, seconds=3)
        expect(
            done.returncode == 1 and "not synchronised" in done.stderr, f"ended with {done.returncode}: {done.stderr}"
        )
    finally:
        clock.unlink()
    pair.end(G, signal.SIGTERM)
    stage.must(pair.step("prepare", G))
    done = stage.run(verify, seconds=3)
    expect(
        done.returncode == 1 and "1 entries differ (are both clocks right?)" in done.stderr,
        f"ended with {done.returncode}: {done.stderr}",
    )
    time.sleep(max(0.0, written + CLOCK_SECONDS + 1 - time.monotonic()))
    pair.write(L, "written again")
    pair.seen(G, "written again")
    pair.verified()


def _disk_full(stage: Stage, pair: "_Pair", said: list[str]) -> None:
    data = stage.hosts[G].root / "var/local/dicom/ldap"
    pair.end(G, signal.SIGTERM)
    with full_disk.on(data, kilobytes=4096) as filling:
        filling.unlink()
        stage.must(pair.step("prepare", G))
        pair.verified()
        full_disk.fill(data)
        pair.write(L, "x" * 200_000)
        done = stage.run(pair.step("verify", G), seconds=3)
        expect(
            done.returncode == 1 and "both nodes to hold the same" in done.stderr,
            f"ended with {done.returncode}: {done.stderr[-300:]}",
        )
        filling.unlink()
        pair.write(L, "there is room")
        said.append(f"whole again after {pair.seen(G, 'there is room', seconds=20):.1f} s")
        pair.verified()
        # What it holds goes with the file system; asked to end, it would finish what replication has begun, and be there still.
        pair.end(G, signal.SIGKILL)
    stage.must(pair.step("prepare", G))
    pair.verified()


@contextmanager
def _cut(stage: Stage) -> Iterator[None]:
    """The network between the two is cut for the block, and for a second more."""
    stage.network.cut(machine_of(G))
    yield
    time.sleep(1)
    stage.network.heal(machine_of(G))


class _Pair:
    """The pair as its steps leave it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.steps: list[Step] = [step for step in stage.site.standing if step.room == ROOM]
        self.base: str = self.steps[0].values["base_dn"]
        self._device = (
            f"dicomDeviceName={self.steps[0].values['device_name']},cn=Devices,cn=DICOM Configuration,{self.base}"
        )

    def step(self, entry: str, path: str) -> Step:
        return next(step for step in self.steps if step.entry == entry and step.host == path)

    def content(self) -> list[str]:
        """All entries of both nodes with their change numbers."""
        wanted = ("-LLL", "-o", "ldif-wrap=no", "-b", self.base, "*", "entryCSN")
        return [self._stage.ldap(path, "ldapsearch", *wanted).stdout for path in (L, G)]

    def processes(self) -> list[str]:
        return [self._container(path, "pid") for path in (L, G)]

    def write(self, path: str, text: str, dn: str = "") -> None:
        """Note `text` in the archive's device entry, or another, on one node; what a step noted there stays."""
        verb = "add" if dn else "replace"
        name = _note(dn)
        ldif = f"dn: {dn or self._device}\nchangetype: modify\n{verb}: {name}\n{name}: {text}\n"
        done = self._stage.ldap(path, "ldapmodify", text=ldif)
        expect(done.returncode == 0, f"{path} took no write: {done.stderr}")

    def seen(self, path: str, text: str, dn: str = "", *, seconds: float = AGAIN_SECONDS) -> float:
        """Seconds until a node has the note."""
        start = time.perf_counter()
        while time.perf_counter() - start < seconds:
            found = self._stage.ldap(path, "ldapsearch", "-LLL", "-s", "base", "-b", dn or self._device, _note(dn))
            if f"{_note(dn)}: {text}" in found.stdout:
                return time.perf_counter() - start
            time.sleep(0.02)
        raise AssertionError(f"{path} has not seen {text!r} after {seconds:.0f} s")

    def verified(self) -> None:
        self._stage.must(self.step("verify", G))

    def end(self, path: str, sign: signal.Signals) -> None:
        end_server(self._stage.hosts[path], sign)

    def empty(self, path: str) -> None:
        emptied(self._stage.hosts[path])

    def backup_and_restore(self) -> None:
        host = self._stage.hosts[L]
        self.write(L, "worth keeping")
        self.seen(G, "worth keeping")
        done = _script(host, "backup.sh")
        expect(done[0] == 0, f"backup ended with {done[0]}: {done[1]}")
        found = re.search(r"backup (\S+)", done[1])
        expect(found is not None, f"backup named no key: {done[1]}")
        self.write(L, "a mistake")
        self.seen(G, "a mistake")
        self.end(G, signal.SIGTERM)
        for path in (L, G):
            done = _script(self._stage.hosts[path], "restore.sh", found[1] if found else "")
            expect(done[0] == 0, f"restore on {path} ended with {done[0]}: {done[1]}")
        self.verified()
        self.seen(L, "worth keeping")
        self.seen(G, "worth keeping")

    def _container(self, path: str, file: str) -> str:
        return (self._stage.hosts[path].root.parent / "container" / file).read_text()


def end_server(host: ScratchHost, sign: signal.Signals) -> None:
    """End a node's server; it first finishes what replication has begun, seconds at times."""
    number = (host.root.parent / "container/pid").read_text()
    host.run("kill", f"-{sign.value}", number)
    until = time.monotonic() + END_SECONDS
    while _runs(number):
        expect(time.monotonic() < until, f"slapd runs on {END_SECONDS} s after {sign.name}")
        time.sleep(0.02)


def emptied(host: ScratchHost) -> None:
    """A new, empty data disk."""
    for file in (host.root / "var/local/dicom/ldap").iterdir():
        if file.is_file():
            file.unlink()


def _note(dn: str) -> str:
    """Where a note goes: a device has no `description` of its own."""
    return "description" if dn else "dicomDescription"


def _script(host: ScratchHost, name: str, *arguments: str) -> tuple[int, str]:
    done = host.script(name, *arguments, room=ROOM, more={"DICOM_SECONDS": "40"})
    return done.returncode, done.stdout + done.stderr


@contextmanager
def _new_passwords(stage: Stage) -> Iterator[None]:
    """Other values under the same names in KMS, as after raising the generation."""
    turned: Callable[[str], str] = lambda value: value[::-1] + "0"  # noqa: E731
    for key in ("ldap-root", "ldap-config"):
        name = stage.site.secret_names[key]
        stage.api.secrets[name] = turned(stage.api.secrets[name])
    yield


def _runs(process: str) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False
