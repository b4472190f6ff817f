"""The checks of a rehearsal as they happen: a line each, its time, and what could not be run."""

import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, Protocol

from dicom_cdk.rehearsal.programs import ProgramMissing


class Display(Protocol):
    """Where lines go."""

    def begin(self, room: str, name: str) -> None:
        """A check starts."""

    def end(self, check: "Check") -> None:
        """A check has ended."""


@dataclass(frozen=True)
class Check:
    """One finished check."""

    room: str
    name: str
    verdict: Literal["ok", "failed", "skipped"]
    seconds: float
    said: str = ""
    """What is wrong or missing; what was measured."""


class RoomFailed(Exception):
    """A check of a room failed: the room's later checks would say nothing."""


class Expected(AssertionError):
    """What a check wanted was not so."""


@dataclass
class Checks:
    """All checks of one rehearsal."""

    display: Display
    done: list[Check] = field(default_factory=list)

    @property
    def failed(self) -> list[Check]:
        return [check for check in self.done if check.verdict == "failed"]

    @contextmanager
    def check(self, room: str, name: str) -> Iterator[list[str]]:
        """Runs one check: the block. What is appended to its list is said behind the verdict. Raises RoomFailed."""
        self.display.begin(room, name)
        start, said = time.perf_counter(), list[str]()
        try:
            yield said
        except ProgramMissing as missing:
            self.take(Check(room, name, "skipped", time.perf_counter() - start, str(missing)))
            raise RoomFailed from missing
        except RoomFailed:
            raise
        except Exception as error:
            text = str(error) if isinstance(error, Expected) else "".join(traceback.format_exception(error)).strip()
            self.take(Check(room, name, "failed", time.perf_counter() - start, text))
            raise RoomFailed from error
        self.take(Check(room, name, "ok", time.perf_counter() - start, "; ".join(said)))

    def skip(self, room: str, name: str, why: str) -> None:
        """A check that cannot be made for this site or on this machine."""
        self.take(Check(room, name, "skipped", 0.0, why))

    def take(self, check: Check) -> None:
        """One that has ended."""
        self.done.append(check)
        self.display.end(check)


def expect(condition: bool, otherwise: str) -> None:
    """Raise Expected with what is wrong."""
    if not condition:
        raise Expected(otherwise)


def until(condition: Callable[[], bool], what: str, *, within: float) -> None:
    """Wait for a condition, asked every 50 ms; raise Expected with `what` is not so after `within` seconds."""
    deadline = time.monotonic() + within
    while not condition():
        expect(time.monotonic() < deadline, f"not {what} after {within:.0f} s")
        time.sleep(0.05)
