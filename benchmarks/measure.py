"""Runs commands in turn and compares their medians: machines drift, pairs in one run drift together."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ratio:
    """What was compared, the ratio of medians, and the figure it should not pass."""

    name: str
    value: float
    limit: float
    detail: str = ""

    @property
    def line(self) -> str:
        verdict = "ok" if self.value <= self.limit else "ABOVE"
        return f"| {self.name} | {self.value:.2f} | {self.limit:.2f} | {verdict} | {self.detail} |"


HEADER = "| ratio | measured | at most | | medians |\n| --- | --- | --- | --- | --- |"


def seconds(
    command: Sequence[str | Path],
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    *,
    answers: Container[int] = (0,),
) -> float:
    """Wall time of one run of a command. Raises RuntimeError with its error output for an exit code not in `answers`."""
    start = time.perf_counter()
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        check=False,
    )
    if done.returncode not in answers:
        raise RuntimeError(f"{' '.join(map(str, command))}: exit {done.returncode}: {done.stderr.decode()[-2000:]}")
    return time.perf_counter() - start


def compare(name: str, one: Callable[[], float], other: Callable[[], float], *, limit: float, rounds: int = 7) -> Ratio:
    """Median of `one` over median of `other`, run in turn after a warm-up of each."""
    one(), other()
    pairs = [(one(), other()) for _ in range(rounds)]
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    return Ratio(name, ours / theirs, limit, f"{ours:.2f} s / {theirs:.2f} s")
