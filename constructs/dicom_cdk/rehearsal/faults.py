"""Every script broken at every program that it starts: killed there, or that program failing once; then run again.

A broken run may end ready or with an error of the script's own; the next run must end ready, with the files that a run
without any fault leaves. Each trial starts from the same state: hosts' files and containers are put back.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from dicom_cdk.payload.host_bundle import API_CLIENT, ROOM
from dicom_cdk.rehearsal.breaking.shims import Shims
from dicom_cdk.rehearsal.breaking.snapshot import Snapshot
from dicom_cdk.rehearsal.breaking.trials import Trials
from dicom_cdk.rehearsal.checks import Checks, Expected, RoomFailed
from dicom_cdk.rehearsal.rooms import modalities, receiving
from dicom_cdk.rehearsal.rooms.troubles import domain
from dicom_cdk.rehearsal.rooms.watch import WELL_DAYS
from dicom_cdk.rehearsal.site import Site, Step
from dicom_cdk.rehearsal.stage import Stage

ROOM_OF = {
    API_CLIENT: "hosts",
    ROOM: "hosts",
    receiving.BUNDLE: "storage",
    "tenants": "storage",
    "verification": "storage",
    modalities.TLS_ROOM: modalities.ROOM,
}
"""Bundles without a room of their own."""


class Share:
    """Which scripts, numbered from 0, are broken here: all of them."""

    def take(self, _number: int) -> bool:
        """Whether it is broken here."""
        return True

    def over(self) -> None:
        """The one that was taken is."""


ALL = Share()


def rehearse(stage: Stage, checks: Checks, rooms: Sequence[str], every: int, share: Share = ALL) -> None:
    """Break the scripts of `rooms`, at every `every`-th of their calls; each script once, on the first host that runs it."""
    for path in stage.site.hosts:
        stage.first_boot(path)
    steps = stage.site.standing
    broken = _scripts(stage.site, rooms)
    last = max((steps.index(step) for step in broken), default=-1)
    for step in (_here(stage, step) for step in steps[: last + 1]):
        room = _room(step)
        if room == "database":
            stage.database()
        if step.room == receiving.BUNDLE and stage.receiving is None:
            stage.receiving = receiving.Receiving(stage, *(receiving.steps_of(stage.site) or ()))
        number = next((at for at, each in enumerate(broken) if each.path == step.path), None)
        if number is not None and share.take(number):
            with suppress(RoomFailed):
                _break(stage, checks, room, step, every)
            share.over()
        try:
            stage.must(step)
        except Expected as error:
            with suppress(RoomFailed), checks.check(room, f"{step.path}, before what comes after it is broken"):
                raise error
            return


def scripts(site: Site, rooms: Sequence[str]) -> int:
    """How many there are to break."""
    return len(_scripts(site, rooms))


def _scripts(site: Site, rooms: Sequence[str]) -> list[Step]:
    """Of each script the first step that runs it."""
    found: dict[tuple[str, str], Step] = {}
    for step in site.standing:
        if _room(step) in rooms:
            found.setdefault((step.room, step.entry), step)
    return list(found.values())


def _here(stage: Stage, step: Step) -> Step:
    """The gateway's domain, which no name service knows here, is one that answers on the host itself."""
    if not step.values.get("gateway_domain"):
        return step
    shown = stage.enter(domain(stage.hosts[step.host], days=WELL_DAYS))
    return replace(step, values={**step.values, "gateway_domain": shown})


def _room(step: Step) -> str:
    """The room that is asked for by name to have this step's script broken."""
    return ROOM_OF.get(step.room, step.room)


def _break(stage: Stage, checks: Checks, room: str, step: Step, every: int) -> None:
    trials = Trials(stage, step, Snapshot(stage), Shims(stage, step))
    try:
        with checks.check(room, f"{step.path}: calls of an unbroken run") as said:
            trials.unbroken()
            said.append(f"{len(trials.calls)} programs")
        for verb, broken in (("killed", trials.kill), ("a program failing once", trials.fail)):
            with suppress(RoomFailed), checks.check(room, f"{step.path}: {verb}, and run again") as said:
                said.append(broken(every))
    finally:
        trials.before.restore()
