"""No id that is a secret is handed over: it is asked for by a variable."""

import json
from pathlib import Path
from typing import Any

from dicom_cdk.handoff import terraform_files
from dicom_cdk.handoff.import_ids import asked_for
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.state import importing

BLOCKS = [
    {"to": "random_password.a", "id": "made-up-one"},
    {"for_each": {"k": "made-up-two"}, "to": "random_password.b[each.key]", "id": "${each.value}"},
    {"to": "random_bytes.c", "id": "${local.three}"},
    {"to": "random_id.d", "id": "${var.four}"},
    {"to": "alicloud_oss_bucket.e", "id": "clinic-images"},
]
DOCUMENT: dict[str, Any] = {
    "variable": {"four": {"type": "string", "default": "made-up-four"}, "other": {"default": "kept"}},
    "locals": {"three": "made-up-three"},
    "import": BLOCKS,
}


def test_ids_that_are_secrets_are_asked_for_by_variables() -> None:
    found, asked = asked_for(Stack(Path("/nowhere/s"), DOCUMENT))
    assert "made-up" not in json.dumps(found.document)
    blocks = found.document["import"]
    assert blocks[0]["id"] == "${var.random_password_a_secret}"
    assert blocks[1]["for_each"] == {"k": "${var.random_password_b_each_key_secret}"}
    assert found.document["locals"] == {"three": "${var.random_bytes_c_secret}"}
    assert found.document["variable"]["four"] == {"type": "string"}
    assert found.document["variable"]["other"] == {"default": "kept"}
    assert blocks[3:] == BLOCKS[3:]
    names = {"random_password_a_secret", "random_password_b_each_key_secret", "random_bytes_c_secret", "four"}
    assert asked == names
    files = terraform_files.files(Stack(Path("/nowhere/s"), DOCUMENT))
    assert "made-up" not in json.dumps(files)
    for name in names:
        assert f'# {name} = ""   # sensitive: export TF_VAR_{name}=' in files["terraform.tfvars.example"]


def test_a_stack_without_such_ids_is_handed_over_as_it_is() -> None:
    stack = Stack(Path("/nowhere/s"), {**DOCUMENT, "import": BLOCKS[4:]})
    assert asked_for(stack) == (stack, frozenset())


def test_an_import_by_a_secret_is_warned_of() -> None:
    found = list(importing.secret_ids(DOCUMENT))
    assert [one.detail.partition(" is imported by its value")[0] for one in found] == [
        "random_password.a", "random_password.b[each.key]", "random_bytes.c", "random_id.d",
    ]  # fmt: skip
    assert "made-up" not in str(found)
