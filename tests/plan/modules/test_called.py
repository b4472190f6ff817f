"""Local modules are planned with theirs; what cannot be looked into is said by name."""

import json
from pathlib import Path

import pytest

from dicom_cdk.cli import main
from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.modules import files
from dicom_cdk.plan.stack import NotAStack, Stack
from tests.plan.stacks import changes_of, module, stack

pytestmark = pytest.mark.terraform


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


BUCKET_OF_A_MODULE = 'resource "alicloud_oss_bucket" "b" {\n  bucket = "clinic"\n}\n'
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


def test_a_folder_that_a_hundred_calls_name_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module(tmp_path / "m", 'module "inner" {\n  source = "./inner"\n}\n')
    module(tmp_path / "m/inner", "")
    folder = stack(tmp_path, "s", {"module": {f"m{number}": {"source": "../../m"} for number in range(100)}})
    read: list[Path] = []

    def counted(place: Path) -> dict[str, object]:
        read.append(place)
        return files.document(place)

    monkeypatch.setattr(modules, "document", counted)
    found = modules.calls(Stack.read(folder))
    assert len(found) == 200
    assert {one.folder for one in found if one.address.endswith(".inner")} == {tmp_path / "m/inner"}
    assert read == [tmp_path / "m", tmp_path / "m/inner"]
