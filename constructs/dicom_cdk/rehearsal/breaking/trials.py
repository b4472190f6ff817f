"""One script broken at its places, each trial from the same state, and what a next run makes of it.

What a next run does depends on nothing but what the broken one left. So of the places between which nothing changes one is killed,
and a program's failure that leaves what some trial before has left is not followed by the same next run once more.
"""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dicom_cdk.rehearsal.breaking.shims import Shims, equal_states, places
from dicom_cdk.rehearsal.breaking.snapshot import Snapshot
from dicom_cdk.rehearsal.checks import Expected, expect
from dicom_cdk.rehearsal.site import Step
from dicom_cdk.rehearsal.stage import Stage

SHIM_SAYS = re.compile(r"\S+: rehearsed failure")
WAITING_SECONDS = 6
"""A broken run may wait no longer for what does not come."""


@dataclass
class Trials:
    """One script's, from one state. `calls` and what they are held against come from `unbroken`."""

    stage: Stage
    step: Step
    before: Snapshot
    shims: Shims
    calls: list[str] = field(default_factory=list)
    _states: dict[int, str] = field(default_factory=dict)
    """By the number of a call: what the stage held before it."""
    _left: Mapping[str, set[str]] = field(default_factory=dict)
    _known: dict[str, str] = field(default_factory=dict)
    """By what a broken run left: what was wrong with the next one, nothing where it ended ready."""

    def unbroken(self) -> None:
        """A run as it should be, looked at before each program. Raises Expected."""
        self.before.restore()

        def look(number: int) -> None:
            self._states[number] = self._now(self.shims.calls())

        with self.shims.looking(look) as more:
            done = self.stage.run(self.step, more=more)
        expect(done.returncode == 0, f"ended with {done.returncode}: {done.stderr[-1500:]}")
        self.calls, self._left = self.shims.calls(), self._files()

    def kill(self, every: int) -> str:
        """What is said of it. Raises Expected with every place at which the next run was wrong."""
        groups, ready, wrong = equal_states(self.calls, self._states, every), 0, list[str]()
        for group in groups:
            self.before.restore()
            number, name = group[0]
            more = f" (and at {len(group) - 1} more, before which nothing else changed)" if len(group) > 1 else ""
            try:
                broken = self._broken(self.shims.breaking("kill", number))
                ready += broken.returncode == 0
                left = self._now(self.calls)
                self._known[left] = self._next_run()
                expect(not self._known[left], self._known[left])
            except Expected as error:
                wrong.append(f"at call {number}, {name}{more}: {error}")
        count = sum(map(len, groups))
        expect(not wrong, f"{len(wrong)} of {len(groups)} states at {count} places: " + "\n".join(wrong))
        return f"{count} places, {len(groups)} states, {ready} ended ready all the same"

    def fail(self, every: int) -> str:
        """As `kill`."""
        self.before.restore()
        clean, dirty, ready, again, wrong = self._now(self.calls), False, 0, 0, list[str]()
        picked = places(self.calls, every)
        for number, name in picked:
            if dirty:
                self.before.restore()
            dirty = True
            try:
                broken = self._broken(self.shims.breaking("fail", number))
                ready += broken.returncode == 0
                says_why(broken)
                left = self._now(self.calls)
                dirty = left != clean
                if left not in self._known:
                    again, dirty = again + 1, True
                    self._known[left] = self._next_run()
                expect(not self._known[left], self._known[left])
            except Expected as error:
                wrong.append(f"at call {number}, {name}: {error}")
        expect(not wrong, f"{len(wrong)} of {len(picked)} places: " + "\n".join(wrong))
        return f"{len(picked)} places, {again} states beside those, {ready} ended ready all the same"

    def _now(self, calls: Sequence[str]) -> str:
        return self.before.states.now(database="psql" in calls)

    def _broken(self, more: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
        try:
            return self.stage.run(self.step, more=more, seconds=WAITING_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise Expected("hangs, beyond its own time limit") from error

    def _next_run(self) -> str:
        """What is wrong with it."""
        try:
            again = self.stage.run(self.step)
        except subprocess.TimeoutExpired:
            return "the next run hangs"
        if again.returncode != 0:
            return f"the next run ended with {again.returncode}: {again.stdout[-500:]}{again.stderr[-1500:]}"
        now = self._files()
        differ = {host: sorted(now[host] ^ files)[:5] for host, files in self._left.items() if now[host] != files}
        return "; ".join(f"files on {host} differ: {files}" for host, files in differ.items())

    def _files(self) -> dict[str, set[str]]:
        """Paths on the step's host and in the registry."""
        root = self.stage.hosts[self.step.host].root
        return {
            self.step.host: {str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir()},
            "registry": {path.name for path in self.stage.registry.iterdir()},
        }


def says_why(broken: "subprocess.CompletedProcess[str]") -> None:
    """Raises Expected where a broken run ended without a word of the script's own."""
    if broken.returncode == 0:
        return
    # What runs the script says itself why it does not; all else has to be put into words by the script.
    said_by_shell = any(f"{name}: rehearsed failure" in broken.stderr for name in ("sh", "bash", "timeout"))
    own = [line for line in broken.stderr.splitlines() if line and not SHIM_SAYS.fullmatch(line)]
    expect(bool(own) or said_by_shell, f"ended with {broken.returncode} and said nothing")
