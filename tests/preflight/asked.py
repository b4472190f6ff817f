"""Asks one check about a made-up stack, in this process: the network is the business of tests/account."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dicom_cdk.account.asking import Asker
from dicom_cdk.account.calls import Call
from dicom_cdk.account.errors import AskError, kind_of
from dicom_cdk.finding import Finding
from dicom_cdk.plan.stack import Stack
from dicom_cdk.preflight.all_checks import answers_of
from dicom_cdk.preflight.check import Check, Target
from tests.account.vendor import Answer


def stack(
    resources: Mapping[str, Any],
    region: str = "cn-shanghai",
    account: str = "1234567890123456",
    elsewhere: str = "",
) -> Target:
    """`elsewhere`: the region of a second provider block, `alicloud.recovery`."""
    blocks = [{"region": region, "account_id": account}, {"region": elsewhere, "alias": "recovery"}]
    provider = {"alicloud": blocks if elsewhere else blocks[:1]}
    return Target(Stack(Path("clinic"), {"resource": dict(resources), "provider": provider}))


def asker(answers: Mapping[str, Answer], calls: tuple[Call, ...] | None = None) -> Asker:
    """Answers by action, as tests.account.vendor does. `calls`: those that may be made."""

    def send(call: Call, parameters: Mapping[str, str]) -> Mapping[str, Any]:
        assert calls is None or call in calls, f"{call.action} is not in the check's table"
        answer = answers.get(f"{call.action} {call.service.version}", answers.get(call.action))
        assert answer is not None, f"{call.action} is asked"
        answer = answer(parameters) if callable(answer) else answer
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        assert isinstance(body, dict)
        if status >= 400:
            raise AskError(body["Code"], body["Message"], kind_of(body["Code"]))
        return body

    return Asker(send, pauses=(0, 0))


def answered(check: Check, target: Target, answers: Mapping[str, Answer]) -> list[Finding]:
    """What a check finds. It may make no call but those that its table names."""
    return list(answers_of(list(check.questions(target)), asker(answers, check.calls)))
