"""Blocks about the state: what moves, leaves and comes; and what a plan with them says."""

from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan import summary, terraform
from dicom_cdk.plan.planning import Base, Detail, Planned, plan_offline
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.state import operations as state_operations

Document = dict[str, Any]
REQUIRED = {"required_providers": {"alicloud": {"source": "aliyun/alicloud", "version": "1.289.0"}}}
VPC: Document = {"alicloud_vpc": {"v": {"vpc_name": "v", "cidr_block": "10.0.0.0/8"}}}
TAKEN = "taken as holding what the configuration says: a plan with the account tells whether it does"


def step(old: str, new: str) -> dict[str, str]:
    return {"from": old, "to": new}


def planned(after: Document, before: Document | None = None, **more: Any) -> Planned:
    """Resources after and before, further sections after."""
    head = Stack(Path("/nowhere/s"), {"terraform": REQUIRED, "resource": after, **more})
    earlier = None if before is None else Stack(Path("/nowhere/base/s"), {"terraform": REQUIRED, "resource": before})
    return plan_offline(head, terraform.find(), Base(earlier) if earlier else None)


def changes(plan: Planned) -> dict[str, Any]:
    assert plan.plan is not None, [f"{one.summary}: {one.detail}" for one in plan.findings]
    return {one["address"]: one for one in plan.plan["resource_changes"]}


def test_of_very_many_moves_those_that_follow_a_module_stay() -> None:
    others = [step(f"t.o{number}", f"t.n{number}") for number in range(300)]
    onward = [step("module.a", "module.b"), step("module.b.t.x", "t.x")]
    assert state_operations.condensed({"moved": [*others, *onward]}, ["module.a.t.x"])["moved"] == [
        step("module.a", "module.b"),
        step("module.b.t.x", "t.x"),
    ]


def test_of_very_many_moves_a_plan_takes_those_of_what_is_in_the_state() -> None:
    chain = [step(f"t.x{number}", f"t.x{number + 1}") for number in range(5_000)]
    others = [step(f"t.o{number}", f"t.n{number}") for number in range(5_000)]
    document = {"resource": {"t": {"x5000": {}, "o7": {}}}, "moved": [*others, *chain], "import": []}
    found = state_operations.condensed(document, ["t.x0", "t.other"])
    assert found["moved"] == [step("t.o7", "t.n7"), step("t.x0", "t.x5000")], "o7 is still declared: Terraform says so"
    few = {"moved": [step("t.a", "t.b"), step("t.b", "t.a")]}
    assert state_operations.condensed(few, []) is few


@pytest.mark.terraform
def test_ten_thousand_moves_are_planned_and_a_circle_of_them_is_refused_in_words() -> None:
    bucket = "alicloud_oss_bucket"
    chain = [step(f"{bucket}.x{number}", f"{bucket}.x{number + 1}") for number in range(10_000)]
    before, after = ({bucket: {name: {"bucket": "clinic-b"}}} for name in ("x0", "x10000"))
    assert list(summary.lines(planned(after, before, moved=chain)))[-1] == "s: no changes"
    circle = planned(after, before, moved=[*chain, step(f"{bucket}.x10000", f"{bucket}.x0")])
    assert [one.summary for one in circle.findings] == ["Moved in a circle"]
    assert circle.findings[0].detail == (
        "moved: alicloud_oss_bucket.x0 → alicloud_oss_bucket.x1 is part of, or leads into, a circle; let each lead to where the "
        "resource is now"
    )


@pytest.mark.parametrize(
    ("lifecycle", "stays"),
    [
        (None, False),
        ([{"destroy": False}], True),
        ({"destroy": False}, True),
        ({"destroy": "false"}, True),
        ({"destroy": True}, False),
    ],
)
def test_what_is_removed_without_destroy_is_forgotten(lifecycle: Any, stays: bool) -> None:
    block = {"from": "${t.a}", **({"lifecycle": lifecycle} if lifecycle is not None else {})}
    assert state_operations.forgotten({"removed": [block]}) == ({"t.a"} if stays else set())
    assert state_operations.removed({"removed": block}) == {"t.a"}


def test_imports_are_known_by_address() -> None:
    blocks = [{"to": "t.a", "id": "a-1"}, {"to": 't.b["k"]', "id": 7}]
    assert state_operations.imported({"import": blocks}) == {"t.a", "t.b"}


@pytest.mark.terraform
def test_an_imported_bucket_is_never_replaced_and_taken_as_it_is_written() -> None:
    bucket = {"alicloud_oss_bucket": {"images": {"bucket": "clinic-images"}}}
    block = [{"to": "alicloud_oss_bucket.images", "id": "clinic-images"}]
    done = planned({**VPC, **bucket}, VPC, **{"import": block})
    change = changes(done)["alicloud_oss_bucket.images"]["change"]
    assert change["actions"] == ["no-op"]
    assert change["importing"] == {"id": "clinic-images"}
    assert change["before"] == change["after"]
    assert change["after"]["id"] == "clinic-images"
    assert "replace_paths" not in change
    said = list(summary.lines(done))
    assert f"    import alicloud_oss_bucket.images, {TAKEN}" in said
    assert said[-1] == "s: 1 to import"


@pytest.mark.terraform
def test_a_summary_alone_says_imports_and_forgotten_too() -> None:
    bucket = {"alicloud_oss_bucket": {"b": {"bucket": "clinic-b"}}}
    base = Stack(Path("/nowhere/base/s"), {"terraform": REQUIRED, "resource": {**VPC, **bucket}})
    left = [{"from": "alicloud_oss_bucket.b", "lifecycle": {"destroy": False}}]
    head = Stack(Path("/nowhere/s"), {"terraform": REQUIRED, "resource": VPC, "removed": left})
    done = plan_offline(head, terraform.find(), Base(base), detail=Detail.SUMMARY)
    assert list(summary.lines(done))[-1] == "s: 1 to forget"
    block = [{"to": "alicloud_oss_bucket.b", "id": "clinic-b"}]
    coming = Stack(Path("/nowhere/s"), {"terraform": REQUIRED, "resource": bucket, "import": block})
    assert list(summary.lines(plan_offline(coming, terraform.find(), detail=Detail.SUMMARY)))[-1] == "s: 1 to import"


@pytest.mark.terraform
def test_an_import_is_planned_on_its_own_beside_what_it_refers_to_and_of_every_provider() -> None:
    resources = {
        "alicloud_vpc": {"n": {"cidr_block": "10.0.0.0/8"}},
        "alicloud_vswitch": {
            "w": {"vpc_id": "${alicloud_vpc.n.id}", "cidr_block": "10.1.0.0/16", "zone_id": "cn-shanghai-a"}
        },
        "random_password": {"p": {"length": 20}},
        "alicloud_oss_bucket": {"each": {"for_each": {"a": "1", "b": "2"}, "bucket": "clinic-${each.key}"}},
    }
    imported = {
        "alicloud_vswitch.w": "vsw-1",
        "random_password.p": "hunter11one",
        'alicloud_oss_bucket.each["a"]': "clinic-a",
    }
    blocks: Document = {"import": [{"to": to, "id": known} for to, known in imported.items()]}
    found = changes(planned(resources, **blocks))
    assert {address: summary.action(one) for address, one in found.items()} == {
        "alicloud_vpc.n": "create",
        "alicloud_vswitch.w": "import",
        "random_password.p": "import",
        'alicloud_oss_bucket.each["a"]': "import",
        'alicloud_oss_bucket.each["b"]': "create",
    }
    assert found["alicloud_vswitch.w"]["change"]["after_unknown"]["vpc_id"] is True


@pytest.mark.terraform
def test_what_was_imported_before_is_no_change_and_may_change_later() -> None:
    bucket = {"alicloud_oss_bucket": {"b": {"bucket": "clinic-b"}}}
    tagged = {"alicloud_oss_bucket": {"b": {"bucket": "clinic-b", "tags": {"team": "pacs"}}}}
    block = [{"to": "alicloud_oss_bucket.b", "id": "clinic-b"}]
    base = Stack(Path("/nowhere/base/s"), {"terraform": REQUIRED, "resource": bucket, "import": block})
    head = Stack(Path("/nowhere/s"), {"terraform": REQUIRED, "resource": tagged, "import": block})
    found = changes(plan_offline(head, terraform.find(), Base(base)))
    assert summary.action(found["alicloud_oss_bucket.b"]) == "update"


