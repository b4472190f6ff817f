"""No value that may be secret leaves in plan JSON: marked ones, forgotten ones, variables, outputs."""

import json
import secrets
from pathlib import Path
from typing import Any

from dicom_cdk.plan.modules import ephemeral_variables
from dicom_cdk.plan.redaction.plan_json import redacted
from dicom_cdk.plan.redaction.secret_values import REDACTED
from dicom_cdk.plan.stack import Stack

SECRET = secrets.token_hex(16)


def plan(kind: str, values: dict[str, Any], mask: Any) -> dict[str, Any]:
    change = {
        "actions": ["update"],
        "before": values,
        "after": values,
        "before_sensitive": mask,
        "after_sensitive": mask,
    }
    resource = {"type": kind, "address": f"{kind}.a", "values": values, "sensitive_values": mask}
    return {
        "timestamp": "now",
        "variables": {"password": {"value": SECRET}, "name": {"value": "plain"}},
        "planned_values": {
            "outputs": {"a": {"sensitive": True, "value": SECRET}},
            "root_module": {"resources": [resource], "child_modules": [{"resources": [resource]}]},
        },
        "prior_state": {"values": {"root_module": {"resources": [resource]}}},
        "resource_changes": [{"type": kind, "address": f"{kind}.a", "change": change}],
        "output_changes": {"a": {"actions": ["create"], "before": None, "after": SECRET, "after_sensitive": True}},
        "configuration": {
            "root_module": {
                "variables": {"password": {"sensitive": True}, "name": {}},
                "resources": [
                    {"type": kind, "expressions": {key: {"constant_value": value} for key, value in values.items()}}
                ]
                if kind == "alicloud_instance"
                else [],
            }
        },
    }


def test_marked_values_are_gone_wherever_they_stand() -> None:
    values = {"a": SECRET, "b": [{"c": SECRET, "d": "plain"}], "e": {"f": SECRET}, "g": "plain"}
    found = redacted(plan("any_type", values, {"a": True, "b": [{"c": True}], "e": True}))
    assert SECRET not in json.dumps(found)
    after = found["resource_changes"][0]["change"]["after"]
    assert after == {"a": REDACTED, "b": [{"c": REDACTED, "d": "plain"}], "e": REDACTED, "g": "plain"}
    assert found["variables"] == {"password": {"value": REDACTED}, "name": {"value": "plain"}}


def test_what_a_provider_copies_into_another_argument_is_gone_too() -> None:
    found = redacted(plan("any_type", {"vpc_name": SECRET, "name": SECRET}, {"vpc_name": True}))
    assert SECRET not in json.dumps(found)
    hidden = redacted(plan("any_type", {"a": f"by {SECRET}"}, {}) | {"variables": {}}, also=[SECRET])
    assert SECRET not in json.dumps(hidden)


def test_values_that_the_provider_forgets_to_mark_are_gone_too() -> None:
    found = redacted(plan("alicloud_instance", {"user_data": SECRET, "instance_name": "plain"}, {}))
    assert SECRET not in json.dumps(found)
    assert found["resource_changes"][0]["change"]["after"]["instance_name"] == "plain"


def test_null_stays_null_and_moments_are_left_out() -> None:
    found = redacted(plan("any_type", {"a": None}, {"a": True}))
    assert found["resource_changes"][0]["change"]["after"] == {"a": None}
    assert "timestamp" not in found


def test_changes_alone_are_those_of_the_whole_plan() -> None:
    """A secret that only the configuration holds is kept out of them too."""
    made = plan("alicloud_instance", {"user_data": SECRET, "instance_name": f"by {SECRET}"}, {})
    whole, changes = redacted(made), redacted(made, only_changes=True)
    assert {"planned_values", "configuration"} < set(whole)
    assert changes == {name: part for name, part in whole.items() if name not in ("planned_values", "configuration")}
    assert SECRET not in json.dumps(changes)


def test_what_a_provisioner_is_told_is_gone_and_its_other_words_stay() -> None:
    parts = [
        {"type": "local-exec", "expressions": {"command": {"constant_value": f"load --password {SECRET} all"}}},
        {
            "type": "local-exec",
            "expressions": {"environment": {"constant_value": {"PGPASSWORD": SECRET, "PGUSER": "u"}}},
        },
        {"type": "remote-exec", "expressions": {"inline": {"constant_value": ["ls", f"export TOKEN={SECRET}"]}}},
    ]
    made = plan("null_resource", {}, {})
    made["configuration"]["root_module"]["resources"] = [
        {"type": "null_resource", "mode": "managed", "provisioners": parts}
    ]
    found = redacted(made)
    assert SECRET not in json.dumps(found)
    (resource,) = found["configuration"]["root_module"]["resources"]
    assert resource["provisioners"][1]["expressions"]["environment"]["constant_value"]["PGUSER"] == "u"


def test_a_secret_inside_a_variable_that_nobody_marks_is_gone_where_it_goes() -> None:
    made = plan("alicloud_vpc", {"tags": {"by": SECRET, "team": "pacs"}}, {})
    made["variables"] = {
        "site": {"value": {"db": {"password": SECRET}, "team": "pacs"}},
        "admin_password": {"value": SECRET},
    }
    made["configuration"]["root_module"]["variables"] = {"site": {}, "admin_password": {}}
    found = redacted(made)
    assert SECRET not in json.dumps(found)
    assert found["resource_changes"][0]["change"]["after"]["tags"] == {"by": REDACTED, "team": "pacs"}


def test_ephemeral_variables_of_any_form_are_told_from_others_and_gone() -> None:
    body = {"default": [SECRET, "plain"], "ephemeral": True}
    made = plan("any_type", {}, {})
    made["variables"] = {"keys": {"value": body["default"]}}
    made["configuration"]["root_module"]["variables"] = {"keys": {"default": body["default"]}}
    stack = Stack(Path("s"), {"variable": {"keys": body}})
    found = redacted(ephemeral_variables.told(made, stack))
    assert SECRET not in json.dumps(found)
    assert found["variables"] == {"keys": {"value": REDACTED}}
