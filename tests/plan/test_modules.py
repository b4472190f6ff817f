"""Modules, other stacks' outputs, other providers and answers: planned where that can be, said by name where not."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.cli import main
from dicom_cdk.offline.answers import AnswersError, entry_line, load
from dicom_cdk.offline.store import shipped_store
from dicom_cdk.plan import modules, remote_state, unserved
from dicom_cdk.plan.stack import NotAStack, Stack
from dicom_cdk.policy.document import of_stack

pytestmark = pytest.mark.terraform

VPC = {"alicloud_vpc": {"v": {"cidr_block": "10.0.0.0/8"}}}
SOURCE = {"terraform": {"required_providers": {"alicloud": {"source": "aliyun/alicloud", "version": "1.289.0"}}}}

REQUIRED = 'terraform {\n required_providers {\n alicloud = { source = "aliyun/alicloud" }\n }\n}\n'


def stack(place: Path, name: str, document: dict[str, Any]) -> Path:
    folder = place / "stacks" / name
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text(json.dumps({**SOURCE, "resource": VPC, **document}))
    return folder


def module(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "main.tf").write_text(
        'terraform {\n required_providers {\n alicloud = { source = "aliyun/alicloud" }\n }\n}\n' + text
    )
    return folder


def test_local_modules_are_planned_with_theirs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module(tmp_path / "m", 'module "inner" {\n  source = "./inner"\n}\n')
    module(
        tmp_path / "m/inner",
        'resource "alicloud_oss_bucket" "b" {\n  bucket = trimspace(file("${path.module}/name"))\n}\n',
    )
    (tmp_path / "m/inner/name").write_text("clinic\n")
    folder = stack(tmp_path, "s", {"module": {"m": {"source": "../../m"}}})
    assert main(["plan", "--stack-dir", str(folder), "--json", str(tmp_path / "p")]) == 0, capsys.readouterr()
    changes = {
        one["address"]: one["change"]["after"] for one in json.loads((tmp_path / "p").read_text())["resource_changes"]
    }
    assert changes["module.m.module.inner.alicloud_oss_bucket.b"]["bucket"] == "clinic"
    assert not list((tmp_path / "m").rglob(".terraform"))


def test_a_mistake_in_a_module_is_told_with_its_own_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module(tmp_path / "m", 'import {\n  to = alicloud_vpc.v\n  id = "vpc-1"\n}\n')
    assert main(["plan", "--stack-dir", str(stack(tmp_path, "s", {"module": {"m": {"source": "../../m"}}}))]) == 1
    assert 'error: ../../m/main.tf:6: Invalid import configuration: An import block was detected in "module.m"' in (
        capsys.readouterr().out
    )


def test_a_module_of_a_registry_is_said_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = stack(tmp_path, "s", {"module": {"net": {"source": "alibaba/vpc/alicloud"}}})
    assert main(["plan", "--stack-dir", str(folder)]) == 1
    assert "module.net is not looked into: it comes from alibaba/vpc/alicloud; copy it" in capsys.readouterr().out


def test_modules_in_a_circle_and_folders_that_lack_are_refused(tmp_path: Path) -> None:
    module(tmp_path / "a", 'module "b" {\n  source = "../b"\n}\n')
    module(tmp_path / "b", 'module "a" { source = "../a" }\n')
    circle = Stack.read(stack(tmp_path, "s", {"module": {"a": {"source": "../../a"}}}))
    with pytest.raises(
        NotAStack, match=r"module\.a\.module\.b\.module\.a: modules call each other in a circle: a → b → a"
    ):
        modules.calls(circle)
    lacking = Stack.read(stack(tmp_path, "t", {"module": {"a": {"source": "./none"}}}))
    with pytest.raises(NotAStack, match=r"module\.a: no folder \./none beside the stack"):
        modules.calls(lacking)


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


BUCKET_OF_A_MODULE = 'resource "alicloud_oss_bucket" "b" {\n  bucket = "clinic"\n}\n'
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


def changes_of(plan: Path) -> dict[str, Any]:
    return {one["address"]: one["change"]["after"] for one in json.loads(plan.read_text())["resource_changes"]}


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


SECRETS = """
variable "word" {
  sensitive = true
}
variable "plain" {}
variable "own" {
  default   = "Marker-of-a-default"
  sensitive = true
}
resource "alicloud_db_account" "a" {
  db_instance_id   = "rm-1"
  account_name     = "handed"
  account_password = var.word
}
resource "alicloud_db_account" "b" {
  db_instance_id   = "rm-1"
  account_name     = "plain"
  account_password = var.plain
}
resource "alicloud_db_account" "c" {
  db_instance_id   = "rm-1"
  account_name     = "own"
  account_password = var.own
}
resource "alicloud_db_account" "d" {
  db_instance_id   = "rm-1"
  account_name     = "literal"
  account_password = "Marker-of-a-literal"
}
"""


def test_secrets_of_modules_are_in_no_plan_and_in_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module(tmp_path / "m", SECRETS)
    handed = {"word": "Marker-that-is-handed", "plain": "Marker-without-a-mark"}
    folder = stack(tmp_path, "s", {"module": {"m": {"source": "../../m", **handed}}})
    assert main(["plan", "--stack-dir", str(folder), "--json", str(tmp_path / "p")]) == 0
    assert len(changes_of(tmp_path / "p")) == 5
    assert "Marker" not in capsys.readouterr().out + (tmp_path / "p").read_text()
    module(tmp_path / "m", SECRETS.replace('"literal"', 'var.word\n  bogus = "Marker-of-a-literal"'))
    assert main(["plan", "--stack-dir", str(folder)]) == 1
    said = capsys.readouterr().out
    assert ("bogus" in said, "Marker" in said) == (True, False)


def test_a_stack_with_outputs_only_is_planned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = stack(tmp_path, "s", {"resource": {}, "output": {"o": {"value": 1}}})
    assert main(["plan", "--stack-dir", str(folder)]) == 0
    assert capsys.readouterr().out == "s: no changes\n"


def test_states_in_a_circle_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stack(tmp_path, "a", {"data": reads("b")})
    folder = stack(tmp_path, "b", {"data": reads("a")})
    assert main(["plan", "--stack-dir", str(folder)]) == 1
    assert "remote states refer to each other in a circle: b → a → b; break it" in capsys.readouterr().out


def test_a_provider_that_is_not_served_is_said_with_the_way_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = stack(tmp_path, "s", {"resource": {**VPC, "archive_file": {"z": {}}}})
    assert main(["plan", "--stack-dir", str(folder)]) == 1
    said = capsys.readouterr().out
    assert "hashicorp/archive is not served offline: served are aliyun/alicloud" in said
    assert "`dicom-cdk provider serve`" in said


def test_a_provider_that_is_only_set_up_or_only_required_in_a_module_is_said_too(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m/main.tf").write_text(
        'terraform {\n required_providers {\n k = { source = "gavinbunney/kubectl" }\n }\n}\n'
    )
    folder = stack(tmp_path, "s", {"provider": {"kubernetes": {"host": "h"}}, "module": {"m": {"source": "../../m"}}})
    assert [summary for summary, _, _ in unserved.findings(Stack.read(folder))] == [
        "gavinbunney/kubectl is not served offline", "hashicorp/kubernetes is not served offline",
    ]  # fmt: skip


CLASSES = {"engine": "MySQL", "engine_version": "5.6"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "alicloud_zonez: []",
            ":1: alicloud_zonez: no data source of a provider that is served offline; did you mean alicloud_zones?",
        ),
        (
            "alicloud_zones:\n- values: {idss: [a]}",
            ":2: alicloud_zones: values.idss: no such attribute; did you mean ids?",
        ),
        ("alicloud_zones: [{values: {ids: x}}]", ":1: alicloud_zones: values.ids: got 'x', allowed is a list of texts"),
        (
            "terraform_remote_state:\n- match: {name: n}\n  values: {outputz: {vpc: v}}",
            ":3: terraform_remote_state: values.outputz: no such attribute; did you mean outputs?",
        ),
        (
            "terraform_remote_state: [{values: {outputs: v}}]",
            ":1: terraform_remote_state: values.outputs: got 'v', allowed is a map of any value",
        ),
        ("[]", ": got list, allowed: {TYPE: [{match, values}, …]}"),
        (
            "alicloud_zones: [{value: {}}]",
            ":1: alicloud_zones: got value, allowed is a list of {match: {…}, values: {…}}",
        ),
        ("{", ": neither JSON nor YAML: "),
    ],
)
def test_answers_that_fit_no_schema_are_refused_by_line(text: str, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(text)
    with pytest.raises(AnswersError) as refused:
        load(file)
    assert str(refused.value).startswith(f"{file}{problem}")


def test_the_hint_answers_when_it_is_pasted_and_numbers_are_texts_where_the_schema_says_so(tmp_path: Path) -> None:
    facts = shipped_store().find("data", "alicloud_db_instance_classes")
    assert facts is not None
    block, file = facts.schema["block"], tmp_path / "answers.yaml"
    for text in (
        entry_line(facts.name, block, CLASSES),
        "alicloud_db_instance_classes: [{match: {engine: MySQL, engine_version: 5.6}, values: {instance_classes: []}}]",
    ):
        file.write_text(text)
        state, said = load(file).read(facts.name, block, dict(CLASSES))
        assert not said
        assert state["engine_version"] == "5.6"


def test_a_skeleton_of_answers_plans_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = {"alicloud_zones": {"z": {"available_resource_creation": "VSwitch"}}}
    resource = {
        **VPC,
        "alicloud_vswitch": {
            "w": {
                "vpc_id": "${alicloud_vpc.v.id}",
                "cidr_block": "10.0.0.0/24",
                "zone_id": "${data.alicloud_zones.z.zones[1].id}",
            }
        },
    }
    folder = stack(tmp_path, "s", {"data": data, "resource": resource})
    assert main(["answers", "--stack-dir", str(folder), "--output", str(tmp_path / "a.yaml")]) == 0
    assert main(["plan", "--stack-dir", str(folder), "--answers", str(tmp_path / "a.yaml")]) == 0, capsys.readouterr()


def test_a_data_source_of_a_check_block_is_served_and_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asserted = {"condition": "${length(data.alicloud_regions.r.ids) > 0}", "error_message": "none"}
    check = {"c": {"data": {"alicloud_regions": {"r": {"current": True}}}, "assert": asserted}}
    module(
        tmp_path / "m",
        'check "z" {\n  data "alicloud_zones" "z" {}\n  assert {\n    condition = length(data.alicloud_zones.z.ids) > 0\n'
        '    error_message = "none"\n  }\n}\n',
    )
    folder = stack(tmp_path, "s", {"check": check, "module": {"m": {"source": "../../m"}}})
    assert main(["plan", "--stack-dir", str(folder)]) == 0, capsys.readouterr()
    assert "warning: data.alicloud_regions.r" in capsys.readouterr().out
    assert main(["answers", "--stack-dir", str(folder), "--output", str(tmp_path / "a.yaml")]) == 0
    assert main(["plan", "--stack-dir", str(folder), "--answers", str(tmp_path / "a.yaml")]) == 0
    assert "warning" not in capsys.readouterr().out


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


def test_a_modules_place_may_come_from_variables_as_opentofu_takes_it(tmp_path: Path) -> None:
    module(tmp_path / "outer", 'variable "size" {}\nmodule "inner" {\n  source = "../${var.size}"\n}\n')
    module(tmp_path / "large", BUCKET_OF_A_MODULE)
    more = {
        "variable": {"place": {"default": "../../outer"}},
        "module": {"m": {"source": "${var.place}", "size": "large"}},
    }
    read = Stack.read(stack(tmp_path, "s", more))
    assert [(one.address, one.folder.name if one.folder else None) for one in modules.calls(read)] == [
        ("module.m", "outer"), ("module.m.module.inner", "large"),
    ]  # fmt: skip
    unknown = Stack.read(stack(tmp_path, "t", {"variable": {"place": {}}, "module": {"m": {"source": "${var.place}"}}}))
    assert modules.unseen(unknown)[0].startswith("module.m is not looked into: it comes from ${var.place}")


def test_what_opentofu_reads_beside_a_stack_is_named_and_not_laid_beside_its_plan(tmp_path: Path) -> None:
    folder = stack(tmp_path, "s", {})
    for name in ("more.tofu.json", "cdk.tofu.json"):
        (folder / name).write_text('{"output": {"o": {"value": 1}}}')
    (folder / "more.tofu").write_text('output "o" {\n  value = 1\n}\n')
    read = Stack.read(folder)
    assert [one.partition(";")[0] for one in modules.passed_over(read)] == [
        "cdk.tofu.json is not looked into: OpenTofu would read it in place of cdk.tf.json",
        "more.tofu is not looked into: OpenTofu would read it beside cdk.tf.json",
        "more.tofu.json is not looked into: OpenTofu would read it beside cdk.tf.json",
    ]
    assert modules.beside(read) == {}


def test_a_state_in_a_file_is_found_from_both_folders(tmp_path: Path) -> None:
    backend = {"terraform": {**SOURCE["terraform"], "backend": {"local": {"path": "network.tfstate"}}}}
    producer = stack(tmp_path, "net", {**backend, "output": VPC_ID})
    reader = Stack.read(stack(tmp_path, "s", {}))
    found = remote_state._producer(reader, "n", {"backend": "local", "config": {"path": "../net/network.tfstate"}})
    assert found is not None
    assert found.folder.resolve() == producer.resolve()


def test_files_beside_a_stack_that_terraform_would_read_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = stack(tmp_path, "s", {})
    (folder / "versions.tf").write_text('terraform {\n  required_version = ">= 1.5"\n}\n')
    (folder / "notes.tfvars").write_text("nobody = 1\n")
    assert modules.passed_over(Stack.read(folder)) == []
    (folder / "extra.tf").write_text('resource "alicloud_oss_bucket" "b" {\n  bucket = "clinic"\n}\n')
    (folder / "prod.auto.tfvars").write_text("a = 1\n")
    assert main(["plan", "--stack-dir", str(folder)]) == 0
    said = capsys.readouterr().out
    for name in ("extra.tf", "prod.auto.tfvars"):
        assert (
            f"warning: Files beside the stack: {name} is not looked into: Terraform would read it beside cdk.tf.json"
            in said
        )
    assert len(of_stack(Stack.read(folder)).unseen) == 2
