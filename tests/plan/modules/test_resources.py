"""Resources of local modules by address: what is handed in, what refers to what, what a module gives."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan.modules import called as modules
from dicom_cdk.plan.modules import resources as module_resources
from dicom_cdk.plan.modules import stack_files
from dicom_cdk.plan.modules.scope import LONGEST
from dicom_cdk.plan.stack import NotAStack, Stack


def stack(place: Path, document: dict[str, Any], **files: str) -> Stack:
    """A stack beside modules; `files`: name of a module → its main.tf."""
    for name, text in files.items():
        (place / name).mkdir()
        (place / name / "main.tf").write_text(text)
    (place / "s").mkdir()
    (place / "s/cdk.tf.json").write_text(json.dumps(document))
    return Stack.read(place / "s")


def found(one: Stack) -> dict[str, Any]:
    return {placed.address: placed.body for placed in module_resources.resources(one)}


IMAGES = """
variable "name" {}
variable "acl" { default = "private" }
variable "tags" { default = {} }
variable "word" {
  sensitive = true
}
locals {
  full = "${var.name}-images"
  again = local.full
}
resource "alicloud_oss_bucket" "b" {
  count  = var.name == "" ? 0 : 1
  bucket = local.again
  acl    = var.acl
  tags   = var.tags
  policy = jsonencode({ a = local.full, b = var.tags.team, c = var.word })
}
resource "alicloud_oss_bucket_versioning" "v" {
  bucket     = alicloud_oss_bucket.b[0].bucket
  status     = "Enabled"
  depends_on = [alicloud_oss_bucket.b]
}
module "inner" {
  source = "../inner"
  for    = alicloud_oss_bucket.b[0].id
}
output "bucket" { value = alicloud_oss_bucket.b[0].bucket }
output "inner" { value = module.inner.what }
"""
INNER = 'variable "for" {}\nresource "alicloud_oss_bucket_acl" "a" { bucket = var.for }\noutput "what" { value = "x-${var.for}" }\n'


def test_modules_are_filled_in_by_their_callers_and_what_they_give_into_these(tmp_path: Path) -> None:
    document = {
        "variable": {"site": {"default": "clinic"}},
        "module": {"m": {"source": "../images", "name": "${var.site}", "tags": {"team": "pacs"}, "word": "geheim"}},
        "resource": {"alicloud_oss_bucket_logging": {"l": {"bucket": "${module.m.bucket}", "prefix": "${module.m.inner}/"}}},
    }  # fmt: skip
    got = found(stack(tmp_path, document, images=IMAGES, inner=INNER))
    assert list(got) == [
        "alicloud_oss_bucket_logging.l",
        "module.m.alicloud_oss_bucket.b",
        "module.m.alicloud_oss_bucket_versioning.v",
        "module.m.module.inner.alicloud_oss_bucket_acl.a",
    ]
    bucket = got["module.m.alicloud_oss_bucket.b"]
    # The stack's own variables are not the module's to fill in.
    assert bucket["bucket"] == "${var.site}-images"
    assert (bucket["acl"], bucket["tags"]) == ("private", {"team": "pacs"})
    assert bucket["policy"] == '{"a":"${var.site}-images","b":"pacs","c":"${module.m.var.word}"}'
    assert bucket["count"] == '${var.site == "" ? 0 : 1}'
    assert got["module.m.alicloud_oss_bucket_versioning.v"] == {
        "bucket": "${module.m.alicloud_oss_bucket.b[0].bucket}",
        "status": "Enabled",
        "depends_on": ["${module.m.alicloud_oss_bucket.b}"],
    }
    assert got["module.m.module.inner.alicloud_oss_bucket_acl.a"] == {
        "bucket": "${module.m.alicloud_oss_bucket.b[0].id}"
    }
    assert got["alicloud_oss_bucket_logging.l"] == {
        "bucket": "${module.m.alicloud_oss_bucket.b[0].bucket}",
        "prefix": "x-${module.m.alicloud_oss_bucket.b[0].id}/",
    }


def test_a_module_in_json_reads_like_one_in_hcl(tmp_path: Path) -> None:
    one = stack(tmp_path, {"module": {"m": [{"source": "../j", "name": "x"}]}})
    (tmp_path / "j").mkdir()
    (tmp_path / "j/a.tf.json").write_text(
        '{"variable": {"name": {}}, "resource": {"alicloud_vpc": {"v": {"vpc_name": "${var.name}"}}}}'
    )
    (tmp_path / "j/b.tf.json").write_text('{"resource": {"alicloud_vpc": {"w": {"depends_on": ["alicloud_vpc.v"]}}}}')
    assert found(one) == {
        "module.m.alicloud_vpc.v": {"vpc_name": "x"},
        "module.m.alicloud_vpc.w": {"depends_on": ["${module.m.alicloud_vpc.v}"]},
    }
    assert module_resources.line(tmp_path / "j", "alicloud_vpc", "w") == (tmp_path / "j/b.tf.json", 1)


def test_values_that_refer_to_themselves_or_grow_without_end_stay_references(tmp_path: Path) -> None:
    doubling = "".join(f'  l{n} = "${{local.l{n - 1}}}${{local.l{n - 1}}}"\n' for n in range(1, 40))
    text = f'locals {{\n  a = local.b\n  b = local.a\n  l0 = "xxxxxxxxxx"\n{doubling}}}\n'
    text += 'resource "alicloud_vpc" "v" {\n  vpc_name = local.a\n  description = local.l39\n}\n'
    got = found(stack(tmp_path, {"module": {"m": {"source": "../m"}}}, m=text))["module.m.alicloud_vpc.v"]
    assert got["vpc_name"] == "${module.m.local.a}"
    assert len(got["description"]) < 2 * LONGEST


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("main.tf", 'resource "a" "b" {\n  c = [\n}\n', "main.tf:3: not HCL: } closes nothing; repair the module"),
        ("main.tf.json", '{"resource":\n {,}}', "main.tf.json:2: not JSON: Expecting property name enclosed in double quotes"),
        ("main.tf.json", "[]", "main.tf.json: the file is list, allowed is a map of names; repair the module"),
        ("main.tf.json", '{"resource": []}', "main.tf.json: resource is list, allowed is a map of names; repair the module"),
        ("main.tf.json", '{"a":' * 5_000, "main.tf.json: not JSON: more than 100 lists and maps within each other; repair"),
        ("main.tf", "a = " + "[" * 5_000 + "]" * 5_000, "main.tf:1: not HCL: more than 100 brackets within each other; repair"),
    ],
)  # fmt: skip
def test_a_module_that_cannot_be_read_is_refused_by_file_and_line(
    file: str, text: str, said: str, tmp_path: Path
) -> None:
    one = stack(tmp_path, {"module": {"m": {"source": "../m"}}})
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / file).write_text(text)
    with pytest.raises(NotAStack) as refused:
        found(one)
    assert str(refused.value).startswith(f"{tmp_path / 'm'}/{said}")


def test_the_place_of_a_resource_is_its_modules_file_and_line(tmp_path: Path) -> None:
    one = stack(tmp_path, {"module": {"m": {"source": "../images", "name": "x"}}}, images=IMAGES, inner=INNER)
    assert module_resources.line(tmp_path / "images", "alicloud_oss_bucket_versioning", "v") == (
        tmp_path / "images/main.tf",
        19,
    )
    assert modules.own('module.a["x.y"].module.b[0].alicloud_vpc.v["k"]') == 'alicloud_vpc.v["k"]'
    assert {Path(name).name for name in stack_files.contents(one)} == {"main.tf"}


def test_iterators_of_dynamic_blocks_and_of_for_are_no_addresses(tmp_path: Path) -> None:
    text = """
resource "alicloud_oss_bucket" "b" {
  dynamic "lifecycle_rule" {
    for_each = { a = 1 }
    content { id = lifecycle_rule.key }
  }
  bucket = join("", [for one_name in ["a"] : one_name.x])
  acl    = data.alicloud_oss_buckets.all.names[0]
}
data "alicloud_oss_buckets" "all" {}
"""
    body = found(stack(tmp_path, {"module": {"m": {"source": "../mod"}}}, mod=text))["module.m.alicloud_oss_bucket.b"]
    assert body["dynamic"]["lifecycle_rule"][0]["content"][0]["id"] == "${lifecycle_rule.key}"
    assert "module.m.one_name" not in body["bucket"]
    assert body["acl"] == "${module.m.data.alicloud_oss_buckets.all.names[0]}"
