"""Scripts broken by as many processes as there are cores, each on a stage of its own; said in the order of the steps all the same.

A process takes the next script that nobody has; those that others have it runs once, as they should be, to come to its own.
"""

import ctypes
import multiprocessing
import os
import signal
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import FrameType

from dicom_cdk.rehearsal import faults
from dicom_cdk.rehearsal.checks import Check, Checks, Display
from dicom_cdk.rehearsal.programs import ProgramMissing
from dicom_cdk.rehearsal.site import Site
from dicom_cdk.rehearsal.stage import staged

PR_SET_PDEATHSIG = 1
END_SECONDS = 30
"""To strike a stage."""
Said = tuple[int, str, object]
"""Number of the script, `begin`, `end`, `over` or what went wrong, and its words."""


class WorkerFailed(Exception):
    """One of the processes ended as it never should; its own words."""


def rehearse(site: Site, folder: Path, checks: Checks, rooms: Sequence[str], every: int, workers: int) -> None:
    """As faults.rehearse with stages of `site` below `folder`. Raises ProgramMissing, WorkerFailed."""
    claims = folder / "claims"
    claims.mkdir()
    in_order = InOrder(checks)
    processes: dict[Connection, SpawnProcess] = {}
    context = multiprocessing.get_context("spawn")
    with _ended(processes):
        for number in range(1, min(workers, faults.scripts(site, rooms)) + 1):
            own = folder / f"worker-{number}"
            own.mkdir()
            here, there = context.Pipe(duplex=False)
            process = context.Process(target=_work, args=(site.folder, own, claims, rooms, every, there))
            process.start()
            there.close()
            processes[here] = process
        while processes:
            for one in wait(list(processes)):
                assert isinstance(one, Connection)
                try:
                    in_order.take(one.recv())
                except EOFError:
                    process = processes.pop(one)
                    process.join()
                    if process.exitcode != 0:
                        raise WorkerFailed(
                            f"a process that breaks scripts ended with {process.exitcode}, and said nothing"
                        ) from None
        in_order.rest()


@contextmanager
def _ended(processes: dict[Connection, SpawnProcess]) -> Iterator[None]:
    """Whatever ends the block ends the processes, each after it has struck its stage."""
    try:
        yield
    finally:
        for process in processes.values():
            # Interrupted, so that it cleans up.
            with suppress(ProcessLookupError, TypeError):
                os.kill(process.pid, signal.SIGINT)  # type: ignore[arg-type]
        for process in processes.values():
            process.join(END_SECONDS)
            process.kill()


class InOrder:
    """What several processes say, handed on in the order of the scripts."""

    def __init__(self, checks: Checks) -> None:
        self._checks, self._turn = checks, 0
        self._waiting: dict[int, list[Said]] = {}

    def take(self, said: Said) -> None:
        """Raises ProgramMissing, WorkerFailed."""
        _, kind, words = said
        if kind == "missing":
            raise ProgramMissing(str(words))
        if kind == "error":
            raise WorkerFailed(str(words))
        self._waiting.setdefault(said[0], []).append(said)
        while self._turn in self._waiting:
            turn = self._turn
            for one in self._waiting.pop(turn):
                self._hand_on(one)
            if turn == self._turn:
                break

    def rest(self) -> None:
        """What is left when all have ended: of scripts that nobody came to."""
        for number in sorted(self._waiting):
            for said in self._waiting[number]:
                self._hand_on(said)

    def _hand_on(self, said: Said) -> None:
        _, kind, words = said
        if kind == "begin":
            self._checks.display.begin(*words)  # type: ignore[misc]
        elif kind == "over":
            self._turn += 1
        # Where a step fails between two scripts, each of the processes says so.
        elif isinstance(words, Check) and words.name not in {check.name for check in self._checks.done}:
            self._checks.take(words)


class _Sending(Display):
    """Where a process's own checks go."""

    def __init__(self, to: Connection) -> None:
        self._to, self.number = to, 0

    def begin(self, room: str, name: str) -> None:
        self._to.send((self.number, "begin", (room, name)))

    def end(self, check: Check) -> None:
        self._to.send((self.number, "end", check))


class _Share(faults.Share):
    """Scripts by number; whose file it is to make below `claims` breaks it."""

    def __init__(self, claims: Path, display: _Sending, to: Connection) -> None:
        self._claims, self._display, self._to = claims, display, to

    def take(self, _number: int) -> bool:
        try:
            (self._claims / str(_number)).touch(exist_ok=False)
        except FileExistsError:
            return False
        self._display.number = _number
        return True

    def over(self) -> None:
        self._to.send((self._display.number, "over", None))


def _work(site: Path, folder: Path, claims: Path, rooms: Sequence[str], every: int, to: Connection) -> None:
    # A terminal's Ctrl-C is the first process's to hand on; the end of that one, however it came, is heard of.
    os.setpgrp()
    signal.signal(signal.SIGINT, _interrupted)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
    display = _Sending(to)
    try:
        folder.chmod(0o755)
        with staged(Site(site), folder) as stage:
            faults.rehearse(stage, Checks(display), rooms, every, _Share(claims, display, to))
    except ProgramMissing as missing:
        to.send((0, "missing", str(missing)))
    except KeyboardInterrupt:
        pass
    except Exception:
        to.send((0, "error", traceback.format_exc()))


def _interrupted(_: int, __: FrameType | None) -> None:
    # Once: a second one would hinder what cleans up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt
