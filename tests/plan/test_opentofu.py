"""OpenTofu in place of Terraform, wherever `tofu` is on PATH: plan, review, provider install, apply of the rehearsal, hand-off.

Its JSON differs by the registry's host, and by `required` and `type` of variables.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.cli import main
from dicom_cdk.offline import mirror
from dicom_cdk.plan import real, terraform
from dicom_cdk.plan.planning import Planned
from dicom_cdk.plan.terraform import Terraform
from tests.conftest import ROOT

pytestmark = pytest.mark.terraform

STACK = ROOT / "cdktf.out/stacks/dicom-sh"


@pytest.fixture(scope="module")
def tofu() -> Terraform:
    path = shutil.which("tofu")
    if path is None:
        pytest.skip("tofu is not on PATH; see OpenTofu's own instructions")
    version = terraform._version((path,))
    assert version is not None, f"{path} does not answer `version -json`"
    return Terraform((path,), "tofu", version)


@pytest.fixture
def only_tofu(tofu: Terraform, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without Terraform."""
    monkeypatch.setattr(terraform, "find", lambda: tofu)


def alike(value: Any) -> Any:
    """Plan JSON without what the two programs write differently."""
    if isinstance(value, dict):
        return {
            key: {name: {k: v for k, v in body.items() if k not in ("required", "type")} for name, body in part.items()}
            if key == "variables" and isinstance(part, dict)
            else alike(part)
            for key, part in value.items()
            if key not in ("terraform_version", "format_version", "timestamp")
        }
    if isinstance(value, list):
        return [alike(part) for part in value]
    return value.replace("registry.opentofu.org", "registry.terraform.io") if isinstance(value, str) else value


def test_what_the_two_write_differently_is_left_out_and_nothing_else() -> None:
    tofus = {"variables": {"a": {"required": True, "type": "string", "default": 1}}, "p": ["registry.opentofu.org/x"]}
    assert alike(tofus) == {"variables": {"a": {"default": 1}}, "p": ["registry.terraform.io/x"]}


