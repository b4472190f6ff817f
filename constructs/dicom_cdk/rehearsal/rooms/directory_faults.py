"""The directory's pair through faults: killed, hung, cut off, clocks apart, disks full or lost, new passwords."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.machines import full_disk, hung
from dicom_cdk.rehearsal.programs import faketime
from dicom_cdk.rehearsal.rooms.directory_pair import ROOM, G, L, Pair
from dicom_cdk.rehearsal.stage import Stage, machine_of

CLOCK_SECONDS = 6
"""What one clock is ahead."""


def suffered(stage: Stage, checks: Checks, pair: Pair) -> None:
    """Each fault, and the pair whole again after it."""
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


def _clocks_apart(stage: Stage, pair: Pair) -> None:
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


def _disk_full(stage: Stage, pair: Pair, said: list[str]) -> None:
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


@contextmanager
def _new_passwords(stage: Stage) -> Iterator[None]:
    """Other values under the same names in KMS, as after raising the generation."""
    turned: Callable[[str], str] = lambda value: value[::-1] + "0"  # noqa: E731
    for key in ("ldap-root", "ldap-config"):
        name = stage.site.secret_names[key]
        stage.api.secrets[name] = turned(stage.api.secrets[name])
    yield
