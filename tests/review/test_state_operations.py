"""What a review and its guard say of state operations: what Terraform's own plan says, and what goes with it."""

import contextlib
import datetime
import functools
import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan import planning, terraform
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.state import importing
from dicom_cdk.review import changes, command
from dicom_cdk.review.before_after.sides import Sides
from dicom_cdk.review.beside import of_pair
from dicom_cdk.review.errors import ReviewError
from dicom_cdk.review.folders import Pair
from dicom_cdk.review.losses import losses
from dicom_cdk.review.model import StackReview
from dicom_cdk.review.reports import FORMATS
from dicom_cdk.review.review import review
from tests.plan.operations import BUCKET, ROWS, Row, bucket, imported, moved, program, removed
from tests.review.small import Document, actions, document, lost, reviewed, stack

pytestmark = pytest.mark.terraform

TERRAFORMS = {"create/delete": "replace", "delete/create": "replace", "delete": "destroy"}


@pytest.fixture
def without_policies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those are slow, and others' tests."""

    def here(pairs: Sequence[Pair], _: datetime.date) -> Any:
        return contextlib.nullcontext([functools.partial(of_pair, pair, None) for pair in pairs])

    monkeypatch.setattr(command, "beside_the_plan", here)


@pytest.fixture(scope="module")
def judge() -> dict[str, Any]:
    """The plan as Terraform writes it, before anything of ours touches it."""
    return {}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, judge: dict[str, Any]) -> StackReview:
    before, after = map(Stack.read, program(tmp_path_factory.mktemp("operations")))
    replaced = [address for row in ROWS.values() for address in row.replaced]

    def watched(plan: dict[str, Any]) -> dict[str, Any]:
        judge.update(plan)
        return importing.settled(plan)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(planning, "settled", watched)
        return review("s", before, after, terraform.find(), replaced=replaced)


def test_every_row_is_in_one_plan(found: StackReview) -> None:
    assert (found.problems, found.moves, found.twice) == ((), {}, ())
    assert {one.address for one in found.changes} == {address for row in ROWS.values() for address in row.happens}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_what_happens_is_said_by_address_with_what_goes(row: Row, found: StackReview) -> None:
    own = [one for one in found.changes if one.address in row.happens]
    said = {one.address: one.action + (f" from {one.came_from}" if one.came_from else "") for one in own}
    assert said == row.happens
    assert tuple(loss.told for loss in found.losses if loss.address in row.happens) == row.lost
    assert tuple(one.address for one in own if one.held) == row.held


def test_the_guard_says_nothing_else(found: StackReview) -> None:
    assert {loss.told for loss in found.losses} == {one for row in ROWS.values() for one in row.lost}


def test_terraform_s_own_plan_says_the_same(found: StackReview, judge: dict[str, Any]) -> None:
    told = {one.address: one for one in found.changes}
    for one in judge["resource_changes"]:
        change, ours = one["change"], told.pop(one["address"], None)
        words = "/".join(change["actions"])
        if ours is None:
            assert (words, change.get("importing")) == ("no-op", None), one["address"]
            continue
        assert ours.came_from == one.get("previous_address", ""), one["address"]
        assert ours.imported is bool(change.get("importing")), one["address"]
        # Of an import, what the account holds is not known: an update of it is none that could be said.
        assert ours.action == ("import" if ours.imported and words == "update" else TERRAFORMS.get(words, words))
    assert told == {}


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_says_each_loss_and_each_operation(form: str, found: StackReview) -> None:
    said = html.unescape(FORMATS[form]([found])).replace('\\"', '"')
    for one in found.changes:
        assert one.address in said
        assert one.came_from in said
    for loss in found.losses:
        assert (loss.told if form != "json" else f'"action": "{loss.action}"') in said


def test_what_is_imported_again_is_not_left_in_the_account(found: StackReview) -> None:
    said = FORMATS["text"]([found])
    left = said.partition("  Left in the account, managed by nobody\n")[2].partition("  Imported")[0]
    assert f"    {BUCKET}.kept\n" in left
    assert f"{BUCKET}.here" not in left
    assert f"    forget {BUCKET}.here, imported again as {BUCKET}.there\n" in said


def test_one_object_at_two_addresses_is_said() -> None:
    after = document({BUCKET: {"x": bucket("k")}}, **{"import": imported(x="clinic-k")})
    found = reviewed(document({BUCKET: {"k": bucket("k")}}), after)
    assert lost(found) == [f"destroy {BUCKET}.k: objects of the bucket"]
    assert "  Objects of the account at two addresses\n    alicloud_oss_bucket clinic-k is destroyed as" in FORMATS[
        "text"
    ]([found])


