"""Each instance has a name of its own in Checkov's graph, and references lead to the one that they name."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan import command as plan_command
from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy import catalogue, planned
from dicom_cdk.policy.document import Document, of_stack
from dicom_cdk.policy.gate import judge
from tests.policy.judging import OPEN_RULE, TODAY, judged

KEYS = ("a-b", "a_b", "a/b", "a b", "a.b", 'a"b', "a]b", "é")
BLOCK = "alicloud_oss_bucket_public_access_block"
MODULE = f"""
variable "blocked" {{}}
resource "alicloud_oss_bucket" "b" {{
  bucket = "xyz"
}}
resource "{BLOCK}" "p" {{
  bucket              = alicloud_oss_bucket.b.bucket
  block_public_access = var.blocked
}}
"""


def public(document: Document) -> set[str]:
    found = judge([document], catalogue.load(), TODAY).findings
    return {one.address for one in found if one.policy.id == "CKV2_DICOM_32" and one.status != "passed"}


def each(key: str) -> str:
    return f"[{json.dumps(key, ensure_ascii=False)}]"


@pytest.mark.parametrize("open_one", KEYS)
def test_instances_of_modules_whose_keys_differ_in_signs_alone_are_told_apart(open_one: str, tmp_path: Path) -> None:
    """The one bucket that was open passed, and those that were closed failed."""
    (tmp_path / "m").mkdir()
    (tmp_path / "m/main.tf").write_text(MODULE)
    call = {"source": "./m", "for_each": {key: key != open_one for key in KEYS}, "blocked": "${each.value}"}
    assert public(of_stack(Stack(tmp_path, {"module": {"m": call}}))) == {
        f"module.m{each(open_one)}.alicloud_oss_bucket.b"
    }


def instances(keys: dict[str, bool], reference: str) -> dict[str, Any]:
    block = {"for_each": keys, "bucket": reference, "block_public_access": "${each.value}"}
    return {
        "resource": {
            "alicloud_oss_bucket": {"b": {"for_each": dict.fromkeys(keys, 1), "bucket": "xyz"}},
            BLOCK: {"p": block},
        }
    }


@pytest.mark.parametrize("open_one", KEYS)
def test_a_reference_with_a_key_leads_to_that_instance(open_one: str) -> None:
    """Each led to the first one: all other buckets failed."""
    stack = Stack(
        Path("s"), instances({key: key != open_one for key in KEYS}, "${alicloud_oss_bucket.b[each.key].bucket}")
    )
    assert public(of_stack(stack)) == {f"alicloud_oss_bucket.b{each(open_one)}"}


def test_a_name_that_another_resource_has_is_nobody_elses() -> None:
    document = instances({"a": True}, '${alicloud_oss_bucket.b["a"].bucket}')
    document["resource"]["alicloud_oss_bucket"]["alicloud_oss_bucket-b-a-"] = {"bucket": "y"}
    assert public(of_stack(Stack(Path("s"), document))) == {"alicloud_oss_bucket.alicloud_oss_bucket-b-a-"}


def test_what_only_terraform_knows_of_a_resource_that_refers_to_another_is_named() -> None:
    """Such a stack ended the command: the policy gave no verdict."""
    resource = {
        "alicloud_oss_bucket": {"b": {"bucket": "xyz"}},
        BLOCK: {"p": {"bucket": "${alicloud_oss_bucket.b.bucket}", "block_public_access": "${var.asked}"}},
    }
    (found,) = (one for one in judged(resource, variable={"asked": {}}).findings if one.policy.id == "CKV2_DICOM_32")
    said = f"{BLOCK}.p.block_public_access is an expression that only a plan knows: check --plan tells"
    assert (found.status, found.problems) == ("not judged", (said,))


def test_a_rule_over_the_stack_follows_a_key_too() -> None:
    """The first instance was meant by each: the open group was everybody's."""
    rule = {**OPEN_RULE, "security_group_id": '${alicloud_security_group.g["b"].id}'}
    host = {"internet_max_bandwidth_out": 5}
    resource = {
        "alicloud_security_group": {"g": {"for_each": {"a": 1, "b": 1}}},
        "alicloud_security_group_rule": {"r": rule},
        "alicloud_instance": {
            name: {**host, "security_groups": [f'${{alicloud_security_group.g["{name}"].id}}']} for name in "ab"
        },
    }
    found = judged(resource).of("failed")
    assert [one.address for one in found if one.policy.id == "CKV2_DICOM_107"] == ["alicloud_instance.b"]


@pytest.mark.terraform
def test_in_a_plan_likewise(tmp_path: Path) -> None:
    folder = tmp_path / "stacks/s"
    (folder / "m").mkdir(parents=True)
    (folder / "m/main.tf").write_text(MODULE)
    keys = {"a-b": True, "a.b": False, "a_b": True}
    call = {"source": "./m", "for_each": keys, "blocked": "${each.value}"}
    document = {**instances(keys, "${alicloud_oss_bucket.b[each.key].bucket}"), "module": {"m": call}}
    (folder / "cdk.tf.json").write_text(json.dumps(document))
    file = tmp_path / "plan.json"
    assert plan_command.run([folder], provider="offline", base=None, output=file, answers=None) == 0
    plan = json.loads(file.read_text())
    expected = {'alicloud_oss_bucket.b["a.b"]', 'module.m["a.b"].alicloud_oss_bucket.b'}
    assert public(planned.of_plan(plan, "s", file, of_stack(Stack.read(folder)))) == expected
    assert public(planned.of_plan(plan, "s", file, None)) == expected
