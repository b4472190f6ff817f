"""Very many `moved` blocks in a local module: as few as the plan needs, in files that keep their lines."""

import json
from pathlib import Path

import pytest

from dicom_cdk.plan import terraform
from dicom_cdk.plan.planning import Base, plan_offline
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.state.moves import LAST, condensed_files
from dicom_cdk.plan.state.operations import MovedInACircle
from dicom_cdk.plan.summary import lines

MANY = 10_000
BUCKET = 'resource "alicloud_oss_bucket" "{}" {{\n  bucket = "clinic-images"\n}}\n'


def step(old: str, new: str) -> str:
    return f"moved {{\n  from = alicloud_oss_bucket.{old}\n  to   = alicloud_oss_bucket.{new}\n}}\n"


CHAIN = "".join(step(f"x{number}", f"x{number + 1}") for number in range(MANY))


def stack(place: Path, text: str, name: str = "main.tf") -> Stack:
    """A stack that calls one module."""
    folder = place / "s"
    (folder / "m").mkdir(parents=True)
    (folder / "m" / name).write_text(text)
    needed = {"required_providers": {"alicloud": {"source": "aliyun/alicloud", "version": "1.289.0"}}}
    (folder / "cdk.tf.json").write_text(json.dumps({"terraform": needed, "module": {"m": {"source": "./m"}}}))
    return Stack.read(folder)


@pytest.mark.terraform
def test_a_chain_of_ten_thousand_steps_is_planned_like_one(tmp_path: Path) -> None:
    before = stack(tmp_path / "base", BUCKET.format("x0"))
    after = stack(tmp_path / "head", CHAIN + BUCKET.format(f"x{MANY}"))
    assert list(lines(plan_offline(after, terraform.find(), Base(before)))) == ["s: no changes"]


@pytest.mark.terraform
def test_a_hundred_steps_of_a_module_that_is_called_a_hundred_times_are_as_many(tmp_path: Path) -> None:
    """Each call has all steps of its module: they were counted once, and Terraform did not end."""
    steps = "".join(step(f"x{number}", f"x{number + 1}") for number in range(100))
    before, after = (
        stack(tmp_path / "base", BUCKET.format("x0")),
        stack(tmp_path / "head", steps + BUCKET.format("x100")),
    )
    for one in (before, after):
        calls = {f"m{number}": {"source": "./m"} for number in range(100)}
        (one.folder / "cdk.tf.json").write_text(json.dumps({**one.document, "module": calls}))
    planned = plan_offline(Stack.read(after.folder), terraform.find(), Base(Stack.read(before.folder)))
    assert list(lines(planned)) == ["s: no changes"]


def test_what_is_not_in_the_state_is_left_out_and_lines_stay(tmp_path: Path) -> None:
    before = stack(tmp_path / "base", BUCKET.format("x0"))
    text = CHAIN + BUCKET.format(f"x{MANY}")
    after = stack(tmp_path / "head", text)
    found = condensed_files(after, before)
    folder = after.folder.absolute() / "m"
    assert json.loads(found[folder / LAST]) == {
        "moved": [{"from": "alicloud_oss_bucket.x0", "to": f"alicloud_oss_bucket.x{MANY}"}]
    }
    assert found[folder / "main.tf"].count("\n") == text.count("\n")
    assert "moved" not in found[folder / "main.tf"]
    assert json.loads(condensed_files(after, None)[folder / LAST]) == {"moved": []}


def test_terraform_json_is_read_as_well(tmp_path: Path) -> None:
    moved = [{"from": f"alicloud_vpc.a{number}", "to": f"alicloud_vpc.b{number}"} for number in range(300)]
    after = stack(tmp_path, json.dumps({"moved": moved, "locals": {"a": 1}}), "main.tf.json")
    found = condensed_files(after, None)
    assert json.loads(found[after.folder.absolute() / "m/main.tf.json"]) == {"locals": {"a": 1}}


def test_steps_of_many_modules_are_counted_together(tmp_path: Path) -> None:
    one = stack(tmp_path, step("a", "b") + step("c", "d"))
    calls = {"m": {"source": "./m"}}
    for number in range(100):
        (one.folder / f"m{number}").mkdir()
        (one.folder / f"m{number}/main.tf").write_text(step("a", "b") + step("c", "d"))
        calls[f"m{number}"] = {"source": f"./m{number}"}
    (one.folder / "cdk.tf.json").write_text(json.dumps({**one.document, "module": calls}))
    assert len(condensed_files(Stack.read(one.folder), None)) == 2 * 101


def test_few_steps_and_blocks_that_cannot_be_told_from_text_are_left_to_terraform(tmp_path: Path) -> None:
    assert condensed_files(stack(tmp_path / "few", step("a", "b")), None) == {}
    assert condensed_files(stack(tmp_path / "odd", CHAIN.replace("x7\n", "x7 # {\n", 1)), None) == {}


def test_a_circle_of_very_many_steps_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MovedInACircle, match="leads into, a circle"):
        condensed_files(stack(tmp_path, CHAIN + step(f"x{MANY}", "x0")), None)