@pytest.mark.terraform
def test_a_chain_of_moves_a_forgotten_and_an_indexed_one_are_said_as_what_they_are() -> None:
    before = {
        "alicloud_oss_bucket": {name: {"bucket": f"clinic-{name}"} for name in ("chain", "left", "one")},
        "alicloud_nas_file_system": {"n": {"protocol_type": "NFS", "storage_type": "Performance"}},
    }
    after = {
        "alicloud_oss_bucket": {
            "last": {"bucket": "clinic-chain"},
            "all": {"for_each": {"one": "1"}, "bucket": "clinic-${each.key}"},
        },
        "alicloud_nas_file_system": {
            "m": {"protocol_type": "NFS", "storage_type": "Capacity", "lifecycle": {"create_before_destroy": True}}
        },
    }
    moved = [
        step("alicloud_oss_bucket.mid", "alicloud_oss_bucket.last"),
        step("alicloud_oss_bucket.chain", "alicloud_oss_bucket.mid"),
        step("alicloud_oss_bucket.one", 'alicloud_oss_bucket.all["one"]'),
        step("alicloud_nas_file_system.n", "alicloud_nas_file_system.m"),
    ]
    removed = [{"from": "alicloud_oss_bucket.left", "lifecycle": {"destroy": False}}]
    done = planned(after, before, moved=moved, removed=removed)
    assert changes(done)["alicloud_nas_file_system.m"]["change"]["actions"] == ["create", "delete"]
    said = list(summary.lines(done))
    assert "    forget alicloud_oss_bucket.left, left in the account, managed by nobody" in said
    assert (
        "    replace alicloud_nas_file_system.m, moved from alicloud_nas_file_system.n, forced by storage_type" in said
    )
    assert said[-1] == "s: 1 to replace, 1 to forget"


@pytest.mark.terraform
@pytest.mark.parametrize(
    ("sections", "refusal"),
    [
        (
            {"moved": [step("alicloud_vpc.a", "alicloud_vpc.b"), step("alicloud_vpc.b", "alicloud_vpc.a")]},
            "Cyclic dependency in move",
        ),
        ({"import": [{"to": "alicloud_nosuch.x", "id": "1"}]}, "Configuration for import target does not exist"),
        (
            {"resource": {**VPC, "alicloud_nosuch": {"x": {}}}, "import": [{"to": "alicloud_nosuch.x", "id": "1"}]},
            "Invalid resource type",
        ),
        ({"removed": [{"from": "alicloud_vpc.v", "lifecycle": {"destroy": False}}]}, "Removed resource still exists"),
    ],
)  # fmt: skip
def test_blocks_that_cannot_be_are_refused_in_words(sections: Document, refusal: str) -> None:
    document = {"terraform": REQUIRED, "resource": VPC, **sections}
    done = plan_offline(Stack(Path("/nowhere/s"), document), terraform.find())
    assert done.plan is None
    assert any(refusal in one.summary for one in done.findings), done.findings


def test_a_replacement_that_somebody_asked_for_or_something_else_triggers_says_so() -> None:
    for reason, word in (("replace_by_request", "-replace"), ("replace_by_triggers", "replace_triggered_by")):
        change = {"address": "t.a", "action_reason": reason, "change": {"actions": ["delete", "create"]}}
        assert summary.told(change) == f"replace t.a, forced by {word}"


def test_blocks_of_local_modules_are_read_with_addresses_from_the_root(tmp_path: Path) -> None:
    inner = """
moved {
  from = t.old
  to   = t.new["k"]
}
removed {
  from = t.gone
  lifecycle {
    destroy = false
  }
}
moved {
  from = 5
}
"""
    for name, text in {"outer": 'module "inner" {\n  source = "../inner"\n}\n', "inner": inner}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(text)
    own = {
        "moved": [step("t.a", "t.b")],
        "module": {"m": {"source": "../outer"}, "far": {"source": "alibaba/vpc/alicloud"}},
    }
    found = state_operations.of_stack(Stack(tmp_path / "s", own))
    assert found["moved"] == [
        step("t.a", "t.b"),
        step("module.m.module.inner.t.old", 'module.m.module.inner.t.new["k"]'),
    ]
    assert state_operations.forgotten(found) == {"module.m.module.inner.t.gone"}
    assert found["import"] == []
