"""CKV2_DICOM_101 counts zones as Terraform makes vSwitches: written out, by for_each, by count, in plans."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan import command as plan_command
from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy import planned
from dicom_cdk.policy.document import Document, Resource, of_stack
from dicom_cdk.policy.instances import expanded
from dicom_cdk.policy.stack_rules.zones import judge


def problems(vswitch: dict[str, Any], **more: Any) -> list[str]:
    document = {
        "resource": {
            "alicloud_vpc": {"v": {"cidr_block": "10.0.0.0/8"}},
            "alicloud_vswitch": {"s": {"vpc_id": "${alicloud_vpc.v.id}", **vswitch}},
        },
        **more,
    }
    return [problem for _, problem in judge(of_stack(Stack(Path("s"), document)))]


@pytest.mark.parametrize(
    "vswitch",
    [
        {"for_each": {"l": "10.0.0.0/20", "g": "10.0.16.0/20"}, "zone_id": "${each.key}"},
        {"for_each": {"a": {"zone": "l"}, "b": {"zone": "g"}}, "zone_id": "${each.value.zone}"},
        {"for_each": {"a": {"zone": "l"}, "b": {"zone": "g"}}, "zone_id": '${each.value["zone"]}'},
        {"for_each": '${toset(["l", "g"])}', "zone_id": "${each.value}"},
        {"for_each": "${var.zones}", "zone_id": "${each.value}"},
        {"for_each": "${toset(data.alicloud_zones.z.ids)}", "zone_id": "${each.value}"},
        {"count": 2, "zone_id": "${var.zones[count.index]}"},
        {"count": "${length(var.zones)}", "zone_id": "${var.zones[count.index]}"},
    ],
)
def test_vswitches_of_one_resource_may_stand_in_two_zones(vswitch: dict[str, Any]) -> None:
    assert problems(vswitch) == []


@pytest.mark.parametrize(
    ("vswitch", "zones"),
    [
        ({"for_each": {"l": "10.0.0.0/20"}, "zone_id": "${each.key}"}, "l"),
        ({"for_each": {"a": {"zone": "l"}, "b": {"zone": "l"}}, "zone_id": "${each.value.zone}"}, "l"),
        ({"for_each": '${toset(["l"])}', "zone_id": "${each.value}"}, "l"),
        ({"for_each": {"a": 1, "b": 2}, "zone_id": "l"}, "l"),
        ({"count": 1, "zone_id": "${var.zones[count.index]}"}, "${var.zones[count.index]} (0)"),
        ({"count": 3, "zone_id": "l"}, "l"),
        ({"for_each": {}, "zone_id": "${each.key}"}, "no zone"),
    ],
)
def test_vswitches_of_one_zone_are_too_few_however_many(vswitch: dict[str, Any], zones: str) -> None:
    assert problems(vswitch) == [f"vSwitches in {zones}: two zones are needed"]


def test_the_default_of_a_variable_is_counted() -> None:
    each = {"for_each": "${var.zones}", "zone_id": "${each.value}"}
    assert problems(each, variable={"zones": {"default": {"a": "l", "b": "l"}}}) == [
        "vSwitches in l: two zones are needed"
    ]
    assert problems(each, variable={"zones": {"default": {"a": "l", "b": "g"}}}) == []


def test_instances_in_a_plan_are_counted_one_by_one() -> None:
    def document(*zones: str) -> Document:
        vpc = Resource("alicloud_vpc.v[0]", "alicloud_vpc", "v", {})
        made = [
            Resource(
                f'alicloud_vswitch.s["{number}"]',
                "alicloud_vswitch",
                "s",
                {"vpc_id": "${alicloud_vpc.v.id}", "zone_id": "${each.value}"},
                known={"zone_id": zone},
            )
            for number, zone in enumerate(zones)
        ]
        return Document("s", Path("s"), {one.address: one for one in (vpc, *made)}, "plan")

    assert list(judge(document("l", "g"))) == []
    assert list(judge(document("l", "l"))) == [("alicloud_vpc.v[0]", "vSwitches in l: two zones are needed")]


NETWORK = """
variable "zones" {}
resource "alicloud_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "alicloud_vswitch" "s" {
  for_each   = toset(var.zones)
  vpc_id     = alicloud_vpc.v.id
  zone_id    = each.value
  cidr_block = "10.0.0.0/20"
}
"""
IN_MODULES = {
    "one_each": {"for_each": {"a": ["l", "g"], "b": ["l"]}, "zones": "${each.value}"},
    "counted": {"count": 2, "zones": '${count.index == 0 ? ["l", "g"] : ["g"]}'},
    "single": {"zones": ["l", "g"]},
    "few": {"zones": ["l"]},
    "asked": {"for_each": "${var.asked}", "zones": "${each.value}"},
}
TOO_FEW = {
    'module.one_each["b"].alicloud_vpc.v': "vSwitches in l: two zones are needed",
    "module.counted[1].alicloud_vpc.v": "vSwitches in g: two zones are needed",
    "module.few.alicloud_vpc.v": "vSwitches in l: two zones are needed",
}


def called(folder: Path, **calls: Any) -> Stack:
    (folder / "net").mkdir()
    (folder / "net/main.tf").write_text(NETWORK)
    (folder / "s").mkdir()
    document = {
        "variable": {"asked": {"type": "any"}},
        "module": {name: {"source": "../net", **body} for name, body in calls.items()},
    }
    (folder / "s/cdk.tf.json").write_text(json.dumps(document))
    return Stack.read(folder / "s")


def test_each_vpc_of_a_repeated_module_has_vswitches_of_its_own(tmp_path: Path) -> None:
    """The zones of all instances were those of each."""
    assert dict(judge(expanded(of_stack(called(tmp_path, **IN_MODULES))))) == TOO_FEW


@pytest.mark.terraform
def test_in_a_plan_likewise_with_its_stack_and_without(tmp_path: Path) -> None:
    calls = {name: body for name, body in IN_MODULES.items() if name != "asked"}
    stack = called(tmp_path, **calls)
    file = tmp_path / "plan.json"
    document = {**stack.document, "variable": {}}
    (tmp_path / "s/cdk.tf.json").write_text(json.dumps(document))
    assert plan_command.run([tmp_path / "s"], provider="offline", base=None, output=file, answers=None) == 0
    plan = json.loads(file.read_text())
    for written in (of_stack(Stack.read(tmp_path / "s")), None):
        assert dict(judge(planned.of_plan(plan, "s", file, written))) == TOO_FEW
