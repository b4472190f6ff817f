"""Services that must be activated, and their roles."""

from typing import Any

import pytest

from dicom_cdk.finding import Finding
from dicom_cdk.offline.store import shipped_store
from dicom_cdk.plan.stack import Stack
from dicom_cdk.preflight.check import Target
from dicom_cdk.preflight.checks import activated
from tests.preflight.asked import answered, stack

BUCKET = {"alicloud_oss_bucket": {"b": {"bucket": "made-up"}}}


def told(**provision: Any) -> list[Finding]:
    answers = {"GetServiceProvisions": {"ServiceProvisions": [{"ServiceName": "OSS", **provision}]}}
    return answered(activated.CHECK, stack(BUCKET), answers)


def test_each_service_is_asked_once_in_one_call() -> None:
    asked: list[dict[str, str]] = []

    def answer(parameters: Any) -> dict[str, Any]:
        asked.append(dict(parameters))
        return {"ServiceProvisions": []}

    resources = {**BUCKET, "alicloud_kms_key": {"k": {}}, "alicloud_kms_secret": {"s": {}}}
    answered(activated.CHECK, stack(resources), {"GetServiceProvisions": answer})
    (parameters,) = asked
    assert {value for name, value in parameters.items() if name.startswith("Services.")} == {"OSS", "KMS"}
    assert parameters["RegionId"] == "cn-shanghai"


@pytest.mark.parametrize(
    ("provision", "verdict", "said"),
    [
        ({"Status": "Enabled"}, "ok", "activated"),
        ({"Status": "Disabled"}, "lacks", "not activated"),
        ({"Status": "Disabled", "StatusReason": "in debt"}, "lacks", "not activated: in debt"),
        ({"Status": "Unknown"}, "look", "Unknown: the vendor does not say whether it is activated"),
    ],
)
def test_a_status_decides(provision: dict[str, str], verdict: str, said: str) -> None:
    (found,) = told(**provision)
    assert (found.name, found.verdict, found.said) == ("service OSS", verdict, said)


def test_where_to_activate_and_what_else_it_needs_is_told() -> None:
    (found,) = told(Status="Disabled", EnableURL="https://oss.example.com", DependentServiceNames=["KMS"])
    assert found.do == (
        "apply clinic-bootstrap (state: {bootstrap: true}), or activate it at https://oss.example.com; it needs KMS"
    )


def test_a_stack_that_activates_it_itself_is_ready() -> None:
    document = {"resource": BUCKET, "data": {"alicloud_oss_service": {"o": {"enable": "On"}}}}
    target = Target(Stack(stack({}).stack.folder, document))
    answers = {"GetServiceProvisions": {"ServiceProvisions": [{"ServiceName": "OSS", "Status": "Disabled"}]}}
    (found,) = answered(activated.CHECK, target, answers)
    assert (found.verdict, found.said) == ("ok", "not activated yet; this stack activates it")


def test_a_role_that_is_not_made_yet_is_looked_at() -> None:
    roles = [{"RoleName": "AliyunServiceRoleForX", "Created": False}, {"RoleName": "Other", "Created": True}]
    _, found = told(Status="Enabled", RoleProvision={"Roles": roles})
    assert (found.name, found.verdict, found.said) == (
        "role AliyunServiceRoleForX",
        "look",
        "of service OSS, not made yet",
    )


def test_a_service_that_the_answer_forgets_is_not_taken_for_activated() -> None:
    answers: dict[str, Any] = {"GetServiceProvisions": {"ServiceProvisions": []}}
    (found,) = answered(activated.CHECK, stack(BUCKET), answers)
    assert found.verdict == "look"


def test_every_type_is_one_of_the_provider_s() -> None:
    store = shipped_store()
    assert [kind for kind in activated.SERVICES if store.find("managed", kind) is None] == []
    assert [kind for kind in activated.ACTIVATES if store.find("data", kind) is None] == []
