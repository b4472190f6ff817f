"""Outputs as readers get them: no expression, no secret."""

from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import of_stack
from dicom_cdk.report.outputs import outputs

RESOURCES = {"alicloud_oss_bucket": {"images": {"bucket": "clinic-images", "acl": "${var.acl}"}}}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("plain", "plain"),
        ("${alicloud_oss_bucket.images.bucket}", "clinic-images"),
        ("oss://${alicloud_oss_bucket.images.bucket}/x", "oss://clinic-images/x"),
        (["${alicloud_oss_bucket.images.bucket}", "b"], "clinic-images, b"),
        (
            "${alicloud_oss_bucket.images.intranet_endpoint}",
            "‹intranet_endpoint of alicloud_oss_bucket.images, known after the apply›",
        ),
        ("${alicloud_oss_bucket.images.acl}", "‹acl of alicloud_oss_bucket.images, known after the apply›"),
        ('${join(",", var.x)}', "known after the apply (an expression)"),
        (3, "3"),
    ],
)
def test_an_output_says_what_it_is(value: Any, said: str) -> None:
    stack = Stack(Path("clinic"), {"resource": RESOURCES, "output": {"o": {"value": value, "description": "d"}}})
    assert outputs(stack, of_stack(stack)) == [("o", said, "d")]


def test_a_sensitive_output_is_not_said() -> None:
    stack = Stack(Path("clinic"), {"resource": RESOURCES, "output": {"o": {"value": "Zx81", "sensitive": True}}})
    assert outputs(stack, of_stack(stack)) == [("o", "(sensitive)", "")]
