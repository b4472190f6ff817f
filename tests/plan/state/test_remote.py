"""What a stack reads of another one's state: taken from the stack beside it before either is deployed, or asked for."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.cli import main
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.state import remote as remote_state
from tests.plan.stacks import SOURCE, changes_of, module, stack

pytestmark = pytest.mark.terraform


def reads(name: str) -> dict[str, Any]:
    return {
        "terraform_remote_state": {f"cross-stack-reference-input-{name}": {"backend": "local", "config": {"path": "x"}}}
    }


def test_what_another_stack_gives_is_taken_before_it_is_deployed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack(tmp_path, "net", {"output": {"vpc": {"value": "${alicloud_vpc.v.id}"}}})
    value = "${data.terraform_remote_state.cross-stack-reference-input-net.outputs.vpc}"
    resource = {"alicloud_vswitch": {"w": {"vpc_id": value, "cidr_block": "10.0.0.0/24", "zone_id": "cn-shanghai-l"}}}
    folder = stack(tmp_path, "s", {"data": reads("net"), "resource": resource})
    assert main(["plan", "--stack-dir", str(folder), "--json", str(tmp_path / "p")]) == 0, capsys.readouterr()
    (change,) = (
        one for one in json.loads((tmp_path / "p").read_text())["resource_changes"] if one["type"] == "alicloud_vswitch"
    )
    assert change["change"]["after"]["vpc_id"]
    assert main(["plan", "--stack-dir", str(folder), "--from", str(tmp_path)]) == 0
    assert capsys.readouterr().out.endswith("s: no changes\n")


def test_what_a_module_reads_of_another_stack_is_taken_from_there_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack(tmp_path, "net", {"terraform": {**SOURCE["terraform"], "backend": BACKEND}, "output": VPC_ID})
    text = """
