"""A server that takes connections and says nothing: its port is open, its process lives, and no engine restarts it."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dicom_cdk.rehearsal.checks import expect
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost


@contextmanager
def until_cron(host: ScratchHost, room: str) -> Iterator[None]:
    """The server of a room's container hangs for the block; then cron's line is run, which has to replace it.

    Who is not well is the engine's to judge, by the compose file; its stand-in calls a directory unhealthy at any time.
    """
    file = host.root.parent / "container/pid"
    number = int(file.read_text())
    os.kill(number, signal.SIGSTOP)
    try:
        yield
        line = next(line for line in host.read(f"/etc/cron.d/dicom-{room}").splitlines() if "unhealthy" in line)
        ending = threading.Thread(target=_ends_when_asked, args=(number,))
        ending.start()
        done = host.run("sh", "-c", line.partition(" root ")[2])
    finally:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGCONT)
    ending.join()
    expect(
        done.returncode == 0 and int(file.read_text()) != number,
        f"cron's line ended with {done.returncode}: {done.stderr}",
    )


def _ends_when_asked(number: int) -> None:
    """Goes on once it is told to end, so that nobody waits for the engine to kill it."""
    status = Path(f"/proc/{number}/status")
    with suppress(OSError):
        while "State:\tT" in (said := status.read_text()):
            if _pending(said) & 1 << signal.SIGTERM - 1:
                os.kill(number, signal.SIGCONT)
                return
            time.sleep(0.02)


def _pending(status: str) -> int:
    return int(next(line for line in status.splitlines() if line.startswith("ShdPnd:")).split()[1], 16)
