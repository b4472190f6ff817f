"""Every script broken at every program that it starts: killed there, or that program failing once; then run again.

A broken run may end ready or with an error of the script's own; the next run must end ready, with the files that a run
without any fault leaves. Each trial starts from the same state: hosts' files and containers are put back.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from dicom_cdk.payload.host_bundle import API_CLIENT, ROOM
from dicom_cdk.rehearsal.checks import Checks, Expected, RoomFailed, expect
from dicom_cdk.rehearsal.programs import SYSTEM_PATH
from dicom_cdk.rehearsal.rooms import modalities, receiving
from dicom_cdk.rehearsal.site import Step
from dicom_cdk.rehearsal.snapshot import Snapshot
from dicom_cdk.rehearsal.stage import Stage, machine_of

HERE = Path(__file__).parent
KINDS = ("kill", "fail")
WAITING_SECONDS = 6
"""A broken run may wait no longer for what does not come."""
SHIM_SAYS = re.compile(r"\S+: rehearsed failure")


def rehearse(stage: Stage, checks: Checks, rooms: Sequence[str], every: int) -> None:
    """Break the scripts of `rooms`, at every `every`-th of their calls; each script once, on the first host that runs it."""
    for path in stage.site.hosts:
        stage.first_boot(path)
    seen: set[tuple[str, str]] = set()
    steps = stage.site.standing
    last = max((at for at, step in enumerate(steps) if _room(step) in rooms), default=-1)
    for step in steps[: last + 1]:
        room, script = _room(step), (step.room, step.entry)
        if room == "database":
            stage.database()
        if step.room == receiving.BUNDLE and stage.receiving is None:
            stage.receiving = receiving.Receiving(stage, *(receiving.steps_of(stage.site) or ()))
        if room in rooms and script not in seen:
            seen.add(script)
            with suppress(RoomFailed):
                _break(stage, checks, room, step, every)
        stage.must(step)


def _room(step: Step) -> str:
    return (
        "hosts"
        if step.room in (API_CLIENT, ROOM)
        else {receiving.BUNDLE: "storage", modalities.TLS_ROOM: modalities.ROOM}.get(step.room, step.room)
    )


def _break(stage: Stage, checks: Checks, room: str, step: Step, every: int) -> None:
    before = Snapshot(stage)
    try:
        _trials(stage, checks, room, step, every, before)
    finally:
        before.restore()


def _trials(stage: Stage, checks: Checks, room: str, step: Step, every: int, before: "Snapshot") -> None:
    shims = Shims(stage, step)
    with checks.check(room, f"{step.path}: calls of an unbroken run") as said:
        before.restore()
        done = stage.run(step, more=shims.counting())
        expect(done.returncode == 0, f"ended with {done.returncode}: {done.stderr[-1500:]}")
        calls, left = shims.calls(), _files(stage, step)
        said.append(f"{len(calls)} programs")
    picked = list(enumerate(calls, 1))[::every]
    for kind in KINDS:
        verb = "killed" if kind == "kill" else "a program failing once"
        with suppress(RoomFailed), checks.check(room, f"{step.path}: {verb}, and run again") as said:
            ready, wrong = 0, []
            for number, name in picked:
                before.restore()
                try:
                    ready += _trial(stage, step, shims.breaking(kind, number), left)
                except Expected as error:
                    wrong.append(f"at call {number}, {name}: {error}")
            expect(not wrong, f"{len(wrong)} of {len(picked)} places: " + "\n".join(wrong))
            said.append(f"{len(picked)} places, {ready} ended ready all the same")


def _trial(stage: Stage, step: Step, more: Mapping[str, str], left: Mapping[str, set[str]]) -> bool:
    """One broken run and the next; whether the broken one ended ready."""
    try:
        broken = stage.run(step, more=more, seconds=WAITING_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise Expected("hangs, beyond its own time limit") from error
    if broken.returncode != 0 and more["FAULT_KIND"] == "fail":
        # What runs the script says itself why it does not; all else has to be put into words by the script.
        said_by_shell = any(f"{name}: rehearsed failure" in broken.stderr for name in ("sh", "bash", "timeout"))
        own = [line for line in broken.stderr.splitlines() if line and not SHIM_SAYS.fullmatch(line)]
        expect(bool(own) or said_by_shell, f"ended with {broken.returncode} and said nothing")
    again = stage.run(step)
    said = f"{again.stdout[-500:]}{again.stderr[-1500:]}"
    expect(again.returncode == 0, f"the next run ended with {again.returncode}: {said}")
    now = _files(stage, step)
    for host, files in left.items():
        expect(now[host] == files, f"files on {host} differ: {sorted(now[host] ^ files)[:5]}")
    return broken.returncode == 0


def _files(stage: Stage, step: Step) -> dict[str, set[str]]:
    """Paths on the step's host and in the registry."""
    root = stage.hosts[step.host].root
    return {
        step.host: {str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir()},
        "registry": {path.name for path in stage.registry.iterdir()},
    }


class Shims:
    """A folder with a shim for every program that the host has."""

    def __init__(self, stage: Stage, step: Step) -> None:
        host = stage.hosts[step.host]
        base = stage.folder / "faults" / machine_of(step.host)
        self._base, self._folder = base, base / "programs"
        self._calls, self._runs = base, 0
        shutil.rmtree(base, ignore_errors=True)
        self._folder.mkdir(parents=True)
        self._path = f"{host.programs}:{SYSTEM_PATH}"
        shim = base / "shim"
        shim.write_text((HERE / "breaking_shim.sh").read_text())
        shim.chmod(0o755)
        for name in {program.name for folder in self._path.split(":") for program in _programs(Path(folder))}:
            (self._folder / name).symlink_to(shim)

    def counting(self) -> dict[str, str]:
        # A new one each time: something of an earlier run may still be going on.
        self._runs += 1
        self._calls = self._base / f"calls-{self._runs}"
        self._calls.mkdir()
        return {
            "PATH": f"{self._folder}:{self._path}",
            "FAULTS": str(self._calls),
            "FAULT_PATH": self._path,
            "FAULT_AT": "",
            "FAULT_KIND": "",
            "FAULT_PYTHON": sys.executable,
            "FAULT_KILLER": str(HERE / "kill_session.py"),
        }

    def breaking(self, kind: str, number: int) -> dict[str, str]:
        return {**self.counting(), "FAULT_AT": str(number), "FAULT_KIND": kind}

    def calls(self) -> list[str]:
        """Names of the programs, in the order of their starts."""
        return [file.read_text().strip() for file in sorted(self._calls.iterdir(), key=lambda file: int(file.name))]


def _programs(folder: Path) -> Iterator[Path]:
    with suppress(FileNotFoundError):
        yield from folder.iterdir()
