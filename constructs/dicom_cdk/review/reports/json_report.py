"""For machines; the keys are stable."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from dicom_cdk.markdown import as_json
from dicom_cdk.review.model import StackReview


def json_report(reviews: Sequence[StackReview]) -> str:
    document = {
        "version": 1,
        "data_could_be_lost": any(not loss.reason for review in reviews for loss in review.losses),
        "stacks": [_stack(review) for review in reviews],
    }
    return as_json(document)


def _stack(review: StackReview) -> dict[str, Any]:
    found = asdict(review)
    found["moves"] = dict(sorted(review.moves.items()))
    for loss in found["losses"]:
        loss["allowed"] = bool(loss["reason"])
    return found
