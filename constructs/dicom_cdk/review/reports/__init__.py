"""Reports of a review; each a function from reviews to text. None has a secret value."""

from collections.abc import Callable, Sequence

from dicom_cdk.review.model import StackReview
from dicom_cdk.review.reports.json_report import json_report
from dicom_cdk.review.reports.markdown import markdown
from dicom_cdk.review.reports.text import text


def _page(reviews: Sequence[StackReview]) -> str:
    # The other forms need no templates.
    from dicom_cdk.review.reports.html import html

    return html(reviews)


FORMATS: dict[str, Callable[[Sequence[StackReview]], str]] = {
    "text": text,
    "json": json_report,
    "markdown": markdown,
    "html": _page,
}
