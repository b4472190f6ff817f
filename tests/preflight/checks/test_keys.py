"""KMS: the instance that secrets need, room in it, names."""

from typing import Any

import pytest

from dicom_cdk.finding import Finding
from dicom_cdk.preflight.checks import keys
from tests.account.vendor import Answer, error
from tests.preflight.asked import answered, stack

KEY: dict[str, Any] = {"alicloud_kms_key": {"k": {}}}
SECRETS = {"alicloud_kms_secret": {name: {"secret_name": f"clinic/{name}"} for name in ("a", "b")}}
FREE = error("Forbidden.ResourceNotFound", "no such secret", 404)
NONE: dict[str, Any] = {"KmsInstances": {"KmsInstance": []}}
ONE: dict[str, Any] = {"KmsInstances": {"KmsInstance": [{"KmsInstanceId": "kst-one"}]}}


def told(resources: dict[str, Any], **answers: Answer) -> dict[str, Finding]:
    given: dict[str, Answer] = {
        "DescribeAccountKmsStatus": {"AccountStatus": "Enabled"}, "ListKmsInstances": ONE, "DescribeSecret": FREE,
        "GetDefaultKmsInstance": {"DefaultKmsInstanceId": "kst-one"},
        "GetKmsInstanceQuotaInfos": {"KmsInstanceQuotaInfos": [{"ResourceQuota": 10, "UsedQuantity": 7}]}, **answers,
    }  # fmt: skip
    return {one.name: one for one in answered(keys.CHECK, stack(resources), given)}


def test_an_account_without_an_instance_cannot_make_secrets_and_hears_what_one_costs() -> None:
    found = told({**KEY, **SECRETS}, ListKmsInstances=NONE)["KMS instance"]
    assert (found.verdict, found.said) == ("lacks", "none in the account, and 2 secrets and 1 keys need one")
    assert "about 4.5 USD a day" in found.do
    assert found.do.endswith("; or keep secrets in a bucket of their own, without an instance")
    assert found.paste == "secrets: {kms_instance_id: kst-…}  # or {store: bucket}"


def test_one_key_and_no_secret_need_no_instance() -> None:
    found = told(KEY, ListKmsInstances=NONE)
    assert (found["KMS instance"].verdict, found["KMS instance"].said) == (
        "ok",
        "not needed: one master key a region is free",
    )


def test_two_keys_need_one() -> None:
    found = told({"alicloud_kms_key": {"a": {}, "b": {}}}, ListKmsInstances=NONE)["KMS instance"]
    assert (found.verdict, found.paste) == ("lacks", "secrets: {kms_instance_id: kst-…}")
    assert "bucket" not in found.do


def test_a_stack_that_buys_one_is_not_asked_for_it() -> None:
    found = told({**SECRETS, "alicloud_kms_instance": {"i": {}}}, ListKmsInstances=NONE)
    assert "KMS instance" not in found


def test_secrets_that_name_no_instance_need_a_default_one() -> None:
    assert told(SECRETS)["secrets of kst-one"].verdict == "ok"
    for answer in ({"DefaultKmsInstanceId": ""}, error("Forbidden.NoDefault")):
        if isinstance(answer, tuple):
            answer = error("UnsupportedOperation")
        found = told(SECRETS, GetDefaultKmsInstance=answer)["KMS instance"]
        assert found.said == "the account has one, but the stack names none and none is the default"
        assert found.paste == "secrets: {kms_instance_id: kst-one}"


def test_an_instance_that_is_not_the_account_s_is_told() -> None:
    named = {"alicloud_kms_secret": {"a": {"secret_name": "clinic/a", "dkms_instance_id": "kst-two"}}}
    found = told(named)["KMS instance"]
    assert (found.verdict, found.said, found.do) == (
        "lacks",
        "kst-two is none of the account",
        "the account has kst-one",
    )


@pytest.mark.parametrize(
    ("used", "verdict", "said"),
    [(8, "ok", "2 of 10 left, 2 are added"), (9, "lacks", "1 of 10 left, 2 are added")],
)
def test_an_instance_needs_room(used: int, verdict: str, said: str) -> None:
    quota: Answer = {"KmsInstanceQuotaInfos": [{"ResourceQuota": 10, "UsedQuantity": used}]}
    found = told(SECRETS, GetKmsInstanceQuotaInfos=quota)["secrets of kst-one"]
    assert (found.verdict, found.said) == (verdict, said)


def test_an_instance_that_says_no_quota_is_looked_at() -> None:
    assert told(SECRETS, GetKmsInstanceQuotaInfos={})["secrets of kst-one"].verdict == "look"


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (FREE, "ok"),
        ({"SecretName": "clinic/a"}, "look"),
        ({"SecretName": "clinic/a", "PlannedDeleteTime": "2026-12-01T00:00:00Z"}, "lacks"),
        (error("Forbidden.NoPermission", status=403), "unasked"),
    ],
)
def test_a_secret_s_name_is_free_ours_or_waits_for_its_deletion(answer: Answer, verdict: str) -> None:
    assert told(SECRETS, DescribeSecret=answer)["secret clinic/a"].verdict == verdict


def test_a_service_in_debt_is_told() -> None:
    found = told(KEY, DescribeAccountKmsStatus={"AccountStatus": "InDebt"})["KMS"]
    assert (found.verdict, found.said) == ("lacks", "InDebt")


def test_a_key_of_another_region_takes_no_place_here_and_is_told() -> None:
    resources = {"alicloud_kms_key": {"here": {}, "there": {"provider": "alicloud.recovery"}}}
    asked = {"DescribeAccountKmsStatus": {"AccountStatus": "Enabled"}, "ListKmsInstances": NONE}
    found = {one.name: one for one in answered(keys.CHECK, stack(resources, elsewhere="cn-beijing"), asked)}
    assert found["KMS instance"].verdict == "ok"
    assert found["KMS in cn-beijing"].verdict == "look"
    assert found["KMS in cn-beijing"].do.startswith("one default master key a region is free")
