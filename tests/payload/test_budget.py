"""Budgets: sizes, refusals and the report."""

import pytest

from dicom_cdk.payload import TooLargeError
from dicom_cdk.payload.budget import Part, Usage, report


def usage(where: str, *sizes: int, limit: int = 100) -> Usage:
    return Usage(where, "command", limit, tuple(Part(f"part{n}", size) for n, size in enumerate(sizes)))


def test_a_full_carrier_is_allowed_and_one_byte_more_is_not() -> None:
    assert usage("room/step", 60, 40).check().size == 100
    with pytest.raises(TooLargeError) as caught:
        usage("room/step", 10, 91).check()
    assert str(caught.value) == (
        "room/step: command has 101 bytes, allowed 100: part1 91, part0 10; "
        "shorten the largest part, or move it to an image or the bucket"
    )


def test_the_report_has_a_line_for_each_with_the_fullest_first() -> None:
    assert report([usage("a", 10), usage("c", 50, 5), usage("b", 50, 5)]) == [
        "b: command 55 of 100 bytes (55 %): part0 50, part1 5",
        "c: command 55 of 100 bytes (55 %): part0 50, part1 5",
        "a: command 10 of 100 bytes (10 %): part0 10",
    ]
