"""Every call of every check, badly answered: the verdict is never `ok`, and the line says what came and what to do."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from dicom_cdk.account.calls import Call
from dicom_cdk.account.errors import AskError, nonsense
from dicom_cdk.finding import Finding
from dicom_cdk.plan.stack import Stack
from dicom_cdk.preflight.all_checks import CHECKS, answers_of, findings
from dicom_cdk.preflight.check import Check, Target
from dicom_cdk.preflight.checks import zones
from tests.account import market
from tests.account.vendor import Answer, error
from tests.conftest import ROOT
from tests.preflight.asked import asker, stack

DEFAULT = Target(Stack.read(ROOT / "cdktf.out/stacks/dicom-sh"))
GIVEN = stack(
    {
        "alicloud_instance": {"a": {"vswitch_id": "vsw-bp1example", "instance_type": "ecs.g7.large"}},
        "alicloud_security_group": {"g": {"vpc_id": "vpc-bp1example"}},
        "alicloud_oss_bucket_server_side_encryption": {"e": {"kms_master_key_id": "key-bp1example"}},
        "alicloud_cr_ee_namespace": {"n": {"instance_id": "cri-example"}},
        "alicloud_vpn_gateway": {"v": {"vswitch_id": "${alicloud_vswitch.l.id}", "bandwidth": 100}},
        "alicloud_vswitch": {"l": {"zone_id": "cn-hangzhou-j"}},
        # Neither names an instance of KMS: the account's default one is asked for.
        "alicloud_kms_secret": {"s": {"secret_name": "clinic/a"}},
    },
    "cn-hangzhou",
)
BOTH = (DEFAULT, GIVEN)


def fails(made: Callable[[str], AskError]) -> Callable[[str], Answer]:
    def answer(action: str) -> Answer:
        def raises(_: Mapping[str, str]) -> Any:
            raise made(action)

        return raises

    return answer


BAD: dict[str, tuple[Callable[[str], Answer], str, str]] = {
    "throttled": (
        lambda _: error("Throttling.User", "slow down"),
        "Throttling.User: slow down",
        "ask again in a few minutes",
    ),
    "partial permission": (
        lambda _: error("NoPermission", "not this one", 403),
        "NoPermission: not this one",
        "attach the policy of docs/preflight.md to the key's user, or ask with another key",
    ),
    "time-out": (
        fails(lambda _: AskError("ReadTimeout", "timed out", "unreachable")),
        "ReadTimeout: timed out",
        "look at network, proxy and TLS of this machine, then ask again",
    ),
    "nonsense": (
        fails(lambda action: nonsense(action, "something that is no JSON")),
        "NotUnderstood: {action} answered something that is no JSON; a proxy, or another service, may stand between",
        "look at what stands between here and the vendor",
    ),
}
"""Kind → what a call answers; what is said; what to do. `{action}`: the call's."""


def made(check: Check, target: Target, answers: Mapping[str, Answer]) -> tuple[list[Finding], set[Call]]:
    """What a check finds, and the calls that it made."""
    calls: set[Call] = set()
    inner = asker(answers, check.calls)

    def ask(call: Call, **parameters: str) -> Mapping[str, Any]:
        calls.add(call)
        return inner(call, **parameters)

    return list(answers_of(list(check.questions(target)), ask)), calls


def asked() -> Iterator[tuple[Check, Target, Call]]:
    """Every call that checks make of the two stacks. What room zones asks, the checks before it ask and tell."""
    for check in CHECKS:
        for target in BOTH:
            if check.concerns(target) and check is not zones.CHECK:
                for call in sorted(made(check, target, market.good())[1], key=lambda one: one.action):
                    yield check, target, call


def spoiled(call: Call, answer: Answer) -> dict[str, Answer]:
    good = market.good()
    both = f"{call.action} {call.service.version}"
    return {**good, both if both in good else call.action: answer}


def test_the_two_stacks_make_every_call_of_every_check() -> None:
    assert {call for _, _, call in asked()} == {call for check in CHECKS for call in check.calls}


@pytest.mark.parametrize("kind", BAD)
def test_a_call_that_is_badly_answered_is_told_as_such_and_never_as_well(kind: str) -> None:
    answer, said, do = BAD[kind]
    for check, target, call in asked():
        well, _ = made(check, target, market.good())
        found, _ = made(check, target, spoiled(call, answer(call.action)))
        unasked = {(one.said, one.do) for one in found if one.verdict == "unasked"}
        assert unasked == {(said.format(action=call.action), do)}, f"{check.name}: {call.action}"
        assert not {one.name for one in found if one.verdict == "lacks"}
        assert {one.name for one in found if one.verdict == "ok"} <= {one.name for one in well if one.verdict == "ok"}


def test_an_answer_of_another_shape_is_told_as_one() -> None:
    """Objects and lists of an answer are a text."""
    for check, target, call in asked():
        touched: list[str] = []
        found, _ = made(check, target, spoiled(call, misshapen(call, touched)))
        if touched:
            assert any(f"{call.action} answered no " in one.said for one in found), f"{check.name}: {found}"
            assert not {one.name for one in found if one.verdict == "lacks"}, f"{check.name}: {found}"


def misshapen(call: Call, touched: list[str]) -> Answer:
    """What is good of a call, without its shape. `touched`: names of what is another thing now."""
    good = market.good()
    of = good.get(f"{call.action} {call.service.version}", good.get(call.action))

    def answer(parameters: Mapping[str, str]) -> Any:
        body = of(parameters) if callable(of) else of
        if not isinstance(body, dict):
            return body
        nested = [name for name, value in body.items() if isinstance(value, dict | list)]
        touched.extend(nested)
        return {**body, **dict.fromkeys(nested, "guest network")}

    return answer


def test_another_region_is_judged_by_what_is_there() -> None:
    document = {
        **DEFAULT.stack.document,
        "provider": {"alicloud": [{"region": "eu-central-1", "account_id": market.ACCOUNT}]},
    }
    found = {one.name: one for one in findings(Target(Stack(DEFAULT.stack.folder, document)), asker(market.good()))}
    assert found["ecs.g7.xlarge in cn-shanghai-l"].do == "no zone of the region sells it"
    assert found["Function Compute"].said == "does not serve eu-central-1"
    assert found["Container Registry"].said == "makes none in eu-central-1"
    assert found["ICP filing of www.dicomweb-example.com"].said == "not asked for in eu-central-1"
    assert "real-name registration" not in found
