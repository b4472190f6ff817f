"""One page, no network: for who does not read pull requests."""

from collections.abc import Sequence

from jinja2 import Environment

from dicom_cdk import shipped
from dicom_cdk.review.reports.content import headline, sections
from dicom_cdk.review.review import StackReview


def html(reviews: Sequence[StackReview]) -> str:
    template = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    ).from_string(shipped.path("assets/pages/review.html.j2").read_text())
    lost = [loss for review in reviews for loss in review.losses if not loss.reason]
    return template.render(
        style=shipped.path("assets/pages/page.css").read_text(),
        lost=len(lost),
        stacks=[(review.name, headline(review), list(sections(review))) for review in reviews],
    )
