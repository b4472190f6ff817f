"""The state that one plan gives is the state that an apply leaves."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.offline.answers import Answers
from dicom_cdk.offline.store import shipped_store
from dicom_cdk.plan.bench import Bench
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.state import applying
from dicom_cdk.plan.state import base as base_state
from dicom_cdk.plan.terraform import find
from tests.conftest import ROOT

pytestmark = pytest.mark.terraform
Json = dict[str, Any]


def _states(stack: Stack, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Json, Json]:
    """By one plan, and by an apply."""
    with monkeypatch.context() as patched:
        patched.setattr(applying, "applied", lambda *_: pytest.fail("was applied"))
        planned = json.loads(_left_by(stack, folder / "planned"))
    monkeypatch.setattr(base_state, "can_be_planned", lambda _: False)
    return planned, json.loads(_left_by(stack, folder / "applied"))


def _left_by(stack: Stack, folder: Path) -> bytes:
    program, answers = find(), Answers()
    return applying.left_by(stack, Bench(program, answers).laid_out(stack, folder), program, answers, shipped_store())


def _compared(state: Json) -> Json:
    """Without what only an apply needs, and in one order."""
    resources = {
        (one["type"], one["name"]): {
            **one,
            "instances": [
                {key: value for key, value in each.items() if key not in ("dependencies", "create_before_destroy")}
                | {"sensitive_attributes": sorted(map(json.dumps, each["sensitive_attributes"]))}
                for each in one["instances"]
            ],
        }
        for one in state["resources"]
        if one["mode"] == "managed"
    }
    for own in (one for (type_, _), one in resources.items() if type_ == base_state.OWN):
        # Terraform's own ids are chance.
        own["instances"] = [{**one, "attributes": {**one["attributes"], "id": "…"}} for one in own["instances"]]
    return {"resources": resources, "outputs": state["outputs"], "version": state["version"]}


VPC = {"vpc_name": "v", "cidr_block": "10.0.0.0/16"}
OF_ALL_KINDS: Json = {
    "terraform": {
        "required_providers": {"alicloud": {"source": "aliyun/alicloud"}, "random": {"source": "hashicorp/random"}}
    },
    "provider": {"alicloud": [{"region": "cn-shanghai"}, {"alias": "other", "region": "cn-beijing"}]},
    "variable": {"secret": {"default": "not-a-secret", "sensitive": True}, "names": {"default": ["a", "b"]}},
    "locals": {"cidr": "172.16.0.0/12"},
    "resource": {
        "alicloud_vpc": {
            "counted": {**VPC, "count": 2, "vpc_name": "v-${count.index}"},
            "each": {**VPC, "for_each": "${toset(var.names)}", "vpc_name": "${each.key}"},
            "elsewhere": {**VPC, "provider": "alicloud.other", "cidr_block": "${local.cidr}"},
        },
        "alicloud_vswitch": {
            "s": {
                "vpc_id": "${alicloud_vpc.counted[1].id}",
                "cidr_block": "10.0.1.0/24",
                "zone_id": "cn-shanghai-l",
                "tags": {"open": "yes", "kept": "${var.secret}"},
            }
        },
        "alicloud_kms_secret": {
            "k": {"secret_name": "k", "version_id": "1", "secret_data": "${random_password.p.result}"}
        },
        "random_password": {"p": {"length": 16}},
        "terraform_data": {"d": {"input": {"generation": 1, "list": ["a", True]}, "triggers_replace": ["x"]}},
    },
    "output": {
        "id": {"value": "${alicloud_vswitch.s.id}"},
        "hidden": {"value": "${var.secret}", "sensitive": True},
        "list": {"value": ["${alicloud_vpc.counted[0].id}", 1]},
    },
}


def _with(**resources: Json) -> Stack:
    return Stack(Path("s"), {**OF_ALL_KINDS, "resource": {**OF_ALL_KINDS["resource"], **resources}})


@pytest.mark.parametrize(
    "stack", [Stack.read(ROOT / "cdktf.out/stacks/dicom-sh"), Stack(Path("s"), OF_ALL_KINDS)], ids=["site", "all kinds"]
)
def test_one_plan_gives_what_an_apply_leaves(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned, applied = map(_compared, _states(stack, tmp_path, monkeypatch))
    assert planned == applied
    assert planned["resources"].keys() == {
        (kind, name) for kind, named in stack.document["resource"].items() for name in named
    }


@pytest.mark.parametrize(
    "stack",
    [
        _with(terraform_data={"d": {"input": "${alicloud_vpc.elsewhere.id}"}}),
        _with(terraform_data={"d": {"input": {"nothing": None}}}),
        Stack(Path("s"), {**OF_ALL_KINDS, "check": {}}),
        Stack(Path("s"), {**OF_ALL_KINDS, "module": {}}),
    ],
    ids=["a type that a value does not tell", "null", "check", "module"],
)
def test_what_happens_at_apply_only_is_applied(stack: Stack) -> None:
    assert not base_state.can_be_planned(stack)


def test_what_a_plan_leaves_open_is_applied(tmp_path: Path) -> None:
    own = {"d": {"input": 1}}
    stack = _with(terraform_data=own, alicloud_log_project={"p": {"project_name": "p-${terraform_data.d.id}"}})
    assert base_state.can_be_planned(stack)
    state = json.loads(_left_by(stack, tmp_path / "s"))
    project = next(one for one in state["resources"] if one["type"] == "alicloud_log_project")
    assert project["instances"][0]["attributes"]["project_name"].startswith("p-")
    assert state["lineage"] != base_state.LINEAGE


def test_a_set_with_a_secret_in_it_does_not_tell_where() -> None:
    one = {"address": "a.b", "type": "alicloud_db_instance", "name": "b", "mode": "managed", "provider_name": "p",
        "schema_version": 0, "values": {"id": "i"}, "sensitive_values": {"security_ips": [True]}}  # fmt: skip
    plan = {"terraform_version": "1.11.4", "planned_values": {"root_module": {"resources": [one]}}}
    assert base_state.of_plan(plan, {}, shipped_store()) is None
    clear = {**one, "sensitive_values": {"security_ips": True}}
    plan = {"terraform_version": "1.11.4", "planned_values": {"root_module": {"resources": [clear]}}}
    said = base_state.of_plan(plan, {}, shipped_store())
    assert said is not None
    assert json.loads(said)["resources"][0]["instances"][0]["sensitive_attributes"] == [
        [{"type": "get_attr", "value": "security_ips"}]
    ]
