"""All that a review says without a plan, in a process of its own while Terraform plans: what is written, and what policies find."""

import datetime
import functools
import multiprocessing
import os
import pickle
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from typing import NamedTuple

from dicom_cdk import interrupts
from dicom_cdk.review import policies
from dicom_cdk.review.before_after.sides import Sides, same
from dicom_cdk.review.folders import Pair
from dicom_cdk.review.model import StackReview
from dicom_cdk.review.written import as_written

START = "spawn"
"""How the process is started: it may not inherit threads, which this one may have."""
LATER = 10
"""How much it stands back behind the plan, where both want the same core (nice)."""
NEVER_BEGAN = (
    "the process that judges beside the plan has ended; what it said stands above. A script that calls dicom-cdk needs "
    'if __name__ == "__main__": around the call, since that process reads the script too'
)


class Beside(NamedTuple):
    """Of one pair of stacks. `verdicts`: None without Checkov."""

    written: StackReview
    verdicts: policies.Verdicts | None


@contextmanager
def beside_the_plan(pairs: Sequence[Pair], today: datetime.date) -> Iterator[list[Callable[[], Beside]]]:
    """Begins at once; gives how to wait for each pair. The wait raises PolicyError and WaiverError."""
    day = today if policies.can_judge() else None
    # Here and now: what is handed over later may be what the plan goes on filling.
    handed = [pickle.dumps((pair, day)) for pair in pairs]
    context = multiprocessing.get_context(START)
    here, there = context.Pipe()
    # Typeshed gives it to the contexts by name alone.
    process = context.Process(target=_work, args=(there,), daemon=True)  # type: ignore[attr-defined]
    resource_tracker.ensure_running()
    with interrupts.unheard():
        process.start()
    # Whose end it is alone: when it dies, the wait ends.
    there.close()
    # Who writes more than a pipe holds waits until the process has begun.
    handing = threading.Thread(target=_hand_over, args=(here, handed), daemon=True)
    handing.start()
    said: list[Beside | Exception] = []
    try:
        yield [functools.partial(_wait, here, said, at) for at in range(len(handed))]
    finally:
        process.kill()
        process.join()
        # Nobody reads any more: what it still writes fails, and nothing may be taken from under it.
        handing.join()
        here.close()


def _hand_over(here: Connection, handed: Sequence[bytes]) -> None:
    # Whoever waits for an answer is told that nobody reads.
    with suppress(OSError):
        here.send(handed)


def _wait(here: Connection, said: list[Beside | Exception], at: int) -> Beside:
    while len(said) <= at:
        try:
            said.append(here.recv())
        except (EOFError, ConnectionResetError):
            raise RuntimeError(NEVER_BEGAN) from None
    found = said[at]
    if isinstance(found, Exception):
        raise found
    return found


def _work(there: Connection) -> None:
    # The plan takes longer, and is what everybody waits for.
    os.nice(LATER)
    for one in there.recv():
        pair, today = pickle.loads(one)
        try:
            there.send(of_pair(pair, today))
        except Exception as error:
            # Where it happened is lost on the way.
            error.add_note("".join(traceback.format_exception(error)))
            there.send(error)


def of_pair(pair: Pair, today: datetime.date | None) -> Beside:
    """The same, here; without a day no policy is asked. Raises PolicyError and WaiverError."""
    name, before, after = pair
    sides = Sides(before, after)
    unchanged = before is not None and after is not None and same(before, after)
    written = StackReview(name) if unchanged else as_written(name, sides)
    return Beside(written, policies.verdicts(sides, today) if today else None)
