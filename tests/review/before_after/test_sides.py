"""Which resource of the side before is which of the side after."""

from typing import Any

from dicom_cdk.review.before_after.sides import Sides
from tests.review.small import Document, document, stack

BUCKET = "alicloud_oss_bucket"


def sides(before: Document, after: Document, **more: Any) -> Sides:
    return Sides(stack(document(before), "before"), stack(document(after, **more), "after"))


def buckets(**names: str) -> Document:
    return {BUCKET: {name: {"bucket": bucket} for name, bucket in names.items()}}


def move(old: str, new: str) -> dict[str, str]:
    return {"from": f"{BUCKET}.{old}", "to": f"{BUCKET}.{new}"}


def test_what_is_moved_over_several_steps_came_from_its_first_address() -> None:
    both = sides(buckets(a="x"), buckets(c="x"), moved=[move("a", "b"), move("b", "c")])
    assert both.came_from == {f"{BUCKET}.c": f"{BUCKET}.a"}
    assert both.was(f"{BUCKET}.c") == {"bucket": "x"}
    assert both.suggested == {}


def test_a_rename_that_nobody_declared_is_suggested_unless_it_leaves_or_is_imported() -> None:
    found = {f"{BUCKET}.a": f"{BUCKET}.b"}
    assert sides(buckets(a="x"), buckets(b="x")).suggested == found
    leaving = [{"from": f"{BUCKET}.a", "lifecycle": {"destroy": False}}]
    assert sides(buckets(a="x"), buckets(b="x"), removed=leaving).suggested == {}
    coming = [{"to": f"{BUCKET}.b", "id": "x"}]
    assert sides(buckets(a="x"), buckets(b="x"), **{"import": coming}).suggested == {}


def test_what_moves_in_a_circle_gets_no_other_move_suggested() -> None:
    assert sides(buckets(a="x"), buckets(b="x"), moved=[move("a", "c"), move("c", "a")]).suggested == {}


def test_twins_are_no_rename() -> None:
    assert sides(buckets(a="x", b="x"), buckets(c="x", d="x")).suggested == {}


def test_the_side_before_is_laid_beside_the_other_under_its_new_addresses() -> None:
    policy = {"alicloud_oss_bucket_acl": {"acl": {"bucket": f"${{{BUCKET}.a.id}}", "acl": "private"}}}
    both = sides({**buckets(a="x"), **policy}, {**buckets(b="x"), **policy}, moved=[move("a", "b")])
    assert both.aligned is not None
    resource = both.aligned.document["resource"]
    assert resource[BUCKET] == {"b": {"bucket": "x"}}
    assert resource["alicloud_oss_bucket_acl"]["acl"]["bucket"] == f"${{{BUCKET}.b.id}}"


def test_places_that_are_left_and_taken_in_one_change_do_not_mix() -> None:
    both = sides(buckets(a="x", b="y"), buckets(b="x", c="y"), moved=[move("b", "c")])
    assert both.aligned is not None
    assert both.aligned.document["resource"][BUCKET] == {"a": {"bucket": "x"}, "c": {"bucket": "y"}}


def test_a_circle_moves_nothing() -> None:
    both = sides(buckets(a="x", b="y"), buckets(a="y", b="x"), moved=[move("a", "b"), move("b", "a")])
    assert both.aligned is both.before


def test_without_moves_the_side_before_is_itself() -> None:
    both = sides(buckets(a="x"), buckets(a="y"))
    assert both.aligned is both.before


def test_a_type_may_change_with_the_address() -> None:
    old, new = {"alicloud_dns": {"d": {"name": "x"}}}, {"alicloud_alidns_domain": {"d": {"domain_name": "x"}}}
    both = sides(old, new, moved=[{"from": "alicloud_dns.d", "to": "alicloud_alidns_domain.d"}])
    assert both.aligned is not None
    assert both.aligned.document["resource"] == {"alicloud_dns": {}, "alicloud_alidns_domain": {"d": {"name": "x"}}}
