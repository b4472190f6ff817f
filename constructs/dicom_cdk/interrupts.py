"""Who hears Ctrl-C: the command itself, not what it has started, which it ends without a word of theirs."""

import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any


@contextmanager
def unheard() -> Iterator[None]:
    """Processes, and threads with the processes that they start, that begin inside never hear Ctrl-C (SIGINT).

    This one hears afterwards what came meanwhile. A terminal sends it to all of them. The tracker of resources, which
    multiprocessing starts first, must run already: its start lets this one hear again (a pool starts it when it is made).
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end(pool: ProcessPoolExecutor, running: Sequence[Future[Any]]) -> None:
    """Ends the pool's processes at once, where nobody wants what they would go on with: left alone, the pool waits for it."""
    for one in running:
        one.cancel()
    for process in list((pool._processes or {}).values()):
        process.kill()
