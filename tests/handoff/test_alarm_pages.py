"""Which pages of the runbook a stack's alarms name, also where another program wrote them."""

from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.handoff import alarm_pages
from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import of_stack
from tests.conftest import ROOT

KNOWN = next(iter(alarm_pages.sections()))


@pytest.mark.parametrize(
    ("kind", "body", "found"),
    [
        ("alicloud_cms_alarm", {"tags": {"runbook": KNOWN}}, [KNOWN]),
        ("alicloud_cms_alarm", {"tags": "${merge(local.tags, {})}"}, []),
        ("alicloud_log_alert", {"annotations": [{"key": "runbook", "value": KNOWN}]}, [KNOWN]),
        ("alicloud_log_alert", {"annotations": {"key": "runbook", "value": KNOWN}}, [KNOWN]),
        ("alicloud_log_alert", {"annotations": f'[{{"key": "runbook", "value": "{KNOWN}"}}]'}, [KNOWN]),
        ("alicloud_log_alert", {"annotations": "${var.annotations}"}, []),
        ("alicloud_log_alert", {"annotations": ["${var.annotation}"]}, []),
    ],
)
def test_pages_are_named_by_alarms_and_expressions_name_none(kind: str, body: dict[str, Any], found: list[str]) -> None:
    """A hand-off of a program with `tags = merge(…)` on an alarm ended as a bug of ours."""
    document = of_stack(Stack(Path("s"), {"resource": {kind: {"a": body}}}))
    assert alarm_pages.of_stack(document) == found


def test_the_page_of_the_project_is_the_one_that_is_handed_over() -> None:
    assert (ROOT / alarm_pages.TARGET).read_text() == alarm_pages.text()
