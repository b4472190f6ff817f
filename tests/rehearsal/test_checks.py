"""What a check waits for, and what it says when that does not come."""

import pytest

from dicom_cdk.rehearsal.checks import Expected, until


def test_what_is_waited_for_is_asked_until_it_is_so() -> None:
    answers = iter([False, False, True])
    until(lambda: next(answers), "there", within=5)
    assert list(answers) == []


def test_what_does_not_come_in_time_is_told_with_the_time() -> None:
    with pytest.raises(Expected, match=r"^not there after 0 s$"):
        until(lambda: False, "there", within=0)
