"""Findings and waivers of both sides, compared. Needs Checkov; without it nothing is judged, and the review says so."""

import datetime
import importlib.util
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from dicom_cdk.policy.document import Document
from dicom_cdk.review.before_after.sides import Sides, same
from dicom_cdk.review.model import StackReview

SOON_DAYS = 30

Judged = tuple[set[str], set[str], set[str]]
"""Findings, waivers, and waivers that end soon."""
Verdicts = tuple[Judged, Judged]
"""Of one pair, before and after; what is moved has its new address on both sides."""


def with_policies(review: StackReview, verdicts: Verdicts | None) -> StackReview:
    """The review with findings new and gone, waivers new and soon to end."""
    if verdicts is None:
        return replace(review, policies_judged=False)
    old, new = verdicts
    return replace(
        review,
        findings_new=tuple(sorted(new[0] - old[0])),
        findings_gone=tuple(sorted(old[0] - new[0])),
        waivers_new=tuple(sorted(new[1] - old[1])),
        waivers_expiring=tuple(sorted(new[2])),
    )


def can_judge() -> bool:
    """Whether Checkov is installed."""
    return importlib.util.find_spec("checkov") is not None


def verdicts(sides: Sides, today: datetime.date) -> Verdicts:
    """Of both sides. Raises PolicyError and WaiverError."""
    old, new = sides.documents
    known: dict[str, Any] = {}
    judged = _judged(old, today, known, sides.instances)
    unchanged = sides.before is not None and sides.after is not None and same(sides.before, sides.after)
    return judged, judged if unchanged else _judged(new, today, known)


def _judged(
    document: Document | None, today: datetime.date, known: dict[str, Any], to: Mapping[str, str] = MappingProxyType({})
) -> Judged:
    """`known`: verdicts on what both sides have in common; `to`: where instances went."""
    if document is None:
        return set(), set(), set()
    from dicom_cdk.policy import catalogue
    from dicom_cdk.policy.gate import judge

    judgement = judge([document], catalogue.load(), today, placed=False, known=known)
    findings = {
        f"{one.policy.severity} {one.policy.id} {to.get(one.address, one.address)}: {one.policy.name}"
        for one in judgement.of("failed")
    }
    waivers = {
        f"{one.policy} {to.get(one.address, one.address)} until {one.expires}: {one.reason}"
        for one in judgement.waivers
    }
    last = today + datetime.timedelta(days=SOON_DAYS)
    soon = {
        f"{one.policy} {to.get(one.address, one.address)} ends {one.expires}: {one.reason}"
        for one in judgement.waivers
        if one.expires is not None and one.expires <= last
    }
    return findings, waivers, soon
