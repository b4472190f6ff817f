"""Long texts lie beside a stack while it is planned; its plan says what the stack says."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan import long_texts, planning, terraform
from dicom_cdk.plan.stack import Stack

Document = dict[str, Any]
TEXT = "IyEvYmluL3No" * 200


def command(text: str) -> Document:
    return {
        "resource": {"alicloud_ecs_command": {"c": {"name": "c", "type": "RunShellScript", "command_content": text}}}
    }


def test_a_long_text_becomes_a_file_and_the_stack_itself_stays_as_it_is(tmp_path: Path) -> None:
    document = command(TEXT)
    aside = long_texts.set_aside(document, tmp_path)
    (file,) = tmp_path.iterdir()
    assert file.read_text() == TEXT
    body = aside["resource"]["alicloud_ecs_command"]["c"]
    assert body["command_content"] == f'${{file("${{path.module}}/{file.name}")}}'
    assert document == command(TEXT)


@pytest.mark.parametrize(
    "text", ["IyEv" * 10, f"{TEXT}${{alicloud_vpc.v.id}}", f"{TEXT}%{{ if true }}", f"{TEXT}$${{kept}}"],
    ids=["short", "reference", "directive", "escaped"],
)  # fmt: skip
def test_a_short_text_and_one_that_terraform_fills_in_stay_where_they_are(text: str, tmp_path: Path) -> None:
    assert long_texts.set_aside(command(text), tmp_path) == command(text)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "resource", [{}, {"alicloud_vpc": None}, {"//": "made by hand"}, {"alicloud_vpc": {"v": [{}]}}]
)
def test_a_stack_of_another_shape_is_left_to_terraform(resource: Document, tmp_path: Path) -> None:
    assert long_texts.set_aside({"resource": resource}, tmp_path) == {"resource": resource}


@pytest.mark.terraform
def test_a_plan_shows_the_text_in_values_and_in_configuration(tmp_path: Path) -> None:
    text = json.dumps({"ROSTemplateFormatVersion": "2015-09-01", "Description": "many words " * 300})
    named = {"t": {"template_name": "t", "template_body": text}}
    stack = Stack(tmp_path / "s", {"resource": {"alicloud_ros_template": named}})
    plan = planning.plan_offline(stack, terraform.find()).plan
    assert plan is not None
    (change,) = plan["resource_changes"]
    assert change["change"]["after"]["template_body"] == text
    (configured,) = plan["configuration"]["root_module"]["resources"]
    assert configured["expressions"]["template_body"] == {"constant_value": text}