def test_a_new_stack_imports_what_another_left_and_makes_the_rest() -> None:
    after = document(
        {BUCKET: {"k": bucket("k"), "some": {"for_each": {"x": "", "y": ""}, **bucket("some-${each.key}")}}},
        **{"import": [*imported(k="clinic-k"), {"to": f'{BUCKET}.some["x"]', "id": "clinic-some-x"}]},
    )
    found = review("s", None, stack(after), terraform.find())
    happens = {f"{BUCKET}.k": "import", f'{BUCKET}.some["x"]': "import", f'{BUCKET}.some["y"]': "create"}
    assert (actions(found), found.presence, found.problems) == (happens, "added", ())
    assert FORMATS["text"]([found]).startswith("s: a new stack: 2 to import, 1 to create\n")
    refused = review("s", None, stack({**after, "resource": {**after["resource"], **REFUSED}}), terraform.find())
    assert refused.problems[0] == "Terraform refuses the stack as it is after the change"
    assert actions(refused)[f"{BUCKET}.k"] == "import"


def test_what_opentofu_leaves_and_makes_anew_is_forgotten_and_created() -> None:
    sides = Sides(*(stack(document({BUCKET: {"a": bucket(name)}}), name) for name in ("x", "y")))
    change = {"actions": ["forget", "create"], "before": {"bucket": "clinic-x"}, "after": {"bucket": "clinic-y"}}
    plan = {"resource_changes": [{"address": f"{BUCKET}.a", "type": BUCKET, "change": change}]}
    found = list(changes._planned(plan, sides))
    assert [one.change.action for one in found] == ["create", "forget"]
    assert list(losses(sides, found, refused=False)) == []


def exit_code(tmp_path: Path, before: Document, after: Document, allowed: str = "", **more: Any) -> tuple[int, str]:
    """Of the command, and its report."""
    for side, of in (("base", before), ("head", after)):
        (tmp_path / side / "stacks/s").mkdir(parents=True)
        (tmp_path / side / "stacks/s/cdk.tf.json").write_text(json.dumps(of))
    (tmp_path / "allowed.yaml").write_text(f"- {{address: {allowed}, reason: exported before the change}}\n")
    code = command.run(
        tmp_path / "base",
        tmp_path / "head",
        format="text",
        allowed=tmp_path / "allowed.yaml" if allowed else None,
        output=tmp_path / "report.txt",
        answers=None,
        today=datetime.date(2026, 11, 25),
        **more,
    )
    return code, (tmp_path / "report.txt").read_text()


COMING = {"import": imported(x="clinic-x")}
MOVING = {"moved": moved((f"{BUCKET}.a", f"{BUCKET}.b"))}
CODES: dict[str, tuple[Document, Document, Document, int]] = {
    "moved": ({"a": bucket("a")}, {"b": bucket("a")}, MOVING, 0),
    "moved and replaced": ({"a": bucket("a")}, {"b": bucket("b")}, MOVING, 3),
    "moved to where nothing stands": ({"a": bucket("a"), "k": bucket("k")}, {"k": bucket("k")}, MOVING, 3),
    "forgotten": ({"a": bucket("a"), "k": bucket("k")}, {"k": bucket("k")}, {"removed": removed(f"{BUCKET}.a")}, 0),
    "removed": (
        {"a": bucket("a"), "k": bucket("k")}, {"k": bucket("k")}, {"removed": removed(f"{BUCKET}.a", destroy=True)}, 3,
    ),
    "imported": ({"k": bucket("k")}, {"k": bucket("k"), "x": bucket("x")}, COMING, 0),
    "imported instead of moved": ({"k": bucket("x")}, {"x": bucket("x")}, COMING, 3),
    "moved in a circle, which no plan takes": (
        {"a": bucket("a")}, {"b": bucket("a")},
        {"moved": moved((f"{BUCKET}.a", f"{BUCKET}.b"), (f"{BUCKET}.b", f"{BUCKET}.a"))}, 1,
    ),
    "moved into a circle": (
        {"a": bucket("a")}, {"b": bucket("a")},
        {"moved": moved((f"{BUCKET}.a", f"{BUCKET}.x"), (f"{BUCKET}.x", f"{BUCKET}.y"), (f"{BUCKET}.y", f"{BUCKET}.x"))}, 1,
    ),
    "moved in a circle while another goes": (
        {"a": bucket("a"), "k": bucket("k")}, {"b": bucket("a")},
        {"moved": moved((f"{BUCKET}.a", f"{BUCKET}.b"), (f"{BUCKET}.b", f"{BUCKET}.a"))}, 3,
    ),
    "moved from what is no address": (
        {"k": bucket("k")}, {"k": bucket("k")}, {"moved": moved(("not an address", f"{BUCKET}.x"), (f"{BUCKET}.k", "m"))}, 1,
    ),
    "moved from two to one": (
        {"a": bucket("a"), "k": bucket("a")}, {"b": bucket("a")},
        {"moved": moved((f"{BUCKET}.a", f"{BUCKET}.b"), (f"{BUCKET}.k", f"{BUCKET}.b"))}, 1,
    ),
    "moved from what stays": (
        {"a": bucket("a")}, {"a": bucket("a"), "b": bucket("b")}, {"moved": moved((f"{BUCKET}.a", f"{BUCKET}.b"))}, 3,
    ),
    "removed and declared": ({"a": bucket("a")}, {"a": bucket("a")}, {"removed": removed(f"{BUCKET}.a")}, 1),
    "removed by no truth value": (
        {"a": bucket("a"), "k": bucket("k")}, {"k": bucket("k")},
        {"removed": [{"from": f"{BUCKET}.a", "lifecycle": {"destroy": "maybe"}}]}, 3,
    ),
    "imported of no type": ({"k": bucket("k")}, {"k": bucket("k")}, {"import": [{"to": "alicloud_none.x", "id": "x"}]}, 1),
    "imported twice": (
        {"k": bucket("k")}, {"k": bucket("k"), "x": bucket("x")}, {"import": [*COMING["import"], *COMING["import"]]}, 1,
    ),
}  # fmt: skip
"""Buckets before and after, blocks, exit code."""


