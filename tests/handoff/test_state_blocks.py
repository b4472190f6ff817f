"""A hand-off says what comes into the state, leaves it or moves in it."""

import html
import re
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.cli import main
from dicom_cdk.handoff import documents
from dicom_cdk.plan import terraform
from dicom_cdk.plan.planning import plan_offline
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.state import told
from dicom_cdk.policy.document import of_stack
from dicom_cdk.report import content
from dicom_cdk.report.planned import table_of
from tests.plan.operations import program

BLOCKS: dict[str, Any] = {
    "import": [{"to": "alicloud_oss_bucket.images", "id": "clinic-images"}],
    "moved": [
        {"from": "alicloud_vpc.old", "to": "alicloud_vpc.mid"},
        {"from": "alicloud_vpc.mid", "to": "alicloud_vpc.v"},
    ],
    "removed": [
        {"from": "alicloud_oss_bucket.left", "lifecycle": {"destroy": False}},
        {"from": "alicloud_oss_bucket.gone", "lifecycle": {"destroy": True}},
    ],
}


def stack(**sections: Any) -> Stack:
    resource = {
        "alicloud_vpc": {"v": {"vpc_name": "v", "cidr_block": "10.0.0.0/8"}},
        "alicloud_oss_bucket": {"images": {"bucket": "clinic-images"}},
    }
    required = {"required_providers": {"alicloud": {"source": "aliyun/alicloud", "version": "1.289.0"}}}
    return Stack(Path("/nowhere/s"), {"terraform": required, "resource": resource, **sections})


def test_the_runbook_says_what_the_blocks_about_the_state_do() -> None:
    said = " ".join(documents.runbook(stack(**BLOCKS)).split())
    for words in (
        "`alicloud_oss_bucket.images` is imported from `clinic-images`: it is there already and comes into the state",
        "`alicloud_vpc.old` is from now on `alicloud_vpc.v`: the same resource. The move destroys nothing",
        "`alicloud_vpc.mid` is from now on `alicloud_vpc.v`",
        "`alicloud_oss_bucket.left` leaves the state and stays in the account, managed by nobody unless",
        "`alicloud_oss_bucket.gone` is destroyed, if the state has it.",
    ):
        assert words in said
    assert re.search(r"images \([\w ]+, imported\)", said), "no wave makes what is there already"


def test_what_terraform_and_opentofu_understand_differently_is_said() -> None:
    said = documents.runbook(stack(removed=[{"from": "alicloud_oss_bucket.gone"}]))
    assert (
        "`alicloud_oss_bucket.gone` is destroyed, if the state has it: by Terraform; OpenTofu leaves it in the account"
        in said
    )


def test_without_such_blocks_the_runbook_says_nothing_of_the_state() -> None:
    said = documents.runbook(stack())
    assert "says of the state" not in said
    assert "imported" not in said


@pytest.mark.terraform
def test_the_report_s_plan_says_what_is_imported() -> None:
    one = stack(**{"import": BLOCKS["import"]})
    table = table_of(plan_offline(one, terraform.find()), of_stack(one))
    assert table.total == "s: 1 to import, 1 to create"
    assert (
        "import alicloud_oss_bucket.images, taken as holding what the configuration says: a plan with the account tells "
        "whether it does"
    ) in table.notes


def test_the_blocks_of_a_modules_own_files_are_told_with_its_address(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    text = "moved {\n  from = alicloud_vpc.old\n  to   = alicloud_vpc.new\n}\n"
    (tmp_path / "m/main.tf").write_text(f'{text}resource "alicloud_vpc" "new" {{\n}}\n')
    one = Stack(tmp_path / "s", {**stack().document, "module": {"m": {"source": "../m"}}})
    assert "`module.m.alicloud_vpc.old` is from now on `module.m.alicloud_vpc.new`" in documents.runbook(one)


def test_files_that_hosts_get_of_a_module_are_handed_over_too(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m/up.sh").write_text("echo of the module\n")
    (tmp_path / "m/main.tf").write_text(
        'resource "alicloud_ecs_command" "c" {\n  command_content = filebase64("${path.module}/up.sh")\n}\n'
    )
    found = documents.payloads(Stack(tmp_path / "s", {"module": {"m": {"source": "../m"}}}))
    assert found["command_content"] == "echo of the module\n"
    assert "`module.m.alicloud_ecs_command.c`" in found["README.md"]


@pytest.mark.terraform
def test_the_hand_off_and_the_report_say_the_same_of_the_state(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, folder = program(tmp_path / "program")
    monkeypatch.setattr(content, "policies", lambda *_: content.Policies(judged=False))
    assert main(["handoff", str(tmp_path / "out"), "--stack-dir", str(folder)]) == 0, capsys.readouterr()
    assert main(["report", "--stack-dir", str(folder), "--out", str(tmp_path / "alone.html")]) == 0, capsys.readouterr()
    stack = Stack.read(folder)
    plan = plan_offline(stack, terraform.find()).plan
    runbook = html.unescape((tmp_path / "out/docs/s/runbook.md").read_text())
    said = told.sentences(stack, plan)
    assert len(said) > 30
    for page in (tmp_path / "out/docs/s/report.html", tmp_path / "alone.html"):
        shown = html.unescape(re.sub(r"</?code>", "`", page.read_text()))
        for one in said:
            other = f" `{one.other}`" if one.other else ""
            sentence = f"`{one.address}` {one.verb}{other}{one.rest}"
            assert f"<li>{sentence}</li>" in shown
            assert f"- {sentence}\n" in runbook
        for words in ("comes</a> (bucket, imported)", "some</a> (bucket, in part imported)"):
            assert words in page.read_text()
    assert "comes (bucket, imported)" in runbook
    assert "some (bucket, in part imported)" in runbook
