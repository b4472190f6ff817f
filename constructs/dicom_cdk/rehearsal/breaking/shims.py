"""What stands before every program that a rehearsed script starts: numbers the calls, breaks one, or holds each for a look."""

import os
import select
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from dicom_cdk.rehearsal.programs import SYSTEM_PATH
from dicom_cdk.rehearsal.site import Step
from dicom_cdk.rehearsal.stage import Stage, machine_of

HERE = Path(__file__).parent
HELD = 400
"""Calls of one run that are held for a look; those beyond go on by themselves, and count as places like no other."""


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

    @contextmanager
    def looking(self, look: Callable[[int], None]) -> Iterator[dict[str, str]]:
        """`look` is called with each call's number before the program starts, which waits for it."""
        pipes = self._base / f"pipes-{self._runs + 1}"
        pipes.mkdir()
        for name in ("said", *map(str, range(1, HELD + 1))):
            os.mkfifo(pipes / name)
        # For reading and writing, so that nobody waits for the other end to open.
        said = os.open(pipes / "said", os.O_RDWR)
        ended, errors, answered = threading.Event(), list[BaseException](), list[int]()

        def listen() -> None:
            rest = b""
            while not ended.is_set():
                if not select.select([said], [], [], 0.05)[0]:
                    continue
                *lines, rest = (rest + os.read(said, 4096)).split(b"\n")
                for line in lines:
                    try:
                        look(int(line))
                    except Exception as error:
                        errors.append(error)
                    finally:
                        answered.append(os.open(pipes / line.decode(), os.O_RDWR))
                        os.write(answered[-1], b"\n")

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            yield {**self.counting(), "FAULT_KIND": "look", "FAULT_PIPES": str(pipes)}
        finally:
            ended.set()
            listener.join()
            for descriptor in (said, *answered):
                os.close(descriptor)
            shutil.rmtree(pipes)
        if errors:
            raise errors[0]

    def calls(self) -> list[str]:
        """Names of the programs, in the order of their starts."""
        return [file.read_text().strip() for file in sorted(self._calls.iterdir(), key=lambda file: int(file.name))]


def places(calls: Sequence[str], every: int) -> list[tuple[int, str]]:
    """Number and program of every `every`-th call. The first of them is half as far: nothing has happened before call 1."""
    return list(enumerate(calls, 1))[min((every - 1) // 2, len(calls) - 1) :: every]


def equal_states(calls: Sequence[str], states: dict[int, str], every: int) -> list[list[tuple[int, str]]]:
    """Places as number and program, every `every`-th, those together between which nothing has changed: `states` by number."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for number, name in places(calls, every):
        groups.setdefault(states.get(number, f"like no other: {number}"), []).append((number, name))
    return list(groups.values())


def _programs(folder: Path) -> Iterator[Path]:
    with suppress(FileNotFoundError):
        yield from folder.iterdir()
