"""All that a review says without a plan, in a process of its own while Terraform plans: what is written, and what policies find."""

import datetime
import multiprocessing
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from dicom_cdk.review import policies
from dicom_cdk.review.folders import Pair
from dicom_cdk.review.model import StackReview
from dicom_cdk.review.sides import Sides, same
from dicom_cdk.review.written import as_written

START = "spawn"
"""How the process is started: it may not inherit threads, which this one may have."""


class Beside(NamedTuple):
    """Of one pair of stacks. `verdicts`: None without Checkov."""

    written: StackReview
    verdicts: policies.Verdicts | None


@contextmanager
def beside_the_plan(pairs: Sequence[Pair], today: datetime.date) -> Iterator[list[Callable[[], Beside]]]:
    """Begins at once; gives how to wait for each pair. The wait raises PolicyError and WaiverError."""
    # Here and now: the pool would do it in a thread of its own, while the plan goes on filling what the stacks remember.
    handed = [pickle.dumps((pair, today if policies.can_judge() else None)) for pair in pairs]
    with _uninterrupted():
        pool = multiprocessing.get_context(START).Pool(1)
    # Leaving it ends the process, whatever it does then.
    with pool:
        yield [pool.apply_async(_one, (one,)).get for one in handed]


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """What is started here does not hear Ctrl-C: this process does, and ends it without a word of its own."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _one(handed: bytes) -> Beside:
    pair, today = pickle.loads(handed)
    return of_pair(pair, today)


def of_pair(pair: Pair, today: datetime.date | None) -> Beside:
    """The same, here; without a day no policy is asked. Raises PolicyError and WaiverError."""
    name, before, after = pair
    sides = Sides(before, after)
    unchanged = before is not None and after is not None and same(before, after)
    written = StackReview(name) if unchanged else as_written(name, sides)
    return Beside(written, policies.verdicts(sides, today) if today else None)
