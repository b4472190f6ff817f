"""Programs that lead back to themselves, and imports of what is not there: refused in words, with their place, and at once."""

import re
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.cli import main
from tests.plan.stacks import VPC, module, stack

pytestmark = pytest.mark.terraform

TWO = {"alicloud_vpc": {**VPC["alicloud_vpc"], "w": {"for_each": {"a": "10.0.0.0/8"}, "cidr_block": "${each.value}"}}}


def bucket(other: str) -> dict[str, str]:
    return {"bucket": f"${{alicloud_oss_bucket.{other}.bucket}}-x"}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"resource": {"alicloud_oss_bucket": {"a": bucket("b"), "b": bucket("a")}}}, "Cycle: alicloud_oss_bucket."),
        ({"resource": {"alicloud_oss_bucket": {"a": bucket("a")}}}, "alicloud_oss_bucket.a may not refer to itself"),
        ({"locals": {"a": "${local.b}", "b": "${local.a}"}, "output": {"o": {"value": "${local.a}"}}}, "Cycle: local."),
        ({"moved": [{"from": "alicloud_vpc.a", "to": "alicloud_vpc.b"}, {"from": "alicloud_vpc.b", "to": "alicloud_vpc.a"}]},
         "Cyclic dependency in move statements"),
        ({"moved": [{"from": "alicloud_vpc.a", "to": "alicloud_vpc.a"}]}, "Redundant move statement"),
        ({"moved": [{"from": "nonsense", "to": "alicloud_vpc.x"}]}, r"moved\[0\] .*Invalid address"),
        ({"import": [{"to": "bogus_type.x", "id": "1"}]}, "registry.terraform.io/hashicorp/bogus|bogus_type"),
        ({"import": [{"to": "data.alicloud_zones.z", "id": "1"}]}, "Only managed resources can be imported"),
        ({"import": [{"to": "alicloud_vpc.none", "id": "1"}]}, "alicloud_vpc.none does n"),
        ({"import": [{"to": "alicloud_vpc.v"}]}, 'The argument "id" is required'),
        ({"import": [{"to": "alicloud_vpc.v", "id": ""}]}, "evaluates to an empty string"),
        ({"import": [{"to": "alicloud_vpc.v", "id": "1"}, {"to": "alicloud_vpc.v", "id": "2"}]}, "Duplicate import"),
        ({"import": [{"for_each": "${alicloud_vpc.v.id}", "to": "alicloud_vpc.w[each.key]", "id": "1"}], "resource": TWO},
         "Invalid for_each argument"),
    ],
    ids=["resources", "itself", "locals", "moved", "moved to itself", "no address", "unknown type", "data source", "not there",
         "without id", "empty id", "twice", "for_each of what is unknown"],
)  # fmt: skip
def test_such_a_program_is_refused(
    document: dict[str, Any], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:

    assert main(["plan", "--stack-dir", str(stack(tmp_path, "s", document))]) == 1
    told = capsys.readouterr()
    assert re.search(said, told.out), told.out
    assert "s: refused by" in told.out
    assert not told.err


def test_outputs_of_modules_in_a_circle_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module(tmp_path / "m", 'variable "x" {}\noutput "y" {\n  value = var.x\n}\n')
    calls = {"a": {"source": "../../m", "x": "${module.b.y}"}, "b": {"source": "../../m", "x": "${module.a.y}"}}
    assert main(["plan", "--stack-dir", str(stack(tmp_path, "s", {"module": calls}))]) == 1
    assert "Cycle: module." in capsys.readouterr().out


def test_three_remote_states_in_a_ring_are_refused_by_their_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for one, other in (("a", "b"), ("b", "c"), ("c", "a")):
        read = {"backend": "local", "config": {"path": f"../{other}/terraform.{other}.tfstate"}}
        value = f"${{data.terraform_remote_state.{other}.outputs.o}}"
        stack(tmp_path, one, {"data": {"terraform_remote_state": {other: read}}, "output": {"o": {"value": value}}})
    assert main(["plan", "--stack-dir", str(tmp_path / "stacks/a")]) == 1
    assert "remote states refer to each other in a circle: a → b → c → a; break it" in capsys.readouterr().out


def test_an_import_into_a_module_and_of_an_instance_is_planned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module(tmp_path / "m", 'resource "alicloud_oss_bucket" "b" {\n  bucket = "clinic"\n}\n')
    document = {
        "resource": TWO,
        "module": {"m": {"source": "../../m", "for_each": '${toset(["a"])}'}},
        "import": [
            {"to": 'module.m["a"].alicloud_oss_bucket.b', "id": "clinic"},
            {"for_each": {"a": "vpc-1"}, "to": "alicloud_vpc.w[each.key]", "id": "${each.value}"},
        ],
    }
    assert main(["plan", "--stack-dir", str(stack(tmp_path, "s", document))]) == 0
    assert capsys.readouterr().out.endswith("s: 2 to import, 1 to create\n")
