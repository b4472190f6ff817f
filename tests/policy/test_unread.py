"""A way in whose range is put together is judged by what it comes to, or said by its argument to be unread: it never passes."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.cli import main
from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy import catalogue
from dicom_cdk.policy.document import of_stack
from dicom_cdk.policy.gate import judge
from dicom_cdk.policy.instances import expanded
from tests.policy.judging import OPEN_RULE, TODAY, judged

RULE = "alicloud_security_group_rule"
SAID: dict[str, Any] = {
    "variable": {"everybody": {"default": "0.0.0.0"}, "extra": {"default": ["0.0.0.0/0"]}, "wide": {"default": True}, "asked": {}},
    "locals": {"inner": ["10.1.0.0/16"], "by_name": {"all": {"cidr": "::/0"}}, "half": {"net": "0.0.0.0/0"}},
}  # fmt: skip


def statuses(body: dict[str, Any], policy: str, kind: str = RULE, **more: Any) -> list[tuple[str, tuple[str, ...]]]:
    given = {RULE: {"r": {**OPEN_RULE, "cidr_ip": None, **body}}} if kind == RULE else {kind: {"r": body}}
    found = judged({**given, **more}, **SAID).findings
    return [(one.status, one.problems) for one in found if one.policy.id == policy and one.address.startswith(kind)]


@pytest.mark.parametrize(
    "cidr",
    [
        '${format("%s/%d", var.everybody, 0)}',
        '${join("/", [var.everybody, "0"])}',
        "${var.everybody}/0",
        '${cidrsubnet("0.0.0.0/0", 1, 1)}',
        '${concat(local.inner, ["0.0.0.0/0"])[1]}',
        '${merge(local.half, {}).net}',
        '${lookup(local.half, "net", "10.0.0.0/8")}',
        '${try(local.nothing.here, var.extra[0])}',
        '${coalesce("", var.extra[0])}',
        "${[for one in concat(local.inner, var.extra) : one][1]}",
        '${var.wide ? join("", var.extra) : "10.0.0.0/8"}',
        '${var.asked ? "0.0.0.0/0" : "10.0.0.0/8"}',
    ],
)  # fmt: skip
def test_a_range_that_is_put_together_is_judged_by_what_it_comes_to(cidr: str) -> None:
    ((status, problems),) = statuses({"cidr_ip": cidr}, "CKV2_DICOM_1")
    assert (status, "port_range 443/443" in problems[0]) == ("failed", True)


def test_a_stack_without_variables_and_locals_is_read_likewise() -> None:
    rule = {**OPEN_RULE, "cidr_ip": '${format("%s/%d", "0.0.0.0", 0)}'}
    found = judged({RULE: {"r": rule}}).findings
    assert [one.status for one in found if one.policy.id == "CKV2_DICOM_1"] == ["failed"]


@pytest.mark.parametrize(
    ("argument", "written"),
    [
        ("cidr_ip", '${format("%s/%s", var.asked, "0")}'),
        ("cidr_ip", '${cidrsubnet(var.asked, 8, 0)}'),
        ("cidr_ip", "${data.alicloud_vpcs.all.vpcs[0].cidr_block}"),
        ("ipv6_cidr_ip", "%{ if var.asked }fd00::%{ endif }/8"),
        ("prefix_list_id", "${data.alicloud_ecs_prefix_lists.all.ids[0]}"),
        ("type", '${var.asked ? "ingress" : "egress"}'),
    ],
)  # fmt: skip
def test_what_only_a_plan_knows_is_said_by_its_argument(argument: str, written: str) -> None:
    said = f"{argument} is an expression that only a plan knows: check --plan tells"
    assert statuses({argument: written}, "CKV2_DICOM_1") == [("not judged", (said,))]
    assert statuses({"type": "egress", argument: written}, "CKV2_DICOM_1")[0][0] == (
        "not judged" if argument == "type" else "passed"
    )


@pytest.mark.parametrize(
    ("kind", "policy", "argument", "body", "wide"),
    [
        ("alicloud_kvstore_instance", "CKV2_DICOM_18", "security_ips", {"security_ips": "${WRITTEN}"}, "[\"0.0.0.0/0\"]"),
        ("alicloud_slb_acl", "CKV2_DICOM_18", "entry_list.entry", {"entry_list": [{"entry": "${WRITTEN}"}]}, '"0.0.0.0/1"'),
        ("alicloud_db_instance", "CKV2_DICOM_10", "security_ips", {"security_ips": ["${WRITTEN}"]}, '"0.0.0.0/0"'),
        (
            "alicloud_nas_access_rule", "CKV2_DICOM_131", "source_cidr_ip",
            {"access_group_name": "a", "source_cidr_ip": "${WRITTEN}", "user_access_type": "all_squash"}, '"0.0.0.0/0"',
        ),
        (
            "alicloud_ram_role", "CKV2_DICOM_71", "assume_role_policy_document",
            {"assume_role_policy_document": "${WRITTEN}"},
            'jsonencode({Statement = [{Effect = "Allow", Principal = {RAM = ["*"]}}]})',
        ),
        ("alicloud_instance", "CKV2_DICOM_91", "user_data", {"user_data": "${WRITTEN}"}, ""),
    ],
)  # fmt: skip
def test_whitelists_shares_roles_and_payloads_likewise(
    kind: str, policy: str, argument: str, body: dict[str, Any], wide: str
) -> None:
    def with_value(text: str) -> dict[str, Any]:
        return json.loads(json.dumps(body).replace("WRITTEN", json.dumps(text)[1:-1]))  # type: ignore[no-any-return]

    open_ = statuses(with_value('join(",", var.asked)'), policy, kind)
    assert open_ == [("not judged", (f"{argument} is an expression that only a plan knows: check --plan tells",))]
    if wide:
        assert statuses(with_value(f"var.wide ? {wide} : {wide}"), policy, kind)[0][0] == "failed"
        assert wide[0] == "j" or statuses(with_value(f"var.asked ? {wide} : {wide}"), policy, kind)[0][0] == "failed"


def test_entries_that_a_dynamic_block_makes_are_judged_or_said_to_be_unread() -> None:
    def acl(for_each: Any, iterator: str = "entry_list") -> list[tuple[str, tuple[str, ...]]]:
        more = {} if iterator == "entry_list" else {"iterator": iterator}
        block = {"for_each": for_each, "content": {"entry": f"${{{iterator}.value}}"}, **more}
        return statuses({"dynamic": {"entry_list": block}}, "CKV2_DICOM_18", "alicloud_slb_acl")

    assert acl(["10.0.0.0/8", "0.0.0.0/0"]) == [("failed", ("entry_list.entry has 0.0.0.0/0",))]
    assert acl("${toset(var.extra)}", "one")[0][0] == "failed"
    assert acl(["10.0.0.0/8"])[0][0] == "passed"
    assert acl("${var.asked}")[0] == (
        "not judged",
        ("entry_list.entry is an expression that only a plan knows: check --plan tells",),
    )


def test_entries_of_a_prefix_list_that_only_a_plan_knows_are_said_of_the_rule() -> None:
    rule = {"prefix_list_id": "${alicloud_ecs_prefix_list.l.id}"}
    for entry, status in (
        ({"cidr": "${var.asked}"}, "not judged"),
        ({"cidr": '${join("/", ["0.0.0.0", 0])}'}, "failed"),
    ):
        assert statuses(rule, "CKV2_DICOM_1", alicloud_ecs_prefix_list={"l": {"entry": entry}})[0][0] == status


def test_instances_put_their_ranges_together() -> None:
    rule = {"for_each": "${{for n in var.extra : n => {net = n}}}", "cidr_ip": '${join("", [each.value.net])}'}
    assert statuses(rule, "CKV2_DICOM_1")[0][0] == "failed"
    assert (
        statuses({"count": "${length(var.extra)}", "cidr_ip": "${var.extra[count.index]}"}, "CKV2_DICOM_1")[0][0]
        == "failed"
    )


MODULE = """
variable "nets" {}
variable "asked" {}
locals { all = concat(var.nets, ["10.0.0.0/8"]) }
resource "alicloud_security_group_rule" "r" {
  for_each    = toset(local.all)
  type        = "ingress"
  ip_protocol = "tcp"
  port_range  = "443/443"
  cidr_ip     = format("%s", each.value)
}
resource "alicloud_security_group_rule" "late" {
  type        = "ingress"
  ip_protocol = "tcp"
  cidr_ip     = cidrsubnet(var.asked, 4, 1)
}
resource "alicloud_slb_acl" "a" {
  dynamic "entry_list" {
    for_each = var.nets
    iterator = net
    content {
      entry = net.value
    }
  }
}
"""


def test_what_a_module_is_handed_is_judged_and_what_it_cannot_say_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "net/main.tf").write_text(MODULE)
    stack = tmp_path / "stacks/s"
    stack.mkdir(parents=True)
    call = {"source": "../../net", "nets": '${[join("/", [var.who, "0"])]}', "asked": "${data.alicloud_vpcs.v.ids[0]}"}
    content = {"variable": {"who": {"default": "0.0.0.0"}}, "module": {"m": call}}
    (stack / "cdk.tf.json").write_text(json.dumps(content))
    assert main(["check", "--stack-dir", str(stack)]) == 1
    said = capsys.readouterr().out
    assert 'module.m.alicloud_security_group_rule.r["0.0.0.0/0"]\n' in said
    assert "cidr_ip is 0.0.0.0/0, port_range 443/443" in said
    assert "entry_list.entry has 0.0.0.0/0" in said
    unread = said.partition("s, not judged: ")[2]
    assert "module.m.alicloud_security_group_rule.late" in unread
    assert "cidr_ip is an expression that only a plan knows: check --plan tells" in unread
    assert "give the stack's folder" not in unread


REPEATED = """
variable "who" {}
resource "alicloud_security_group_rule" "r" {
  for_each    = toset(["10.0.0.0/8"])
  type        = "ingress"
  ip_protocol = "tcp"
  port_range  = each.value
  cidr_ip     = var.who
}
"""


@pytest.mark.parametrize(
    "call",
    [
        {"for_each": "${var.asked}", "who": "${each.value}"},
        {"for_each": "${var.asked}", "who": '${format("%s", each.value.net)}'},
        {"count": "${var.asked}", "who": "${var.nets[count.index]}"},
    ],
)
def test_each_of_a_call_is_not_that_of_the_resource_which_it_reaches(call: dict[str, Any], tmp_path: Path) -> None:
    """It was taken for it, and the internet passed as the private network that stands there."""
    (tmp_path / "net").mkdir()
    (tmp_path / "net/main.tf").write_text(REPEATED)
    stack = Stack(
        tmp_path / "s", {"variable": {"nets": {}, "asked": {}}, "module": {"m": {"source": "../net", **call}}}
    )
    (rule,) = expanded(of_stack(stack)).resources.values()
    assert rule.values["port_range"] == "10.0.0.0/8"
    found = judge([of_stack(stack)], catalogue.load(), TODAY).findings
    assert [one.status for one in found if one.policy.id == "CKV2_DICOM_1"] == ["not judged"]


PAIR = {"category": "HighAvailability", "zone_id": "l", "vswitch_id": "a,b"}
DISK = {"system_disk_encrypted": True, "system_disk_kms_key_id": "k"}
KEPT = {"recovery_window_in_days": 30}


@pytest.mark.parametrize(
    ("policy", "kind", "argument", "body"),
    [
        ("CKV2_DICOM_11", "alicloud_db_instance", "zone_id_slave_a", {**PAIR, "zone_id_slave_a": "${var.asked}"}),
        ("CKV2_DICOM_15", "alicloud_db_instance", "engine", {"engine": "${var.asked}", "engine_version": "9.4"}),
        ("CKV2_DICOM_27", "alicloud_instance", "data_disks.encrypted", {**DISK, "data_disks": "${var.asked}"}),
        ("CKV2_DICOM_28", "alicloud_instance", "image_id", {"image_id": "${var.asked}"}),
        ("CKV2_DICOM_30", "alicloud_sae_application", "associate_eip", {"associate_eip": "${var.asked}"}),
        ("CKV2_DICOM_40", "alicloud_fcv3_trigger", "trigger_type", {"trigger_type": "${var.asked}", "trigger_config": "{}"}),
        ("CKV2_DICOM_50", "alicloud_sae_application", "image_url", {"image_url": "${var.asked}"}),
        ("CKV2_DICOM_52", "alicloud_cr_artifact_subscription_rule", "override", {"tag_regexp": "^1$", "override": "${var.asked}"}),
        ("CKV2_DICOM_73", "alicloud_ram_policy", "policy_document", {"policy_document": "${var.asked}"}),
        ("CKV2_DICOM_81", "alicloud_log_store", "enable_web_tracking", {"enable_web_tracking": "${var.asked}"}),
        ("CKV2_DICOM_13", "alicloud_db_instance", "encryption_key", {"encryption_key": '${var.asked ? "k" : null}'}),
        ("CKV2_DICOM_64", "alicloud_kms_secret", "encryption_key_id", {**KEPT, "encryption_key_id": "${one(var.asked)}"}),
    ],
)  # fmt: skip
def test_arguments_that_policies_passed_over_are_named(
    policy: str, kind: str, argument: str, body: dict[str, Any]
) -> None:
    said = f"{argument} is an expression that only a plan knows: check --plan tells"
    assert statuses(body, policy, kind) == [("not judged", (said,))]


def test_a_key_that_a_default_or_one_reference_gives_is_there() -> None:
    for key in ('${var.wide ? "k" : null}', "${alicloud_kms_key.k.id}"):
        assert statuses({"encryption_key": key}, "CKV2_DICOM_13", "alicloud_db_instance") == [("passed", ())]
