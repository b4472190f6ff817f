"""Modules that are called by `for_each` and `count` are judged by instance, as a plan has them, where the files say which."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan import command as plan_command
from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy import catalogue, planned
from dicom_cdk.policy.document import of_stack
from dicom_cdk.policy.gate import judge
from dicom_cdk.policy.instances import expanded
from tests.policy.judging import TODAY

SITE = """
variable "nets" { type = list(string) }
variable "name" {}
variable "ports" { default = { https = 443 } }
resource "alicloud_security_group" "g" {
  security_group_name = var.name
}
module "rules" {
  for_each = var.ports
  source   = "../rules"
  nets     = [for at, one in var.nets : one if at < 2]
  port     = each.value
  group    = alicloud_security_group.g.id
  name     = "${var.name}-${each.key}"
}
module "none" {
  count  = length(var.nets) - 2
  source = "../rules"
  nets   = []
  port   = count.index
  group  = "none"
  name   = "none"
}
output "name" { value = upper(var.name) }
output "said" { value = values(module.rules)[*].said }
"""
RULES = """
variable "nets" {}
variable "port" {}
variable "group" {}
variable "name" {}
resource "alicloud_security_group_rule" "r" {
  count             = length(var.nets)
  type              = "ingress"
  ip_protocol       = "tcp"
  port_range        = "${var.port}/${var.port}"
  cidr_ip           = var.nets[count.index]
  security_group_id = var.group
  description       = "${var.name} ${count.index}"
}
output "said" { value = "${var.name}:${var.port}" }
"""
SITES = {"a": {"nets": ["10.1.0.0/16", "0.0.0.0/0"]}, "b.c/d": {"nets": ["10.2.0.0/16", "10.3.0.0/16"]}}
DOCUMENT: dict[str, Any] = {
    "variable": {"sites": {"default": SITES}, "ports": {"default": [22, 104]}},
    "locals": {"names": "${{for key, one in module.site : key => one.name}}"},
    "module": {
        # Which there are is said by what comes later.
        "again": {
            "source": "../../site", "for_each": "${local.names}", "name": "${each.value}", "nets": ["10.9.0.0/16", "10.8.0.0/16"],
        },
        "site": {
            "source": "../../site", "for_each": "${var.sites}", "name": "site-${each.key}", "nets": "${each.value.nets}",
            "ports": {"https": 443, "dicom": 11112},
        },
        "by": {
            "source": "../../rules", "count": "${length(var.ports)}", "nets": ["10.4.0.0/16"], "port": "${var.ports[count.index]}",
            "group": "${alicloud_security_group.g.id}", "name": "by ${count.index}",
        },
    },
    "resource": {
        "alicloud_security_group": {
            "g": {"security_group_name": '${module.site["a"].name} again'},
            "h": {"security_group_name": '${join(" ", module.by[*].said)} ${module.by[1].said}'},
        },
        "alicloud_oss_bucket": {
            "b": {"for_each": "${var.sites}", "bucket": '${lower(module.site[each.key].name)} ${module.site[each.key].said[1]}'},
        },
    },
}  # fmt: skip
ARGUMENTS = ("port_range", "cidr_ip", "description", "security_group_name", "bucket")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("site", SITE), ("rules", RULES)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(text)
    (tmp_path / "stacks/s").mkdir(parents=True)
    (tmp_path / "stacks/s/cdk.tf.json").write_text(json.dumps(DOCUMENT))
    return tmp_path / "stacks/s"


@pytest.mark.terraform
def test_addresses_and_values_are_those_of_a_plan(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    assert plan_command.run([folder], provider="offline", base=None, output=file, answers=None) == 0
    plan = json.loads(file.read_text())
    written = of_stack(Stack.read(folder))
    of_plan, ours = (
        {
            one.address: {key: one.get(key) for key in ARGUMENTS if one.get(key) is not None}
            for one in expanded(document).resources.values()
        }
        for document in (planned.of_plan(plan, "s", file, None), written)
    )
    assert len(of_plan) > 20
    assert ours == of_plan
    said = [
        {(one.policy.id, one.address, one.status) for one in judge([one], catalogue.load(), TODAY).findings}
        for one in (planned.of_plan(plan, "s", file, written), written)
    ]
    assert said[0] == said[1]


def test_the_one_instance_that_lets_in_the_internet_is_found_by_its_keys_and_a_way_is_followed_to_each(
    folder: Path,
) -> None:
    document = of_stack(Stack.read(folder))
    found = [one for one in judge([document], catalogue.load(), TODAY).findings if one.policy.id == "CKV2_DICOM_1"]
    failed = {one.address: one.line for one in found if one.status == "failed"}
    address = 'module.site["a"].module.rules["{}"].alicloud_security_group_rule.r[1]'
    line = RULES[: RULES.index('resource "alicloud_security_group_rule"')].count("\n") + 1
    assert failed == {address.replace("{}", key): line for key in ("https", "dicom")}
    assert {one.status for one in found} == {"failed", "passed"}
    judged = expanded(document)
    rule = judged.resources[address.replace("{}", "https")]
    (group,) = judged.targets(rule.get("security_group_id"), "alicloud_security_group")
    assert group.address == 'module.site["a"].alicloud_security_group.g'
    assert not [name for name in judged.resources if ".module.none" in name]


@pytest.mark.parametrize(
    ("call", "addresses"),
    [
        ({"for_each": "${data.alicloud_zones.z.ids}"}, {"module.m"}),
        ({"for_each": "${toset(local.round)}"}, {"module.m"}),
        ({"count": 1001}, {"module.m"}),
        ({"count": 0}, set()),
        ({"count": 1}, {"module.m[0]"}),
        ({"for_each": {"${data.alicloud_zones.z.id}": 1}}, {"module.m"}),
        ({"for_each": {"a": "${data.alicloud_zones.z.id}"}}, {'module.m["a"]'}),
    ],
)
def test_instances_that_only_a_plan_knows_are_judged_as_they_are_written(
    call: dict[str, Any], addresses: set[str], folder: Path
) -> None:
    arguments = {"nets": ["0.0.0.0/0"], "port": "${each.value}", "group": "g", "name": "n"}
    document = {
        "locals": {"round": "${[module.m.said]}"},
        "module": {"m": {"source": "../../rules", **arguments, **call}},
    }
    judged = judge([of_stack(Stack(folder, document))], catalogue.load(), TODAY)
    found = {one.address for one in judged.findings if one.policy.id == "CKV2_DICOM_1" and one.status == "failed"}
    assert found == {f"{one}.alicloud_security_group_rule.r[0]" for one in addresses}


def test_more_instances_of_modules_than_anybody_looks_at_are_not_told_apart(folder: Path) -> None:
    (folder.parent.parent / "many").mkdir()
    nets = '["0.0.0.0/0"]'
    text = (
        f'module "m" {{\n count = 100\n source = "../rules"\n nets = {nets}\n port = 1\n group = "g"\n name = "n"\n}}\n'
    )
    (folder.parent.parent / "many/main.tf").write_text(text)
    stack = Stack(folder, {"module": {"m": {"source": "../../many", "count": 100}}})
    assert len(expanded(of_stack(stack)).resources) < 1_200
