"""A hand-off asks for no older Terraform than its blocks about the state need."""

from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.handoff import documents, terraform_files
from dicom_cdk.handoff.oldest import oldest
from dicom_cdk.plan.stack import Stack

BUCKET = {"alicloud_oss_bucket": {"b": {"bucket": "clinic"}}}
BLOCKS: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "none": ({}, ("1.5", "1.6")),
    "a move": ({"moved": [{"from": "alicloud_oss_bucket.a", "to": "alicloud_oss_bucket.b"}]}, ("1.5", "1.6")),
    "an import": ({"import": [{"to": "alicloud_oss_bucket.b", "id": "clinic"}]}, ("1.5", "1.6")),
    "an import by an expression": ({"import": {"to": "alicloud_oss_bucket.b", "id": "${local.id}"}}, ("1.6", "1.6")),
    "imports of several": (
        {"import": [{"for_each": {"b": "clinic"}, "to": "alicloud_oss_bucket.b", "id": "${each.value}"}]},
        ("1.7", "1.7"),
    ),
    "removed, undecided": ({"removed": [{"from": "alicloud_oss_bucket.a"}]}, ("1.7", "1.7")),
    "removed, decided": (
        {"removed": [{"from": "alicloud_oss_bucket.a", "lifecycle": {"destroy": False}}]},
        ("1.7", "1.10"),
    ),
}  # fmt: skip
"""Blocks, and the oldest Terraform and OpenTofu that know them."""


@pytest.mark.parametrize(("blocks", "releases"), BLOCKS.values(), ids=BLOCKS)
def test_the_oldest_program_is_said_where_it_is_asked_for(blocks: dict[str, Any], releases: tuple[str, str]) -> None:
    stack = Stack(Path("/nowhere/s"), {"resource": BUCKET, **blocks})
    terraform, opentofu = releases
    assert f'required_version = ">= {terraform}.0"' in terraform_files.files(stack)["versions.tf"]
    plain = Stack(Path("/nowhere/t"), {"resource": BUCKET})
    for stacks in ([stack], [plain, stack]):
        said = " ".join(documents.readme(stacks).split())
        assert f"It needs Terraform {terraform} or newer, or OpenTofu {opentofu} or newer" in said


def test_blocks_of_a_module_count_too(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m/main.tf").write_text("removed {\n  from = alicloud_oss_bucket.a\n}\n")
    assert oldest(Stack(tmp_path / "s", {"module": {"m": {"source": "../m"}}})) == ((1, 7), (1, 7))
