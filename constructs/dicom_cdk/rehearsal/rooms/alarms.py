"""The stack's own alarms, on the numbers of running hosts through one trouble after the other."""

import time
from contextlib import ExitStack

from dicom_cdk.rehearsal.breaking.snapshot import Snapshot
from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.programs import faketime
from dicom_cdk.rehearsal.rooms.troubles import ARCHIVE, G, L, Trouble, disks, ended, stored, troubles
from dicom_cdk.rehearsal.stage import Stage, machine_of
from dicom_cdk.rehearsal.watched import LINE_SECONDS, Watched

ROOM = "watch"
IMAGES = 24
"""That came before each of its troubles."""


def rehearse(stage: Stage, checks: Checks, *, faults: bool) -> None:
    """Each trouble raises its alarm and no other; well hosts raise none. `faults`: also what needs wrong clocks."""
    watched = Watched(stage)
    if not watched.alarms:
        checks.skip(ROOM, "alarms on numbers", "the site has none on logs")
        return
    with ExitStack() as parts:
        for path in watched.paths:
            parts.enter_context(disks(stage.hosts[path], 20))
        with checks.check(ROOM, "hosts that are well raise no alarm"):
            watched.tell(lines=12)
            expect(not watched.fired(), f"fired: {watched.fired()}")
        for trouble in troubles(stage):
            with checks.check(ROOM, f"alarm {trouble.alarm}: fired by its trouble, and no other") as said:
                _one(watched, trouble)
                said.append(f"{trouble.host}, {trouble.lines * LINE_SECONDS // 60} minutes")
        with checks.check(ROOM, "alarm directory-peer: fired when a node of the pair has ended"):
            watched.another_day()
            with ended(stage, G):
                watched.tell(L, lines=2)
                expect(watched.fired() == {"directory-peer"}, f"fired: {sorted(watched.fired())}")
            _until_equal(watched)
        if faults:
            with checks.check(
                ROOM, "alarms directory-lag, directory-differs: fired while g does not see what l writes"
            ) as said:
                _unseen(stage, watched, said)


AGAIN_SECONDS = 40


def _until_equal(watched: Watched) -> None:
    """Both nodes answer and hold the same."""
    deadline = time.monotonic() + AGAIN_SECONDS
    while True:
        watched.another_day()
        watched.tell(L, lines=3)
        if not (fired := watched.fired()):
            return
        expect(time.monotonic() < deadline, f"still fired after {AGAIN_SECONDS} s: {sorted(fired)}")


AHEAD_SECONDS = 120


def _unseen(stage: Stage, watched: Watched, said: list[str]) -> None:
    """Nobody reaches l from outside, and its clock is ahead, so that its newest change is more than a minute away at once."""
    before = Snapshot(stage)
    # It has ended the containers.
    before.restore()
    _until_equal(watched)
    clock = stage.hosts[L].root.parent / "clock"
    try:
        stage.network.guard(machine_of(L), ())
        clock.write_text(f"{faketime()} +{AHEAD_SECONDS}s")
        with ended(stage, L):
            pass
        # The container keeps its clock; the host says that its own is right.
        clock.unlink()
        base = next(step.values["base_dn"] for step in stage.site.steps if "base_dn" in step.values)
        ldif = f"dn: {base}\nchangetype: modify\nadd: description\ndescription: not seen by g\n"
        done = stage.ldap(L, "ldapmodify", text=ldif)
        expect(done.returncode == 0, f"l took no write: {done.stderr}")
        watched.another_day()
        watched.tell(L, lines=3)
        fired = watched.fired()
        expect(fired == {"directory-lag", "directory-differs"}, f"fired: {sorted(fired)}")
        stage.network.unguard(machine_of(L))
        _until_equal(watched)
        said.append("and over once g is back")
    finally:
        clock.unlink(missing_ok=True)
        before.restore()


def _one(watched: Watched, trouble: Trouble) -> None:
    where = trouble.host
    watched.another_day()
    watched.say(watched.well, 2)
    if where == ARCHIVE:
        stored(watched.stage.hosts[where], IMAGES)
    with trouble.made:
        if trouble.alarm == "host-silent":
            watched.say({path: line for path, line in watched.well.items() if path != where}, trouble.lines)
        else:
            watched.tell(where, lines=trouble.lines)
        fired = watched.fired()
    expect(fired == {trouble.alarm}, f"fired: {sorted(fired)}; the last line: {watched.last[where]}")
    watched.say(watched.well, 2)
