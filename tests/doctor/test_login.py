"""Doctor says whether a provider signs with keys that the stack's domain takes, before people are locked out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.doctor.login import findings
from dicom_cdk.finding import Finding
from dicom_cdk.login.provider_keys import ProviderError
from dicom_cdk.payload.login import Login
from dicom_cdk.plan.stack import Stack
from dicom_cdk.rehearsal.identity.tokens import SigningKey

ISSUER = "https://login.example.com/realms/clinic"
ONE, TWO = SigningKey("one", "ES256").jwk, SigningKey("two", "ES256").jwk


def stack(*keys: dict[str, str]) -> Stack:
    domain = {
        "custom_domain_name": "images.example.com",
        "auth_config": {"auth_type": "jwt", "auth_info": Login(ISSUER, "dicom", keys).domain_auth()},
        "route_config": {"routes": [{"function_name": "${alicloud_fcv3_function.f.function_name}"}]},
    }
    function = {"environment_variables": {"DICOM_LOGIN_ISSUER": ISSUER, "DICOM_LOGIN_AUDIENCE": "dicom"}}
    resources = {"alicloud_fcv3_custom_domain": {"people": domain}, "alicloud_fcv3_function": {"f": function}}
    return Stack(Path("clinic"), {"resource": resources})


def provider(*keys: dict[str, Any]) -> Callable[[str], bytes]:
    answers = {
        f"{ISSUER}/.well-known/openid-configuration": {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/certs"},
        f"{ISSUER}/certs": {"keys": list(keys)},
    }
    return lambda address: json.dumps(answers[address]).encode()


def found(listed: list[dict[str, str]], published: list[dict[str, str]]) -> list[Finding]:
    return list(findings(stack(*listed), asks=True, get=provider(*published)))


def test_keys_that_are_all_listed_are_fine() -> None:
    (one,) = found([ONE, TWO], [ONE, TWO])
    assert (one.verdict, one.name, one.said) == ("ok", f"keys of {ISSUER}", "images.example.com takes one, two")


def test_a_key_that_is_published_and_not_listed_is_lacking() -> None:
    (one,) = found([ONE], [ONE, TWO])
    assert (one.verdict, one.said) == (
        "lacks",
        "images.example.com does not take two: whoever gets a token by it is locked out",
    )
    assert one.do == "dicom-cdk login keys ISSUER; add it to gateway.login.jwks, apply"


def test_another_key_of_the_same_id_is_lacking_too() -> None:
    (one,) = found([ONE], [SigningKey("one", "ES256").jwk])
    assert one.verdict == "lacks"


def test_a_key_that_is_published_no_more_is_told() -> None:
    both = found([ONE, TWO], [TWO])
    assert [(one.verdict, one.said) for one in both] == [
        ("ok", "images.example.com takes two"),
        ("look", "one is published no more"),
    ]


def test_a_provider_that_does_not_answer_is_not_taken_for_a_good_one() -> None:
    def silent(address: str) -> bytes:
        raise ProviderError(f"login: {address} does not answer: timed out; is it reachable from this machine?")

    (one,) = findings(stack(ONE), asks=True, get=silent)
    assert one.verdict == "unasked"
    assert "does not answer: timed out" in one.said


def test_nobody_is_asked_unless_it_is_wished() -> None:
    def never(address: str) -> bytes:
        pytest.fail(f"{address} was asked")

    (one,) = findings(stack(ONE), asks=False, get=never)
    assert (one.verdict, one.said, one.do) == ("look", "not asked", "dicom-cdk doctor --login asks the provider")


def test_a_stack_without_a_login_has_nothing_to_compare() -> None:
    assert list(findings(Stack(Path("clinic"), {"resource": {"alicloud_vpc": {"a": {}}}}), asks=True)) == []