@pytest.mark.usefixtures("without_policies")
@pytest.mark.parametrize(("before", "after", "blocks", "code"), CODES.values(), ids=CODES)
def test_the_exit_code_is_three_where_data_goes(
    before: Document, after: Document, blocks: Document, code: int, tmp_path: Path
) -> None:
    documents = document({BUCKET: before}), document({BUCKET: after}, **blocks)
    assert exit_code(tmp_path, *documents)[0] == code


@pytest.mark.usefixtures("without_policies")
def test_what_is_imported_and_made_anew_on_demand_is_allowed_by_its_address(tmp_path: Path) -> None:
    before, after = document({BUCKET: {"k": bucket("k")}}), {"k": bucket("k"), "x": bucket("x")}
    coming = document({BUCKET: after}, **COMING)
    address = f"{BUCKET}.x"
    assert exit_code(tmp_path / "not", before, coming, replaced=[address])[0] == 3
    code, said = exit_code(tmp_path / "allowed", before, coming, address, replaced=[address])
    assert (code, f"replace {address}: objects of the bucket. Allowed: exported before the change" in said) == (0, True)


@pytest.mark.usefixtures("without_policies")
def test_a_loss_of_what_moves_is_allowed_by_its_new_address_only(tmp_path: Path) -> None:
    sides = document({BUCKET: {"a": bucket("a")}}), document({BUCKET: {"b": bucket("b")}}, **MOVING)
    assert exit_code(tmp_path / "new", *sides, f"{BUCKET}.b")[0] == 0
    with pytest.raises(ReviewError, match=rf"{BUCKET}.a is not lost by this change; lost is: {BUCKET}.b"):
        exit_code(tmp_path / "old", *sides, f"{BUCKET}.a")


REFUSED: Document = {"alicloud_vpc": {"v": {"no_such_argument": 1}}}


def unplanned(before: Document, after: Document, **more: Any) -> StackReview:
    """A change of a stack that Terraform refuses for another reason."""
    found = reviewed(document({BUCKET: before}), document({BUCKET: after, **REFUSED} if after else REFUSED, **more))
    assert found.problems
    return found


def test_without_a_plan_two_that_become_instances_of_one_are_not_destroyed() -> None:
    found = unplanned(
        {"a": bucket("a"), "b": bucket("b")},
        {"both": {"for_each": {"a": "", "b": ""}, **bucket("${each.key}")}},
        moved=moved((f"{BUCKET}.a", f'{BUCKET}.both["a"]'), (f"{BUCKET}.b", f'{BUCKET}.both["b"]')),
    )
    assert actions(found) == {f"{BUCKET}.both": "update", "alicloud_vpc.v": "create"}
    assert lost(found) == [f"perhaps replace {BUCKET}.both: objects of the bucket"]


def test_without_a_plan_what_moves_in_a_circle_is_told_and_not_taken_for_destroyed() -> None:
    steps = moved((f"{BUCKET}.a", f"{BUCKET}.b"), (f"{BUCKET}.b", f"{BUCKET}.a"))
    found = unplanned({"a": bucket("a")}, {"b": bucket("a")}, moved=steps)
    told = f"{BUCKET}.a: its `moved` blocks lead in a circle, so nobody can say what becomes of it"
    assert (found.problems[-1], lost(found)) == (told, [])


def test_without_a_plan_what_moves_to_where_nothing_stands_is_destroyed_or_forgotten() -> None:
    found = unplanned(
        {"a": bucket("a"), "b": bucket("b")},
        {},
        moved=moved((f"{BUCKET}.a", f"{BUCKET}.x"), (f"{BUCKET}.b", f"{BUCKET}.y")),
        removed=removed(f"{BUCKET}.y"),
    )
    assert [loss.told for loss in found.losses] == [f"destroy {BUCKET}.x, moved from {BUCKET}.a: objects of the bucket"]
    assert actions(found)[f"{BUCKET}.y"] == "forget"


def test_without_a_plan_what_is_imported_in_part_is_told_by_instance() -> None:
    some = {"for_each": {"x": "", "y": ""}, **bucket("some-${each.key}")}
    coming = [{"for_each": ["x"], "to": f"{BUCKET}.some[each.key]", "id": "clinic-some-${each.key}"}]
    found = unplanned({"k": bucket("k")}, {"k": bucket("k"), "some": some}, **{"import": coming})
    assert actions(found) == {
        f'{BUCKET}.some["x"]': "import", f'{BUCKET}.some["y"]': "create", "alicloud_vpc.v": "create",
    }  # fmt: skip
