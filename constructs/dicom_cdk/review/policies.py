"""Findings and waivers of both sides, compared. Needs Checkov; without it nothing is judged, and the review says so."""

import datetime
import importlib.util
from collections.abc import Sequence
from dataclasses import replace

from dicom_cdk.policy.document import Document
from dicom_cdk.review.folders import Pair
from dicom_cdk.review.review import StackReview, document_of

SOON_DAYS = 30


def with_policies(reviews: Sequence[StackReview], pairs: Sequence[Pair], today: datetime.date) -> list[StackReview]:
    """The reviews with findings new and gone, waivers new and soon to end. Raises PolicyError and WaiverError."""
    if importlib.util.find_spec("checkov") is None:
        return [replace(one, policies_judged=False) for one in reviews]
    found = []
    for one, (_, before, after) in zip(reviews, pairs, strict=True):
        old, new = _judged(document_of(before), today), _judged(document_of(after), today)
        found.append(
            replace(
                one,
                findings_new=tuple(sorted(new[0] - old[0])),
                findings_gone=tuple(sorted(old[0] - new[0])),
                waivers_new=tuple(sorted(new[1] - old[1])),
                waivers_expiring=tuple(sorted(new[2])),
            )
        )
    return found


def _judged(document: Document | None, today: datetime.date) -> tuple[set[str], set[str], set[str]]:
    """Findings, waivers, and waivers that end soon."""
    if document is None:
        return set(), set(), set()
    from dicom_cdk.policy import catalogue
    from dicom_cdk.policy.gate import judge

    judgement = judge([document], catalogue.load(), today)
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
