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
        f"{one['type']}.{one['name']}": {
            **one,
            "instances": [
                {key: value for key, value in each.items() if key not in ("dependencies", "create_before_destroy")}
                | {"sensitive_attributes": sorted(map(json.dumps, each["sensitive_attributes"]))}
                for each in sorted(one["instances"], key=lambda each: str(each.get("index_key")))
            ],
        }
        for one in state["resources"]
        if one["mode"] == "managed"
    }
    for own in (one for one in resources.values() if one["type"] == base_state.OWN):
        # Terraform's own ids are chance.
        own["instances"] = [{**one, "attributes": {**one["attributes"], "id": "…"}} for one in own["instances"]]
    compared = {"resources": resources, "outputs": state["outputs"], "version": state["version"]}
    # A state takes a number as a text too, and a plan tells fractions so.
    return json.loads(json.dumps(compared).replace('"0.1"', "0.1"))  # type: ignore[no-any-return]


VPC = {"vpc_name": "v", "cidr_block": "10.0.0.0/16"}
NAMES = ["a", 'b"] $${c} %%{ d \\\n\u00fc\u2028']
OF_ALL_KINDS: Json = {
    "terraform": {
        "required_providers": {"alicloud": {"source": "aliyun/alicloud"}, "random": {"source": "hashicorp/random"}}
    },
    "provider": {"alicloud": [{"region": "cn-shanghai"}, {"alias": "other", "region": "cn-beijing"}]},
    "variable": {"secret": {"default": "not-a-secret", "sensitive": True}, "names": {"default": NAMES}},
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
        "alicloud_db_instance": {
            "marked-in-a-set": {
                "engine": "PostgreSQL",
                "engine_version": "16.0",
                "instance_type": "pg.n2.2c.2m",
                "instance_storage": 20,
                "security_ips": ["${var.secret}", "10.0.0.1"],
            }
        },
        "alicloud_ess_scaling_rule": {
            "fraction": {"scaling_group_id": "g", "target_value": 0.1, "estimated_instance_warmup": 3}
        },
        "random_password": {"p": {"length": 16}},
        "terraform_data": {
            "d": {"input": {"generation": 1.5, "list": ["a", True], "nothing": None}, "triggers_replace": ["x"]},
            "of-another": {"input": "${alicloud_vpc.elsewhere.id}"},
            "alone": {},
            "hidden": {"input": {"of": "${var.secret}"}, "triggers_replace": "${var.secret}"},
            "each": {"for_each": "${toset(var.names)}", "input": "${each.key}"},
        },
    },
    "output": {
        "id": {"value": "${alicloud_vswitch.s.id}"},
        "hidden": {"value": "${var.secret}", "sensitive": True},
        "list": {"value": ["${alicloud_vpc.counted[0].id}", 1, 0.1]},
        "nothing": {"value": None},
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
        f"{kind}.{name}" for kind, named in stack.document["resource"].items() for name in named
    }


@pytest.mark.parametrize(
    "stack",
    [
        Stack(Path("s"), {**OF_ALL_KINDS, "check": {}}),
        Stack(Path("s"), {**OF_ALL_KINDS, "module": {}}),
    ],
    ids=["check", "module"],
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
