"""Findings and waivers of both sides, compared. Needs Checkov; without it nothing is judged, and the review says so."""

import datetime
import importlib.util
import multiprocessing
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from dicom_cdk.policy.document import Document
from dicom_cdk.review.folders import Pair
from dicom_cdk.review.model import StackReview
from dicom_cdk.review.sides import Sides, same

SOON_DAYS = 30
START = "spawn"
"""How the process that judges is started: it may not inherit threads, which this one may have."""

Judged = tuple[set[str], set[str], set[str]]
"""Findings, waivers, and waivers that end soon."""
Verdicts = tuple[Judged, Judged]
"""Of one pair, before and after; what is moved has its new address on both sides."""


@contextmanager
def judging(pairs: Sequence[Pair], today: datetime.date) -> Iterator[Callable[[], list[Verdicts] | None]]:
    """Judges in a process of its own while Terraform plans; gives how to wait for it. None without Checkov.

    The wait raises PolicyError and WaiverError.
    """
    if importlib.util.find_spec("checkov") is None:
        yield lambda: None
        return
    # Here and now: the pool would do it in a thread of its own, while the plan goes on filling what the stacks remember.
    handed = pickle.dumps((list(pairs), today))
    with _uninterrupted():
        pool = multiprocessing.get_context(START).Pool(1)
    # Leaving it ends the process, whatever it does then.
    with pool:
        running = pool.apply_async(_all_sides, (handed,))
        yield running.get


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


def with_policies(reviews: Sequence[StackReview], sides: Sequence[Verdicts] | None) -> list[StackReview]:
    """The reviews with findings new and gone, waivers new and soon to end."""
    if sides is None:
        return [replace(one, policies_judged=False) for one in reviews]
    return [
        replace(
            one,
            findings_new=tuple(sorted(new[0] - old[0])),
            findings_gone=tuple(sorted(old[0] - new[0])),
            waivers_new=tuple(sorted(new[1] - old[1])),
            waivers_expiring=tuple(sorted(new[2])),
        )
        for one, (old, new) in zip(reviews, sides, strict=True)
    ]


def _all_sides(handed: bytes) -> list[Verdicts]:
    pairs, today = pickle.loads(handed)
    return [_sides(pair, today) for pair in pairs]


def _sides(pair: Pair, today: datetime.date) -> Verdicts:
    _, before, after = pair
    sides = Sides(before, after)
    old, new = sides.documents
    known: dict[str, Any] = {}
    judged = _judged(old, today, known)
    unchanged = before is not None and after is not None and same(before, after)
    return judged, judged if unchanged else _judged(new, today, known)


def _judged(document: Document | None, today: datetime.date, known: dict[str, Any]) -> Judged:
    """`known`: verdicts on what both sides have in common."""
    if document is None:
        return set(), set(), set()
    from dicom_cdk.policy import catalogue
    from dicom_cdk.policy.gate import judge

    judgement = judge([document], catalogue.load(), today, placed=False, known=known)
    findings = {
        f"{one.policy.severity} {one.policy.id} {one.address}: {one.policy.name}" for one in judgement.of("failed")
    }
    waivers = {f"{one.policy} {one.address} until {one.expires}: {one.reason}" for one in judgement.waivers}
    last = today + datetime.timedelta(days=SOON_DAYS)
    soon = {
        f"{one.policy} {one.address} ends {one.expires}: {one.reason}"
        for one in judgement.waivers
        if one.expires is not None and one.expires <= last
    }
    return findings, waivers, soon
