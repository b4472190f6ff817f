"""Children that an interrupt reaches, wherever the tests were started."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interruptible() -> Iterator[None]:
    """Children started inside end on SIGINT.

    A child inherits an ignored signal: below `nohup` or in a shell's background (`make test &`) it would never see the one that a
    test sends. What this process does with it is as before afterwards.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
