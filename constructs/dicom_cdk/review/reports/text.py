"""For a terminal."""

from collections.abc import Iterator, Sequence

from dicom_cdk.markdown import visible
from dicom_cdk.review.model import StackReview
from dicom_cdk.review.reports.content import headline, sections


def text(reviews: Sequence[StackReview]) -> str:
    return "\n".join(visible(line, keep="\t") for review in reviews for line in _lines(review)) + "\n"


def _lines(review: StackReview) -> Iterator[str]:
    yield f"{review.name}: {headline(review)}"
    for section in sections(review):
        yield f"  {section.title}"
        yield from (f"    {entry}" for entry in section.entries)
        for name, lines in section.code.items():
            yield f"    {name}"
            yield from (f"      {line}" for line in lines)
