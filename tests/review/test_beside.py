"""What needs no plan is worked out beside it, from the stacks as they were."""

import datetime
import threading
from typing import ClassVar

from dicom_cdk.review.beside import beside_the_plan, of_pair
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
