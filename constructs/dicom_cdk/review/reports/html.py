"""One page, no network: for who does not read pull requests."""

from collections.abc import Sequence

from dicom_cdk import pages
from dicom_cdk.review.model import StackReview
from dicom_cdk.review.reports.content import headline, sections


def html(reviews: Sequence[StackReview]) -> str:
    lost = [loss for review in reviews for loss in review.losses if not loss.reason]
    return pages.rendered(
        "pages/review.html.j2",
        style=pages.style(),
        lost=len(lost),
        stacks=[(review.name, headline(review), list(sections(review))) for review in reviews],
    )
