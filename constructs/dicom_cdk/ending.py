"""A command that is told to end (SIGTERM, SIGHUP) ends as on Ctrl-C: what it made in the temporary folder goes with it.

Imports nothing that every command would wait for.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class Ended(BaseException):
    """By a signal. No Exception, as nobody may take it for a failure that one can go on after."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = 128 + number
        self.name = signal.Signals(number).name


@contextmanager
def heard() -> Iterator[None]:
    """Raises Ended inside on such a signal, once; not on one that is ignored, as below `nohup`, or that somebody else hears."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, _: FrameType | None) -> None:
        for one in mine:
            signal.signal(one, signal.SIG_IGN)
        raise Ended(number)

    mine = [one for one in SIGNS if signal.getsignal(one) is signal.SIG_DFL]
    for one in mine:
        signal.signal(one, end)
    try:
        yield
    finally:
        for one in mine:
            signal.signal(one, signal.SIG_DFL)
