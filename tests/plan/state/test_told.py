"""What a hand-off and a report say of the state, without one: the same as Terraform's plan says once there is one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan import terraform
from dicom_cdk.plan.planning import Base, plan_offline
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.state import told
from tests.plan.operations import BUCKET, bucket, imported, moved, program, removed
from tests.plan.state.test_operations import planned

Json = dict[str, Any]
ON, AWAY, GONE = "is from now on", "leaves the state as", "is destroyed, if the state has it: it moves to"


@dataclass(frozen=True)
class Both:
    """Of the program of all operations: what is said of it, how much of what is imported, and Terraform's changes of what was
    there before."""

    said: list[told.Said]
    imported: dict[str, str]
    changes: list[Json]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    before, after = map(Stack.read, program(tmp_path_factory.mktemp("told")))
    program_ = terraform.find()
    alone = plan_offline(after, program_).plan
    assert alone is not None
    # A plan against what was there is refused where it destroys what is protected, which no sentence is about.
    for named in (before.document, after.document):
        named["resource"][BUCKET]["safe"].pop("lifecycle")
    changed = plan_offline(after, program_, Base(before)).plan
    assert changed is not None
    return Both(told.sentences(after, alone), told.imported(after, alone), changed["resource_changes"])


@pytest.mark.terraform
def test_what_moves_is_said_to_go_where_terraform_takes_it(both: Both) -> None:
    said = {one.address: (one.verb, one.other) for one in both.said if one.verb in (ON, AWAY, GONE)}
    verbs = {"delete": GONE, "forget": AWAY}
    checked = 0
    for one in both.changes:
        was = one.get("previous_address")
        if was in said:
            assert said[was] == (verbs.get(one["change"]["actions"][0] if len(one["change"]["actions"]) == 1 else "", ON),
                                 one["address"])  # fmt: skip
            checked += 1
    assert checked > 10
    assert {verb for verb, _ in said.values()} == {ON, AWAY, GONE}
    assert said["module.called"] == (ON, "module.named")
    assert said[f"module.named.{BUCKET}.b"] == (ON, f"module.named.{BUCKET}.c")
    assert said["module.outer.module.inner"] == (ON, "module.flat")


@pytest.mark.terraform
def test_what_is_imported_is_said_by_instance_and_by_how_much(both: Both) -> None:
    said = {one.address: one.other for one in both.said if one.verb.startswith("is imported")}
    names = ("comes", "anew", "follows", "there", "named")
    assert said == {
        **{f"{BUCKET}.{name}": f"clinic-{name}" for name in names},
        f'{BUCKET}.some["x"]': "clinic-some-x",
        f'module.takes["a"].{BUCKET}.b': "clinic-takes-a",
    }
    assert both.imported == {
        **{f"{BUCKET}.{name}": told.WHOLE for name in names},
        f"{BUCKET}.some": told.PART,
        f"module.takes.{BUCKET}.b": told.PART,
    }


@pytest.mark.terraform
def test_all_that_leaves_the_state_is_said(both: Both) -> None:
    stays = {one.address for one in both.said if one.verb.startswith("leaves the state and stays")}
    for one in both.changes:
        if one["change"]["actions"] == ["forget"]:
            # Of a module that is called several times, the block is one.
            plain = one["address"].replace("[0]", "").replace("[1]", "")
            assert any(plain == address or plain.startswith(f"{address}.") for address in stays), one["address"]


def test_without_a_plan_the_files_say_what_is_imported_moves_and_leaves() -> None:
    resources = {BUCKET: {"a": bucket("a"), "b": {"for_each": {"x": "", "y": ""}, **bucket("b-${each.key}")}}}
    blocks = {
        "moved": moved((f"{BUCKET}.old", f"{BUCKET}.a"), (f"{BUCKET}.one", f'{BUCKET}.b["y"]'), (f"{BUCKET}.c", f"{BUCKET}.d")),
        "removed": removed(f"{BUCKET}.d"),
        "import": [*imported(a="clinic-a"), {"to": f'{BUCKET}.b["x"]', "id": "clinic-b-x"}],
    }  # fmt: skip
    stack = Stack(Path("/nowhere/s"), {"resource": resources, **blocks})
    assert [(one.address, one.verb, one.other) for one in told.sentences(stack)] == [
        (f"{BUCKET}.a", "is imported from", "clinic-a"),
        (f'{BUCKET}.b["x"]', "is imported from", "clinic-b-x"),
        (f"{BUCKET}.c", AWAY, f"{BUCKET}.d"),
        (f"{BUCKET}.old", ON, f"{BUCKET}.a"),
        (f"{BUCKET}.one", ON, f'{BUCKET}.b["y"]'),
        (f"{BUCKET}.d", "leaves the state and stays in the account", ""),
    ]
    assert told.imported(stack) == {f"{BUCKET}.a": told.WHOLE, f"{BUCKET}.b": told.PART}


@pytest.mark.terraform
def test_a_move_to_another_type_is_said_to_be_refused_as_terraform_does() -> None:
    disk = {"d": {"zone_id": "cn-shanghai-a", "size": 20}}
    steps = moved(("alicloud_disk.d", "alicloud_ecs_disk.d"))
    done = planned({"alicloud_ecs_disk": disk}, {"alicloud_disk": disk}, moved=steps)
    assert [one.summary for one in done.findings if not one.warning] == ["Unsupported `moved` across resource types"]
    (said,) = told.sentences(done.stack)
    assert (said.address, said.verb, said.other) == ("alicloud_disk.d", "cannot become", "alicloud_ecs_disk.d")


def test_without_a_plan_what_files_say_of_instances_is_said() -> None:
    def how(blocks: list[Json], **body: Any) -> dict[str, str]:
        resource = {BUCKET: {"some": {**bucket("some-${each.key}"), **body}}}
        return told.imported(Stack(Path("/nowhere/s"), {"resource": resource, "import": blocks}))

    one, two = ({"to": f'{BUCKET}.some["{key}"]', "id": f"clinic-some-{key}"} for key in "xy")
    each = [{"for_each": ["x", "y"], "to": f"{BUCKET}.some[each.key]", "id": "clinic-some-${each.key}"}]
    several = {"for_each": {"x": "", "y": ""}}
    assert how([one], **several) == {f"{BUCKET}.some": told.PART}
    assert how([one, two], **several) == {f"{BUCKET}.some": told.WHOLE}
    assert how(each, **several) == {f"{BUCKET}.some": told.WHOLE}
    assert how(each, for_each={"x": "", "y": "", "z": ""}) == {f"{BUCKET}.some": told.PART}
    assert how(each, for_each="${data.alicloud_zones.z.ids}") == {f"{BUCKET}.some": told.PART}
    assert how([{"to": f"{BUCKET}.some", "id": "clinic-some-"}]) == {f"{BUCKET}.some": told.WHOLE}
    sayings = told.sentences(Stack(Path("/nowhere/s"), {"resource": {BUCKET: {"some": several}}, "import": each}))
    assert [(one.address, one.other) for one in sayings] == [
        (f'{BUCKET}.some["x"]', "clinic-some-x"),
        (f'{BUCKET}.some["y"]', "clinic-some-y"),
    ]
