"""For a pull request's comment: the short of it first, details folded."""

from collections.abc import Iterator, Sequence

from dicom_cdk.markdown import code, fenced, plain
from dicom_cdk.review.model import StackReview
from dicom_cdk.review.reports.content import headline, sections

LONGEST = 60000
"""Letters; GitHub takes 65,536 in a comment."""


def markdown(reviews: Sequence[StackReview]) -> str:
    lost = sum(not loss.reason for review in reviews for loss in review.losses)
    title = f"### Review: data could be lost ({lost})" if lost else "### Review"
    whole = "\n".join([title, "", *(line for review in reviews for line in _lines(review))]).rstrip("\n") + "\n"
    if len(whole) <= LONGEST:
        return whole
    short = "\n".join([title, "", *(line for review in reviews for line in _lines(review, folded=False))])
    return f"{short[:LONGEST]}\n\nThe details are too long for a comment: see the review as HTML or JSON.\n"


def _lines(review: StackReview, *, folded: bool = True) -> Iterator[str]:
    yield f"**{plain(review.name)}**: {headline(review)}"
    yield ""
    for section in sections(review):
        if section.folded and not folded:
            continue
        if section.folded:
            yield f"<details><summary>{plain(section.title)} ({section.count})</summary>"
            yield ""
        else:
            yield f"**{section.title}**"
            yield ""
        for entry in section.entries:
            yield f"  - {plain(entry[2:])}" if entry.startswith("  ") else f"- {plain(entry)}"
        for name, lines in section.code.items():
            yield ""
            yield code(name)
            yield ""
            yield from fenced(lines, "diff")
        if section.folded:
            yield ""
            yield "</details>"
        yield ""
