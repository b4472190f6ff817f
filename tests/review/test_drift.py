"""`dicom-cdk drift`: forgotten host steps apart, everything else is drift; no value is said."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.offline.server import reattach, serving
from dicom_cdk.offline.service import Service
from dicom_cdk.offline.store import shipped_store
from dicom_cdk.plan import terraform
from dicom_cdk.plan.modules.called import types
from dicom_cdk.plan.stack import Stack
from dicom_cdk.review.drift import Drift, drift
from tests.commanding import Done, dicom_cdk
from tests.conftest import ROOT

pytestmark = pytest.mark.terraform


def change(address: str, *actions: str, before: Any = None, after: Any = None) -> dict[str, Any]:
    return {
        "address": address,
        "type": address.partition(".")[0],
        "change": {"actions": list(actions), "before": before, "after": after},
    }


def plan(changes: list[dict[str, Any]], moved: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"format_version": "1.2", "resource_changes": changes, "resource_drift": moved or []}


def command(*arguments: str) -> Done:
    return dicom_cdk("drift", *arguments)


def test_forgotten_steps_are_no_drift_and_everything_else_is() -> None:
    step, host = "alicloud_ecs_invocation.boot", "alicloud_instance.host"
    rule = change("alicloud_security_group_rule.open", "delete", before={"port_range": "22/22"})
    moved = [change(host, "update", before={"instance_type": "a", "tags": {}}, after={"instance_type": "b", "tags": {}}), rule,
             change(step, "delete", before={})]  # fmt: skip
    found = drift(plan([change(step, "create"), change("alicloud_vpc.v", "no-op")], [moved[2]]))
    assert found == Drift((step,), (), ())
    assert not found.real
    found = drift(plan([change(step, "create"), change(host, "update", before={"x": 1}, after={"x": 2})], moved))
    assert found.real
    assert found.outside == ("alicloud_instance.host: instance_type", "alicloud_security_group_rule.open: deleted")
    assert found.wanted == ("update alicloud_instance.host: x",)


def test_a_step_that_terraform_wants_otherwise_is_drift() -> None:
    found = drift(
        plan(
            [
                change("alicloud_ecs_invocation.boot", "delete", "create"),
                change("alicloud_ecs_invocation.old", "delete"),
            ]
        )
    )
    assert found.wanted == ("replace alicloud_ecs_invocation.boot", "destroy alicloud_ecs_invocation.old")


@pytest.mark.parametrize("empty", ["", 0, False, [], {}])
@pytest.mark.parametrize(
    ("kind", "holding"),
    [
        ("alicloud_vpc", lambda value: {"description": value}),
        ("alicloud_slb_server_group", lambda value: {"servers": [{"port": 80, "weight": value}, {"port": 81}]}),
        (
            "alicloud_oss_bucket",
            lambda value: {"lifecycle_rule": [{"id": "a", "expiration": [{"days": 1, "date": value}], "tags": value}]},
        ),
        ("alicloud_type_of_tomorrow", lambda value: {"parts": [{"inner": {"deep": [{"name": "n", "other": value}]}}]}),
    ],
)
def test_null_against_an_empty_value_is_no_drift_at_any_depth(empty: Any, kind: str, holding: Any) -> None:
    for before, after in ((None, empty), (empty, None), (empty, empty)):
        one = change(f"{kind}.a", "update", before=holding(before), after=holding(after))
        assert drift(plan([], [one])).outside == ()
    one = change(f"{kind}.a", "update", before=holding(empty), after=holding(7))
    assert len(drift(plan([], [one])).outside) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [({}, {"owner": ""}), ({"a": "", "b": "x"}, {"b": "x"}), ({"a": "x"}, {"a": ""}), (None, {"a": ""})],
)
def test_a_key_of_a_map_that_comes_or_goes_is_drift_though_it_has_no_text(before: Any, after: Any) -> None:
    for one, other in ((before, after), (after, before)):
        found = drift(plan([], [change("alicloud_vpc.v", "update", before={"tags": one}, after={"tags": other})]))
        assert found.outside == ("alicloud_vpc.v: tags",)
    null = change("alicloud_vpc.v", "update", before={"tags": {"a": None}}, after={"tags": {"a": ""}})
    assert drift(plan([], [null])).outside == ()


def test_a_planned_update_names_what_changes_and_not_what_is_written_in_another_way() -> None:
    before = {"acl": "private", "lifecycle_rule": [{"id": "a", "tags": None}], "tags": None}
    after = {"acl": "public-read", "lifecycle_rule": [{"id": "a", "tags": {}}], "tags": {}}
    wanted = drift(plan([change("alicloud_oss_bucket.b", "update", before=before, after=after)])).wanted
    assert wanted == ("update alicloud_oss_bucket.b: acl",)
    alone = change("alicloud_oss_bucket.b", "update", before=before, after={**after, "acl": "private"})
    assert drift(plan([alone])).wanted == ("update alicloud_oss_bucket.b: lifecycle_rule, tags",)


def test_a_set_in_another_order_is_no_drift_and_a_list_is() -> None:
    def rules(kind: str, name: str, first: Any, second: Any) -> tuple[str, ...]:
        return drift(plan([], [change(f"{kind}.a", "update", before={name: first}, after={name: second})])).outside

    one, other = {"port": 80, "is_backup": None}, {"port": 81, "is_backup": None}
    filled = [{"port": 81, "is_backup": 0}, {"port": 80, "is_backup": 0}]
    assert rules("alicloud_slb_master_slave_server_group", "servers", [one, other], filled) == ()
    assert rules("alicloud_db_instance", "security_ips", ["a", "b"], ["b", "a"]) == ()
    assert rules("alicloud_db_instance", "security_ips", ["a", "b"], ["b"]) == ("alicloud_db_instance.a: security_ips",)
    assert rules("alicloud_cr_ee_instance", "custom_oss_bucket", "a", "") == (
        "alicloud_cr_ee_instance.a: custom_oss_bucket",
    )
    paths = ["/a", "/b"]
    assert rules("alicloud_fcv3_function", "layers", paths, paths[::-1]) == ("alicloud_fcv3_function.a: layers",)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("alicloud_oss_bucket", {"logging": []}, {"logging": [{"target_bucket": "", "target_prefix": None}]}),
        ("alicloud_ram_policy", {"policy_document": '{"a": [1], "b": 2}'}, {"policy_document": '{ "b":2,"a":[1]}'}),
    ],
)
def test_blocks_that_say_nothing_and_json_written_in_another_way_are_no_drift(
    kind: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    one = change(f"{kind}.a", "update", before=before, after=after)
    assert drift(plan([], [one])).outside == ()
    other = change(f"{kind}.a", "update", before=before, after=dict.fromkeys(after, '{"a": [2], "b": 2}'))
    assert drift(plan([], [other])).outside == (f"{kind}.a: {next(iter(after))}",)


def test_it_reads_terraform_s_own_plan(tmp_path: Path) -> None:
    """Applied with the offline provider, then one invocation taken out of the state, as after 30 days."""
    stack = Stack.read(ROOT / "cdktf.out/stacks/dicom-sh")
    stack.write(tmp_path)
    program = terraform.find()
    # Terraform reads the schema of every type that is served anew with each command.
    services = [Service(name, shipped_store(), types(stack), applies=True) for name in ("alicloud", "random")]
    with serving(services) as found:
        on = {"TF_REATTACH_PROVIDERS": reattach(found)}
        for arguments in (
            ("apply", "-auto-approve"),
            ("state", "rm", "alicloud_ecs_invocation.directory_l_boot_run"),
            ("plan", "-out=drift.plan"),
        ):
            answer = program.run(tmp_path, *arguments, environment=on)
            assert answer.code == 0, answer.stdout + answer.stderr
        (tmp_path / "drift.json").write_text(
            program.run(tmp_path, "show", "-json", "drift.plan", environment=on).stdout
        )
    done = command(str(tmp_path / "drift.json"))
    assert done.returncode == 0
    assert done.stdout == (
        "Forgotten by the vendor, would run again (harmless) (1)\n"
        "  alicloud_ecs_invocation.directory_l_boot_run\n"
        "No drift besides.\n"
    )


def test_values_are_never_said_and_the_exit_code_tells(tmp_path: Path) -> None:
    secret = change(
        "alicloud_kms_secret.s", "update", before={"secret_data": "Tr0ub4dor&3"}, after={"secret_data": "Tr0ub4dor&4"}
    )
    (tmp_path / "plan.json").write_text(json.dumps(plan([secret], [secret])))
    for form in ("text", "markdown", "json"):
        done = command(str(tmp_path / "plan.json"), "--format", form, "--output", str(tmp_path / "out"))
        assert (done.returncode, done.stdout) == (1, "")
        assert "alicloud_kms_secret.s: secret_data" in (tmp_path / "out").read_text()
        assert "Tr0ub4dor" not in (tmp_path / "out").read_text()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "{",
            "not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1); "
            "write it by terraform show -json PLAN",
        ),
        ("[]", "not a plan: got a document without resource_changes; give the output of terraform show -json PLAN"),
        (
            '{"format_version": "1.0", "resource_changes": [{}]}',
            "not a plan as Terraform writes it: resource_changes[0].address is missing, allowed is a text; "
            "give the output of terraform show -json PLAN",
        ),
    ],
)
def test_what_is_no_plan_is_refused(text: str, problem: str, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(text)
    done = command(str(tmp_path / "plan.json"))
    assert (done.returncode, done.stderr.strip()) == (2, f"{tmp_path}/plan.json: {problem}")
    done = command(str(tmp_path / "none.json"))
    assert (
        done.stderr.strip()
        == f"{tmp_path}/none.json: No such file or directory; name a plan, written by terraform show -json PLAN"
    )


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ({"action_reason": "replace_by_request"}, ", forced by -replace"),
        ({"action_reason": "replace_because_tainted"}, ", forced by being tainted"),
        ({"change": {"replace_paths": [["zone_id"]]}}, ", forced by zone_id"),
    ],
)
def test_what_forces_a_replacement_is_said(why: dict[str, Any], said: str) -> None:
    one = change("alicloud_oss_bucket.b", "create", "delete")
    wanted = drift(plan([{**one, **why, "change": {**one["change"], **why.get("change", {})}}])).wanted
    assert wanted == (f"replace alicloud_oss_bucket.b{said}",)