variable "prefix" {}
data "terraform_remote_state" "net" {
  backend = "oss"
  config  = { bucket = "states", prefix = "site/${var.prefix}", key = "terraform.tfstate" }
}
resource "alicloud_vswitch" "w" {
  vpc_id     = data.terraform_remote_state.net.outputs.vpc
  cidr_block = "10.0.0.0/24"
  zone_id    = "cn-shanghai-l"
}
"""
    module(tmp_path / "m", text)
    folder = stack(tmp_path, "s", {"module": {"m": {"source": "../../m", "prefix": "net"}}})
    assert main(["plan", "--stack-dir", str(folder), "--json", str(tmp_path / "p")]) == 0, capsys.readouterr()
    change = changes_of(tmp_path / "p")["module.m.alicloud_vswitch.w"]
    assert change["vpc_id"] == other_id(tmp_path, capsys)
    assert not (tmp_path / "m/remote_state_override.tf.json").exists()


BACKEND = {"oss": {"bucket": "states", "prefix": "site/net", "key": "terraform.tfstate", "region": "cn-shanghai"}}
VPC_ID = {"vpc": {"value": "${alicloud_vpc.v.id}"}}


def other_id(place: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """What a stack that reads the same state by itself gets."""
    read = {"terraform_remote_state": {"n": {"backend": "oss", "config": BACKEND["oss"]}}}
    value = "${data.terraform_remote_state.n.outputs.vpc}"
    resource = {"alicloud_vswitch": {"w": {"vpc_id": value, "cidr_block": "10.0.0.0/24", "zone_id": "cn-shanghai-l"}}}
    folder = stack(place, "t", {"data": read, "resource": resource})
    assert main(["plan", "--stack-dir", str(folder), "--json", str(place / "q")]) == 0, capsys.readouterr()
    return changes_of(place / "q")["alicloud_vswitch.w"]["vpc_id"]


def test_a_stack_that_reads_its_own_state_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = stack(tmp_path, "a", {"data": reads("a")})
    assert main(["plan", "--stack-dir", str(folder)]) == 1
    assert "remote states refer to each other in a circle: a → a; break it" in capsys.readouterr().out


def test_a_state_that_nobody_knows_is_said_with_the_line_that_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    read = {"terraform_remote_state": {"n": {"backend": "http", "config": {"address": "https://states.example.org"}}}}
    output = {"o": {"value": "${data.terraform_remote_state.n.outputs.vpc}"}}
    folder = stack(tmp_path, "s", {"data": read, "output": output})
    assert main(["plan", "--stack-dir", str(folder)]) == 1
    said = capsys.readouterr().out
    assert (
        "data.terraform_remote_state.n: no stack beside this one keeps its state there, and no answer is canned" in said
    )
    line = said.partition("--answers: ")[2].splitlines()[0]
    (tmp_path / "answers.yaml").write_text(line)
    assert main(["plan", "--stack-dir", str(folder), "--answers", str(tmp_path / "answers.yaml")]) == 0, line


def test_states_in_a_circle_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stack(tmp_path, "a", {"data": reads("b")})
    folder = stack(tmp_path, "b", {"data": reads("a")})
    assert main(["plan", "--stack-dir", str(folder)]) == 1
    assert "remote states refer to each other in a circle: b → a → b; break it" in capsys.readouterr().out


def test_a_state_is_found_by_what_variables_and_locals_say_of_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backend = {"terraform": {**SOURCE["terraform"], "backend": {"oss": {"bucket": "states", "key": "net.tfstate"}}}}
    stack(tmp_path, "producer", {**backend, "output": {"vpc": {"value": "${alicloud_vpc.v.id}"}}})
    state = {"for_each": {"a": 1}, "backend": "oss", "config": {"bucket": "${var.bucket}", "key": "${local.key}"}}
    folder = stack(
        tmp_path,
        "s",
        {
            "variable": {"bucket": {"default": "states"}},
            "locals": {"key": "net.tfstate"},
            "data": {"terraform_remote_state": {"net": state}},
            "output": {"o": {"value": '${data.terraform_remote_state.net["a"].outputs.vpc}'}},
        },
    )
    assert main(["plan", "--stack-dir", str(folder)]) == 0, capsys.readouterr()
    assert main(["answers", "--stack-dir", str(folder)]) == 0
    assert '"values": {"outputs": {"vpc": "made-up-vpc"}}' in capsys.readouterr().out


@pytest.mark.parametrize("workspace", ["default", "${terraform.workspace}", "${var.workspace}"])
def test_a_workspace_that_is_not_the_planned_one_is_not_answered_from_the_stack_beside(
    workspace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack(tmp_path, "net", {"terraform": {**SOURCE["terraform"], "backend": BACKEND}, "output": VPC_ID})
    state = {"backend": "oss", "config": BACKEND["oss"], "workspace": workspace}
    more = {
        "variable": {"workspace": {"default": "prod"}},
        "data": {"terraform_remote_state": {"n": state}},
        "output": {"o": {"value": "${data.terraform_remote_state.n.outputs.vpc}"}},
    }
    folder = stack(tmp_path, "s", more)
    other = workspace == "${var.workspace}"
    assert main(["plan", "--stack-dir", str(folder)]) == other
    said = capsys.readouterr().out
    assert (
        "data.terraform_remote_state.n: reads workspace prod, and the stack beside this one is planned as its" in said
    ) is other
    if other:
        (tmp_path / "answers.yaml").write_text(said.partition("--answers: ")[2].splitlines()[0])
        assert main(["plan", "--stack-dir", str(folder), "--answers", str(tmp_path / "answers.yaml")]) == 0


@pytest.mark.parametrize(
    ("config", "taken"),
    [
        (BACKEND["oss"], True),
        ({"bucket": "${alicloud_vpc.v.id}", "prefix": "site/net", "key": "terraform.tfstate"}, True),
        ({**BACKEND["oss"], "prefix": "site/other"}, False),
        ({"bucket": "states", "key": "terraform.tfstate"}, False),
        ({**BACKEND["oss"], "prefix": "site/${each.key}"}, False),
    ],
)
def test_a_stack_of_the_same_name_that_keeps_its_state_elsewhere_is_another(
    config: dict[str, str], taken: bool, tmp_path: Path
) -> None:
    """Another environment's network was handed on silently: the same bucket under another prefix."""
    stack(tmp_path, "net", {"terraform": {**SOURCE["terraform"], "backend": BACKEND}, "output": VPC_ID})
    reader = Stack.read(stack(tmp_path, "s", {}))
    found = remote_state._producer(reader, "net", {"backend": "oss", "config": config})
    assert (found is not None) is taken
    assert remote_state._producer(reader, "net", {"backend": "local", "config": {"path": "/states/net"}}) is None


def test_a_state_in_a_file_is_found_from_both_folders(tmp_path: Path) -> None:
    backend = {"terraform": {**SOURCE["terraform"], "backend": {"local": {"path": "network.tfstate"}}}}
    producer = stack(tmp_path, "net", {**backend, "output": VPC_ID})
    reader = Stack.read(stack(tmp_path, "s", {}))
    found = remote_state._producer(reader, "n", {"backend": "local", "config": {"path": "../net/network.tfstate"}})
    assert found is not None
    assert found.folder.resolve() == producer.resolve()
