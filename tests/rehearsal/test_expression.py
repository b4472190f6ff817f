"""Terraform expressions as cdktf writes them: what the rehearsal understands, and that it refuses the rest."""

import json
from typing import Any

import pytest

from dicom_cdk.rehearsal.expression import NotUnderstood, evaluate


def resolve(kind: str, name: str, attribute: str) -> Any:
    return f"<{kind}/{name}/{attribute}>"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("${alicloud_vpc.network_vpc.id}", "<alicloud_vpc/network_vpc/id>"),
        ("https://${alicloud_slb.a.address}:8080", "https://<alicloud_slb/a/address>:8080"),
        ("a literal $${HOME}", "a literal ${HOME}"),
    ],
)
def test_text_and_references_become_text(text: str, value: str) -> None:
    assert evaluate(text, resolve) == value


def test_jsonencode_becomes_json_with_references_filled_in() -> None:
    text = '${jsonencode({"a" = [1, true, null, "x"], "b" = {"c" = alicloud_db_instance.d.port, "e" = "p-${alicloud_vpc.v.id}"}})}'
    assert json.loads(evaluate(text, resolve)) == {
        "a": [1, True, None, "x"],
        "b": {"c": "<alicloud_db_instance/d/port>", "e": "p-<alicloud_vpc/v/id>"},
    }


@pytest.mark.parametrize(
    "text", ["${upper(var.x)}", "a ${1 + 1}", "${jsonencode({)}", '${jsonencode("open)}', "${jsonencode(}"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstood):
        evaluate(text, resolve)
