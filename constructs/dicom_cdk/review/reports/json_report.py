"""For machines; the keys are stable."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from dicom_cdk.review.model import StackReview


def json_report(reviews: Sequence[StackReview]) -> str:
    document = {
        "version": 1,
        "data_could_be_lost": any(not loss.reason for review in reviews for loss in review.losses),
        "stacks": [_stack(review) for review in reviews],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _stack(review: StackReview) -> dict[str, Any]:
    found = asdict(review)
    found["moves"] = dict(sorted(review.moves.items()))
    for loss in found["losses"]:
        loss["allowed"] = bool(loss["reason"])
    return found