def test_the_default_site_is_planned_as_by_terraform(
    tofu: Terraform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not on PATH, so there is nothing to compare with")
    words = ["plan", "--stack-dir", str(STACK), "--json"]
    assert main([*words, str(tmp_path / "terraform")]) == 0
    monkeypatch.setattr(terraform, "find", lambda: tofu)
    assert main([*words, str(tmp_path / "tofu")]) == 0
    one, other = (json.loads((tmp_path / name).read_text()) for name in ("terraform", "tofu"))
    assert alike(one)["resource_changes"] == alike(other)["resource_changes"]
    assert alike(one)["configuration"] == alike(other)["configuration"]


def test_policies_and_drift_say_the_same_of_its_plan(
    tofu: Terraform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not on PATH, so there is nothing to compare with")

    def said() -> list[str]:
        plan = str(tmp_path / "plan.json")
        assert main(["plan", "--stack-dir", str(STACK), "--json", plan]) == 0
        capsys.readouterr()
        forms = []
        for words in (["check", "--plan", plan, "--format", "json"], ["drift", plan, "--format", "json"]):
            main(words)
            forms.append(capsys.readouterr().out)
        return forms

    terraforms = said()
    monkeypatch.setattr(terraform, "find", lambda: tofu)
    assert said() == terraforms
    assert [json.loads(one) != {} for one in terraforms] == [True, True]


@pytest.mark.usefixtures("only_tofu")
def test_an_edit_is_reviewed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sides = [small(tmp_path / side, cidr) for side, cidr in (("base", "10.0.0.0/16"), ("head", "172.16.0.0/12"))]
    assert main(["review", *map(str, sides), "--format", "json"]) == 0, capsys.readouterr()
    (stack,) = json.loads(capsys.readouterr().out)["stacks"]
    assert [(one["address"], one["action"]) for one in stack["changes"]] == [("alicloud_vpc.v", "update")]


@pytest.mark.usefixtures("only_tofu")
def test_a_hand_off_is_made_and_plans_alone(tmp_path: Path) -> None:
    folder = small(tmp_path / "out", "10.0.0.0/16")
    assert main(["handoff", str(tmp_path / "given"), "--stack-dir", str(folder)]) == 0
    assert main(["plan", "--stack-dir", str(tmp_path / "given/terraform/out")]) == 0


def test_the_mirror_is_initialized_planned_and_applied(tofu: Terraform, tmp_path: Path) -> None:
    settings = mirror.install(tmp_path / "mirror")
    folder = small(tmp_path / "own", "10.0.0.0/16", version=">= 1.289.0")
    on = {"TF_CLI_CONFIG_FILE": str(settings), "DICOM_CDK_OFFLINE_APPLY": "1"}
    for words in (["init"], ["apply", "-auto-approve"], ["plan", "-detailed-exitcode"]):
        done = tofu.run(folder, *words, environment=on)
        assert done.code == 0, done.stdout + done.stderr
    assert "registry.opentofu.org/aliyun/alicloud" in (folder / ".terraform.lock.hcl").read_text()


def small(folder: Path, cidr: str, version: str = "1.289.0") -> Path:
    folder.mkdir()
    source = {"required_providers": {"alicloud": {"source": "aliyun/alicloud", "version": version}}}
    resource = {"alicloud_vpc": {"v": {"cidr_block": cidr}}}
    provider = {"alicloud": {"region": "cn-shanghai"}}
    (folder / "cdk.tf.json").write_text(json.dumps({"terraform": source, "provider": provider, "resource": resource}))
    return folder


@pytest.mark.usefixtures("only_tofu")
def test_opentofus_own_settings_say_where_the_real_provider_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".tofurc").write_text(mirror.install(tmp_path / "offline").read_text())
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TF_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("TF_CLI_CONFIG_FILE", raising=False)
    folder = small(tmp_path / "own", "10.0.0.0/16", version=">= 1.289.0")
    monkeypatch.setattr(real, "planned_in", lambda of, program, *_: Planned(of, program, {}))
    assert main(["plan", "--provider", "real", "--stack-dir", str(folder)]) == 0
    assert not (tmp_path / "data").exists()


KEYS = {
    "key_provider": {"pbkdf2": {"k": {"passphrase": "a-long-phrase-of-nobody"}}},
    "method": {"aes_gcm": {"m": {"keys": "key_provider.pbkdf2.k"}}},
    "state": {"method": "method.aes_gcm.m", "enforced": True},
    "plan": {"method": "method.aes_gcm.m", "enforced": True},
}


def written(folder: Path, **more: Any) -> Path:
    document = json.loads((small(folder, "10.0.0.0/16") / "cdk.tf.json").read_text())
    document["terraform"] |= more.pop("terraform", {})
    document["resource"] |= more.pop("resource", {})
    (folder / "cdk.tf.json").write_text(json.dumps({**document, **more}))
    return folder


@pytest.mark.usefixtures("only_tofu")
def test_a_stack_with_an_encrypted_state_is_planned_against_its_base(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = written(tmp_path / "base", terraform={"encryption": KEYS})
    head = written(
        tmp_path / "head",
        terraform={"encryption": KEYS},
        resource={"alicloud_vpc": {"v": {"cidr_block": "10.0.0.0/16", "vpc_name": "w"}}},
    )
    assert main(["plan", "--stack-dir", str(head), "--from", str(base)]) == 0
    assert "update alicloud_vpc.v" in capsys.readouterr().out


@pytest.mark.usefixtures("only_tofu")
def test_a_bucket_that_is_no_longer_enabled_is_data_that_goes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The meta-argument of OpenTofu 1.11; the bucket stays in the program."""

    def enabled(side: str, on: bool) -> str:
        bucket = {"alicloud_oss_bucket": {"b": {"bucket": "images-of-us", "lifecycle": {"enabled": on}}}}
        return str(written(tmp_path / side, resource=bucket))

    assert main(["review", enabled("base", True), enabled("head", False)]) == 3
    assert "destroy alicloud_oss_bucket.b: objects of the bucket" in capsys.readouterr().out


@pytest.mark.usefixtures("only_tofu")
def test_modules_in_opentofus_files_are_planned_where_variables_say(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    required = 'terraform {\n  required_providers {\n    alicloud = { source = "aliyun/alicloud" }\n  }\n}\n'
    (tmp_path / "m/main.tofu").write_text(
        required + 'resource "alicloud_oss_bucket" "b" {\n  bucket = "in-a-module"\n}\n'
    )
    folder = written(tmp_path / "s", variable={"place": {"default": "../m"}}, module={"m": {"source": "${var.place}"}})
    assert main(["plan", "--stack-dir", str(folder), "--json", str(tmp_path / "plan")]) == 0
    there = {one["address"] for one in json.loads((tmp_path / "plan").read_text())["resource_changes"]}
    assert there == {"alicloud_vpc.v", "module.m.alicloud_oss_bucket.b"}


@pytest.mark.usefixtures("only_tofu")
def test_providers_for_each_region_are_planned(tmp_path: Path) -> None:
    regions = {"alias": "by", "for_each": {"a": "cn-shanghai", "b": "cn-beijing"}, "region": "${each.value}"}
    vpc = {"for_each": {"a": 1, "b": 2}, "provider": "alicloud.by[each.key]", "cidr_block": "10.0.0.0/16"}
    folder = written(
        tmp_path / "s",
        provider={"alicloud": [regions, {"region": "cn-shanghai"}]},
        resource={"alicloud_vpc": {"v": vpc}},
    )
    assert main(["plan", "--stack-dir", str(folder), "--json", str(tmp_path / "plan")]) == 0
    there = {one["address"] for one in json.loads((tmp_path / "plan").read_text())["resource_changes"]}
    assert there == {'alicloud_vpc.v["a"]', 'alicloud_vpc.v["b"]'}
