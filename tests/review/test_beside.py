"""What needs no plan is worked out beside it, from the stacks as they were."""

import datetime
import subprocess
import sys
import threading
from pathlib import Path
from typing import ClassVar

import pytest

from dicom_cdk.review.beside import NEVER_BEGAN, beside_the_plan, of_pair
from dicom_cdk.review.folders import Pair
from dicom_cdk.review.model import StackReview
from tests.review.small import Document, document, stack

TODAY = datetime.date(2026, 11, 25)


def logs(days: int) -> Document:
    body = {"project_name": "p", "logstore_name": "l", "retention_period": days}
    return document({"alicloud_log_store": {"logs": body}}, output={"days": {"value": days}})


def pair(before: int, after: int) -> Pair:
    return "s", stack(logs(before), "before"), stack(logs(after), "after")


def test_another_process_says_the_same_of_each_pair() -> None:
    changed, unchanged = pair(365, 7), pair(7, 7)
    with beside_the_plan([changed, unchanged], TODAY) as waits:
        found = [wait() for wait in waits]
        assert waits[0]() is found[0], "whoever asks twice gets the same"
    assert found == [of_pair(changed, TODAY), of_pair(unchanged, TODAY)]
    (one, other) = found
    assert one.written.outputs != ()
    assert other.written == StackReview("s")
    assert one.verdicts is not None
    assert other.verdicts is not None
    assert one.verdicts[1] == other.verdicts[1]
    assert any("CKV2_DICOM_80" in finding for finding in one.verdicts[1][0] - one.verdicts[0][0])


class Watched:
    """Remembers which thread asked what it is made of."""

    asked: ClassVar[list[threading.Thread]] = []

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        self.asked.append(threading.current_thread())
        return str, ("",)


def test_what_is_judged_is_as_it_was_before_the_plan_began() -> None:
    """Another thread would read the stacks while the plan fills what they remember: now and then a review ended with 70."""
    Watched.asked.clear()
    with beside_the_plan([("s", Watched(), None)], TODAY):  # type: ignore[list-item]
        assert Watched.asked == [threading.main_thread()]


def test_a_script_whose_reading_starts_a_review_ends_and_says_what_it_lacks(tmp_path: Path) -> None:
    """The process reads the script too, and would begin another one: it was begun again without an end."""
    (tmp_path / "reviewing.py").write_text(
        "import datetime\n"
        "from dicom_cdk.review.beside import beside_the_plan\n"
        "with beside_the_plan([('s', None, None)], datetime.date(2026, 11, 25)) as (wait,):\n"
        "    wait()\n"
    )
    done = subprocess.run(
        [sys.executable, "reviewing.py"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 1
    assert done.stderr.endswith(f"RuntimeError: {NEVER_BEGAN}\n")


def test_what_fails_beside_is_told_with_the_place_where_it_failed() -> None:
    with (
        beside_the_plan([("s", "no stack", None)], TODAY) as (wait,),  # type: ignore[list-item]
        pytest.raises(AttributeError, match="'str' object has no attribute") as told,
    ):
        wait()
    assert "in of_pair" in told.value.__notes__[0]
