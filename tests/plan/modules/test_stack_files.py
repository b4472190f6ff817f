"""Files beside a stack's document: which Terraform would read, and nobody reads here."""

from pathlib import Path

import pytest

from dicom_cdk.cli import main
from dicom_cdk.plan.modules import stack_files
from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import of_stack
from tests.plan.stacks import stack

pytestmark = pytest.mark.terraform


def test_what_opentofu_reads_beside_a_stack_is_named_and_not_laid_beside_its_plan(tmp_path: Path) -> None:
    folder = stack(tmp_path, "s", {})
    for name in ("more.tofu.json", "cdk.tofu.json"):
        (folder / name).write_text('{"output": {"o": {"value": 1}}}')
    (folder / "more.tofu").write_text('output "o" {\n  value = 1\n}\n')
    read = Stack.read(folder)
    assert [one.partition(";")[0] for one in stack_files.passed_over(read)] == [
        "cdk.tofu.json is not looked into: OpenTofu would read it in place of cdk.tf.json",
        "more.tofu is not looked into: OpenTofu would read it beside cdk.tf.json",
        "more.tofu.json is not looked into: OpenTofu would read it beside cdk.tf.json",
    ]
    assert stack_files.beside(read) == {}


def test_files_beside_a_stack_that_terraform_would_read_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = stack(tmp_path, "s", {})
    (folder / "versions.tf").write_text('terraform {\n  required_version = ">= 1.5"\n}\n')
    (folder / "notes.tfvars").write_text("nobody = 1\n")
    assert stack_files.passed_over(Stack.read(folder)) == []
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


@pytest.mark.parametrize(
    "command",
    [
        ("check",),
        ("plan",),
        ("report", "--out", "r.mmd"),
        ("handoff", "handed"),
        ("cost",),
        ("answers",),
        ("preflight",),
        ("doctor",),
    ],
    ids=lambda command: command[0],
)
def test_every_command_names_what_it_does_not_look_into(
    command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hand-off left the override out, a bill and a file of answers passed over it, without a word."""
    monkeypatch.chdir(tmp_path)
    folder = stack(tmp_path, "s", {})
    (folder / "cdk_override.tf").write_text('resource "alicloud_oss_bucket" "b" {\n  bucket = "other"\n}\n')
    main([*command, "--stack-dir", str(folder)])
    said = capsys.readouterr()
    told = [line for line in (said.out + said.err).splitlines() if "cdk_override.tf" in line]
    assert len(told) == 1, said
    assert "not looked into" in told[0]


def test_what_terraform_says_of_bytes_that_are_no_text_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = stack(tmp_path, "s", {"module": {"m": {"source": "./m"}}})
    (folder / "m").mkdir()
    (folder / "m" / "main.tf").write_text("")
    (folder / "tests").mkdir()
    (folder / "tests" / "a.tftest.hcl").write_bytes('run "x" {}'.encode("utf-16"))
    assert main(["plan", "--stack-dir", str(folder)]) == 1
    assert "tests/a.tftest.hcl" in capsys.readouterr().out
