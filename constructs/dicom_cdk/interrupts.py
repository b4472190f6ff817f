"""Who hears Ctrl-C: the command itself, not what it has started, which it ends without a word of theirs."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unheard() -> Iterator[None]:
    """Processes, and threads with the processes that they start, that begin inside never hear Ctrl-C (SIGINT).

    This one hears afterwards what came meanwhile. A terminal sends it to all of them.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
