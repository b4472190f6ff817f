"""Lifecycle rules of a bucket: whatever deletes sooner or more is a loss, the way back is none."""

from typing import Any

import pytest

from dicom_cdk.review.loss.in_place import UNKNOWN, lost_in_place

Rule = dict[str, Any]


def rule(days: int | None = None, **more: Any) -> Rule:
    found: Rule = {"enabled": True, "prefix": "", **more}
    return {**found, "expiration": [{"days": days}]} if days is not None else found


def gone(before: list[Rule], after: list[Rule]) -> list[tuple[str, str]]:
    return list(lost_in_place("alicloud_oss_bucket", {"lifecycle_rule": before}, {"lifecycle_rule": after}))


def noncurrent(days: int) -> Rule:
    return rule(noncurrent_version_expiration=[{"days": days}])


def aborting(days: int) -> Rule:
    return rule(abort_multipart_upload=[{"days": days}])


def dated(argument: str, day: str) -> Rule:
    return rule(expiration=[{argument: day}])


def filtered(**narrowed: Any) -> Rule:
    return rule(30, filter=[narrowed])


DAYS, DATE = "lower lifecycle_rule.expiration.days of", "lower lifecycle_rule.expiration.date of"


@pytest.mark.parametrize(
    ("kept", "deleted", "action", "what"),
    [
        ([], [rule(1)], DAYS, "objects older than 1 day"),
        ([rule(365)], [rule(1)], DAYS, "objects older than 1 day"),
        ([rule(30, enabled=False)], [rule(30)], DAYS, "objects older than 30 days"),
        ([rule(30, prefix="tmp/")], [rule(30)], DAYS, "objects older than 30 days"),
        ([rule(30, prefix="tmp/ct/")], [rule(30, prefix="tmp/")], DAYS, "objects older than 30 days below tmp/"),
        ([rule(30, tags={"kind": "test"})], [rule(30)], DAYS, "objects older than 30 days"),
        (
            [rule(30, tags={"kind": "test", "of": "a"})],
            [rule(30, tags={"kind": "test"})],
            DAYS,
            "objects older than 30 days with kind=test",
        ),
        ([filtered(object_size_greater_than=4096)], [rule(30)], DAYS, "objects older than 30 days"),
        ([filtered(object_size_less_than=4096)], [filtered()], DAYS, "objects older than 30 days"),
        ([filtered(**{"not": [{"prefix": "keep/"}]})], [filtered()], DAYS, "objects older than 30 days"),
        ([], [dated("date", "2026-01-01")], DATE, "objects by the date 2026-01-01"),
        ([dated("created_before_date", "2026-01-01")], [dated("created_before_date", "2026-06-01")],
         "lower lifecycle_rule.expiration.created_before_date of", "objects from before 2026-06-01"),
        ([], [noncurrent(7)], "lower lifecycle_rule.noncurrent_version_expiration.days of",
         "earlier versions of objects older than 7 days"),
        ([noncurrent(90)], [noncurrent(7)], "lower lifecycle_rule.noncurrent_version_expiration.days of",
         "earlier versions of objects older than 7 days"),
        ([aborting(7)], [aborting(1)], "lower lifecycle_rule.abort_multipart_upload.days of",
         "parts of uploads that are not completed older than 1 day"),
    ],
)  # fmt: skip
def test_a_rule_that_deletes_sooner_or_more_is_a_loss_and_the_way_back_is_none(
    kept: list[Rule], deleted: list[Rule], action: str, what: str
) -> None:
    assert gone(kept, deleted) == [(action, what)]
    assert gone(deleted, kept) == []


@pytest.mark.parametrize("days", [("2026-01-01", "2026-06-01"), ("2026-06-01", "2026-01-01")])
def test_another_date_is_a_loss_both_ways_since_it_may_mean_either(days: tuple[str, str]) -> None:
    assert gone(*([dated("date", day)] for day in days)) == [(DATE, f"objects by the date {days[1]}")]
    assert gone([dated("date", days[0])], [dated("date", days[0])]) == []


@pytest.mark.parametrize(
    "rules",
    [
        [rule(30)],
        [rule(60, prefix="a/"), rule(30, prefix="b/")],
        [rule(30, prefix="a/", id="other-name")],
        [rule(None, transitions=[{"days": 1, "storage_class": "Archive"}])],
        [rule(30, enabled=False), rule(None, expiration=[{"expired_object_delete_marker": True}])],
    ],
)
def test_rules_of_which_another_deleted_all_as_soon_are_no_loss(rules: list[Rule]) -> None:
    assert gone([rule(30)], rules) == []


def test_one_narrower_rule_does_not_excuse_a_second_one() -> None:
    assert gone([rule(30, prefix="a/")], [rule(30, prefix="a/"), rule(30, prefix="b/")]) == [
        (DAYS, "objects older than 30 days below b/")
    ]


def test_blocks_written_as_one_map_and_numbers_as_text_are_read_too() -> None:
    written = {"enabled": "true", "expiration": {"days": "1"}}
    before, after = {"lifecycle_rule": rule(365)}, {"lifecycle_rule": written}
    assert list(lost_in_place("alicloud_oss_bucket", before, after)) == [(DAYS, "objects older than 1 day")]


def test_a_period_that_is_known_only_after_apply_is_said_to_be_so() -> None:
    unknown = {"enabled": True, "expiration": [{"days": UNKNOWN}]}
    assert gone([rule(365)], [unknown]) == [(DAYS, "objects older than what is known after apply")]
