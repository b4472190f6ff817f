"""Changes inside local modules are reviewed by address, data in them is guarded; a module that is elsewhere is said by name."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.cli import main
from dicom_cdk.plan import terraform
from dicom_cdk.plan.stack import Stack
from dicom_cdk.review.before_after.payload_changes import file_changes
from dicom_cdk.review.before_after.sides import Sides, same
from dicom_cdk.review.model import StackReview
from dicom_cdk.review.reports.json_report import json_report
from dicom_cdk.review.review import review

pytestmark = [pytest.mark.terraform, pytest.mark.apart]

REQUIRED = 'terraform {\n  required_providers {\n    alicloud = { source = "aliyun/alicloud" }\n  }\n}\n'
BUCKET = """variable "name" {}
resource "alicloud_oss_bucket" "b" {
  bucket = var.name
  tags   = { team = "pacs" }
  lifecycle {
    prevent_destroy = true
  }
}
"""
CALL = {"images": {"source": "../../images", "name": "clinic-images"}}
VPC = {"alicloud_vpc": {"v": {"cidr_block": "10.0.0.0/8"}}}


def side(place: Path, call: dict[str, Any], text: str = BUCKET) -> Path:
    (place / "images").mkdir(parents=True)
    (place / "images/main.tf").write_text(REQUIRED + text)
    (place / "stacks/s").mkdir(parents=True)
    source = {"required_providers": {"alicloud": {"source": "aliyun/alicloud", "version": "1.289.0"}}}
    document = {"terraform": source, "resource": VPC, "module": call}
    (place / "stacks/s/cdk.tf.json").write_text(json.dumps(document))
    return place


def reviewed(base: Path, head: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    code = main(["review", str(base), str(head), "--format", "json"])
    said = capsys.readouterr()
    (stack,) = json.loads(said.out)["stacks"]
    return code, stack


def test_a_change_of_a_modules_file_alone_is_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = side(tmp_path / "head", CALL, BUCKET.replace('"pacs"', '"radiology"'))
    code, stack = reviewed(side(tmp_path / "base", CALL), head, capsys)
    (change,) = stack["changes"]
    assert (code, change["address"], change["action"]) == (0, "module.images.alicloud_oss_bucket.b", "update")
    assert [(one["path"], one["before"], one["after"]) for one in change["differences"]] == [
        ("tags.team", "pacs", "radiology")
    ]


def test_data_of_a_module_is_guarded_when_its_call_goes_or_what_it_is_handed_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = side(tmp_path / "base", CALL)
    code, stack = reviewed(base, side(tmp_path / "gone", {}), capsys)
    assert (code, [(one["address"], one["action"]) for one in stack["losses"]]) == (
        3, [("module.images.alicloud_oss_bucket.b", "destroy")],
    )  # fmt: skip
    renamed = side(tmp_path / "renamed", {"images": {**CALL["images"], "name": "other"}})
    code, stack = reviewed(base, renamed, capsys)
    assert (code, [(one["address"], one["action"]) for one in stack["losses"]], stack["problems"]) == (
        3, [("module.images.alicloud_oss_bucket.b", "replace")], [],
    )  # fmt: skip


def test_a_module_that_is_elsewhere_is_said_and_the_review_does_not_pass(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = {"net": {"source": "git::https://git.example.org/net.git"}}
    code, stack = reviewed(side(tmp_path / "base", CALL), side(tmp_path / "head", {**CALL, **elsewhere}), capsys)
    assert code == 1
    assert any("module.net is not looked into: it comes from git::https://" in one for one in stack["problems"])
    empty = tmp_path / "empty"
    (empty / "stacks/t").mkdir(parents=True)
    (empty / "stacks/t/cdk.tf.json").write_text("{}")
    main(["review", str(empty), str(side(tmp_path / "added", elsewhere)), "--format", "json"])
    added = next(one for one in json.loads(capsys.readouterr().out)["stacks"] if one["name"] == "s")
    assert any("module.net is not looked into" in one for one in added["problems"])


HOSTS = """
resource "alicloud_ecs_command" "%(command)s" {
  name            = "up"
  type            = "RunShellScript"
  command_content = base64encode(file("${path.module}/up.sh"))
}
resource "alicloud_ecs_launch_template" "host" {
  launch_template_name = "host"
%(user_data)s
}
"""
OUTER = """
module "hosts" {
  for_each = toset(["a", "b"])
  source   = "../hosts"
}
"""
BLOCKS = """
moved {
  from = alicloud_ecs_command.run
  to   = alicloud_ecs_command.up
}
removed {
  from = alicloud_oss_bucket.kept
  lifecycle {
    destroy = false
  }
}
"""


def hosts(place: Path, text: str, script: str) -> Path:
    """A side whose module calls another, for each of two keys."""
    (place / "hosts").mkdir(parents=True)
    (place / "hosts/main.tf").write_text(REQUIRED + text)
    (place / "hosts/up.sh").write_text(script)
    return side(place, {"outer": {"source": "../../images"}}, OUTER)


def without_policies(base: Path, head: Path) -> StackReview:
    """A review of the one stack of both sides; nothing is judged, which takes longer than all else."""
    before, after = (Stack.read(side / "stacks/s") for side in (base, head))
    return review("s", before, after, terraform.find())


def test_blocks_and_payloads_of_a_modules_own_files_count_like_those_of_the_stack(tmp_path: Path) -> None:
    bucket = 'resource "alicloud_oss_bucket" "kept" {\n  bucket = "kept"\n}\n'
    base = hosts(tmp_path / "base", HOSTS % {"command": "run", "user_data": ""} + bucket, "echo one\n")
    text = HOSTS % {"command": "up", "user_data": "  user_data = <<EOT\n#!/bin/sh\necho $${HOME}\nEOT"}
    head = hosts(tmp_path / "head", text + BLOCKS, "echo two\n")
    found = without_policies(base, head)
    inside = [f'module.outer.module.hosts["{key}"]' for key in "ab"]
    assert (found.losses, found.problems, found.moves) == ((), (), {})
    assert {one.address: (one.action, one.came_from) for one in found.changes} == {
        f"{one}.{what}": said
        for one in inside
        for what, said in (
            ("alicloud_ecs_command.up", ("replace", f"{one}.alicloud_ecs_command.run")),
            ("alicloud_ecs_launch_template.host", ("update", "")),
            ("alicloud_oss_bucket.kept", ("forget", "")),
        )
    }
    told = {one.name: (one.kind, one.lines[1:], one.carriers) for one in found.files}
    home = "module.outer.module.hosts."
    assert told == {
        "command_content": ("changed", ("-echo one", "+echo two"), (f"{home}alicloud_ecs_command.up",)),
        "user_data": ("added", ("+#!/bin/sh", "+echo ${HOME}"), (f"{home}alicloud_ecs_launch_template.host",)),
    }


def test_what_moves_into_a_module_is_judged_under_its_new_address(tmp_path: Path) -> None:
    module = {"images": {"source": "../../images", "name": "clinic", "providers": {"alicloud": "alicloud"}}}
    base = Stack.read(side(tmp_path / "base", {}) / "stacks/s")
    written = {
        **base.document,
        "resource": {"alicloud_oss_bucket": {"b": {"bucket": "clinic", "tags": {"team": "pacs"}}}},
    }
    moved = [{"from": "alicloud_oss_bucket.b", "to": "module.images.alicloud_oss_bucket.b"}]
    head = Stack.read(side(tmp_path / "head", module) / "stacks/s")
    head = Stack(head.folder, {**head.document, "resource": {}, "moved": moved})
    before, after = Sides(Stack(base.folder, written), head).documents
    assert before is not None
    assert after is not None
    assert list(before.resources) == list(after.resources) == ["module.images.alicloud_oss_bucket.b"]


def test_a_file_beside_the_stack_that_its_payload_reads_is_told_when_it_changes(tmp_path: Path) -> None:
    sides = []
    for name in ("base", "head"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "up.sh").write_text(f"echo {name}\n")
        command = {"alicloud_ecs_command": {"c": {"command_content": '${filebase64("${path.module}/up.sh")}'}}}
        (folder / "cdk.tf.json").write_text(json.dumps({"resource": command}))
        sides.append(Stack.read(folder))
    (change,) = file_changes(*Sides(*sides).carriers)
    assert (change.name, change.lines[1:], change.carriers) == (
        "command_content", ("-echo base", "+echo head"), ("alicloud_ecs_command.c",),
    )  # fmt: skip
    assert not same(*sides)
    assert same(sides[0], sides[0])


def test_a_secret_that_a_module_is_handed_shows_in_no_text_of_its_resources(tmp_path: Path) -> None:
    text = """variable "password" {}
resource "alicloud_vpc" "v" {
  cidr_block  = "10.0.0.0/8"
  description = "login ${var.password}"
}
"""
    given = [{"images": {"source": "../../images", "password": f"Made-up-Secret-{number}"}} for number in (1, 2)]
    base, head = (side(tmp_path / str(number), call, text) for number, call in enumerate(given))
    found = without_policies(base, head)
    assert [one.address for one in found.changes] == ["module.images.alicloud_vpc.v"]
    assert "Made-up-Secret" not in json_report([found])
