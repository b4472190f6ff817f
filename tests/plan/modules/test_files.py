"""Which files of a module are read, in which order: as the program in use does."""

from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan import terraform
from dicom_cdk.plan.modules import files as module_files
from dicom_cdk.plan.modules import resources as module_resources
from dicom_cdk.plan.modules import stack_files
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.terraform import Terraform, TerraformMissing
from tests.plan.stacks import stack

STORE = 'resource "alicloud_log_store" "%s" {\n  project_name = "p"\n  logstore_name = "s"\n}\n'
READS = {
    "terraform": ["base.tf", "more.tf.json"],
    "tofu": ["base.tofu", "more.tofu.json", "only.tofu"],
}


def in_use(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terraform, "find", lambda: Terraform((name,), name, "1.11.0"))


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """A module with a file for each program, and one that only OpenTofu has."""
    folder = tmp_path / "m"
    folder.mkdir()
    (folder / "base.tf").write_text(STORE % "terraforms")
    (folder / "base.tofu").write_text(STORE % "opentofus")
    (folder / "more.tf.json").write_text('{"variable": {"a": {}}}')
    (folder / "more.tofu.json").write_text('{"variable": {"b": {}}}')
    (folder / "only.tofu").write_text(STORE % "alone")
    return folder


@pytest.mark.parametrize("program", READS)
def test_of_two_files_of_one_name_the_one_of_the_program_in_use_is_read(
    program: str, both: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_use(program, monkeypatch)
    assert [one.name for one in module_files.files(both)] == READS[program]


def test_what_no_program_here_reads_is_judged_as_opentofu_would(both: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def find() -> Terraform:
        raise TerraformMissing("none")

    monkeypatch.setattr(terraform, "find", find)
    assert [one.name for one in module_files.files(both)] == READS["tofu"]


def test_policies_and_plans_see_one_program_and_hear_of_the_files_of_the_other(
    both: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Stack.read(stack(tmp_path, "s", {"module": {"m": {"source": f"../../{both.name}"}}}))
    in_use("terraform", monkeypatch)
    assert [one.address for one in module_resources.resources(read)][1:] == ["module.m.alicloud_log_store.terraforms"]
    assert stack_files.passed_over(read) == [
        f"../../m/{name} is not looked into: only OpenTofu reads it, and Terraform runs here"
        for name in ("base.tofu", "more.tofu.json", "only.tofu")
    ]
    in_use("tofu", monkeypatch)
    assert [one.name for one in module_resources.resources(read)][1:] == ["opentofus", "alone"]
    assert stack_files.passed_over(read) == []


OVERRIDES: dict[str, tuple[str, dict[str, Any]]] = {
    "an argument": ('acl = "public-read"', {"acl": "public-read", "logging": [{"target_bucket": "l"}]}),
    "all blocks of one name": ('logging {\n target_bucket = "k"\n }', {"logging": [{"target_bucket": "k"}]}),
    "each argument of lifecycle": (
        "lifecycle {\n ignore_changes = [tags]\n }",
        {"lifecycle": {"prevent_destroy": True, "ignore_changes": ["${tags}"]}},
    ),
}


@pytest.mark.parametrize(("text", "expected"), OVERRIDES.values(), ids=OVERRIDES)
@pytest.mark.parametrize("name", ["override.tf", "a_override.tf"])
def test_an_overriding_file_is_read_last_and_replaces(
    text: str, expected: dict[str, Any], name: str, tmp_path: Path
) -> None:
    """A public bucket of a_override.tf was judged as the private one of main.tf, which stands behind it in the alphabet."""
    (tmp_path / "main.tf").write_text(
        "locals {\n  a = 1\n  b = [1]\n}\n"
        'resource "alicloud_oss_bucket" "b" {\n  acl = "private"\n  logging {\n    target_bucket = "l"\n  }\n'
        "  lifecycle {\n    prevent_destroy = true\n  }\n}\n"
    )
    (tmp_path / name).write_text(f'locals {{\n  b = [2]\n}}\nresource "alicloud_oss_bucket" "b" {{\n  {text}\n}}\n')
    found = module_files.document(tmp_path)
    body = found["resource"]["alicloud_oss_bucket"]["b"]
    assert {key: body[key] for key in expected} == expected
    assert body["lifecycle"]["prevent_destroy"] is True
    assert found["locals"] == {"a": 1, "b": [2]}


def test_json_overrides_a_call_of_a_module_and_a_default(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'module "m" {\n  source = "./a"\n  size = 1\n}\nvariable "v" {\n  default = [1]\n}\n'
    )
    (tmp_path / "override.tf.json").write_text(
        '[{"module": [{"m": {"source": "./b"}}]}, {"variable": {"v": {"default": [2]}}}]'
    )
    found = module_files.document(tmp_path)
    assert found["module"]["m"] == {"source": "./b", "size": 1}
    assert found["variable"]["v"]["default"] == [2]
