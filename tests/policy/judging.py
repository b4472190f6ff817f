"""Judging small stacks in tests."""

import datetime
from pathlib import Path
from typing import Any

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy import catalogue, document
from dicom_cdk.policy.gate import Judgement, judge

TODAY = datetime.date(2026, 11, 25)
OPEN_RULE = {
    "type": "ingress",
    "ip_protocol": "tcp",
    "port_range": "443/443",
    "cidr_ip": "0.0.0.0/0",
    "description": "for tests",
}


def judged(resource: dict[str, Any], name: str = "clinic", **sections: Any) -> Judgement:
    stack = Stack(Path(name), {"resource": resource, **sections})
    return judge([document.of_stack(stack)], catalogue.load(), TODAY)


def failed(resource: dict[str, Any], **sections: Any) -> list[tuple[str, str]]:
    return [(one.policy.id, one.address) for one in judged(resource, **sections).of("failed")]
