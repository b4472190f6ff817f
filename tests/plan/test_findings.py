"""What Terraform says, as findings: where, and in one line."""

import json

import pytest

from dicom_cdk.plan.findings import Finding, diagnostics
from dicom_cdk.plan.terraform import Answer


@pytest.mark.parametrize(
    ("context", "where"),
    [
        ('resource "alicloud_vpc" "v"', "alicloud_vpc.v"),
        ('data "alicloud_zones" "z"', "data.alicloud_zones.z"),
        ('ephemeral "random_password" "p"', "ephemeral.random_password.p"),
        ('check "few"', "check.few"),
        ('output "o"', "output.o"),
        ("resource.alicloud_vpc.v", "alicloud_vpc.v"),
        ("check.x.data", "check.x.data"),
        ("locals", "locals"),
    ],
)
def test_the_block_of_a_mistake_is_said_as_an_address(context: str, where: str) -> None:
    said = {"severity": "error", "summary": "s", "snippet": {"context": context}, "range": {"start": {"line": 3}}}
    (found,) = diagnostics(Answer("validate", 1, json.dumps({"diagnostics": [said]}), ""))
    assert found.where == f"{where} (cdk.tf.json:3)"


def test_paragraphs_become_one_line() -> None:
    assert Finding("S", "a:\n  - b\n\nc", "w").text == "w: S: a: - b c"
    assert Finding("Cycle: a, b", "").text == "Cycle: a, b"
