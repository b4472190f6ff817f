"""The wanted ways in, and who may come through which: programs that sign, people with tokens of one provider, or anybody."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.payload.login import VIEWER_PATHS, Login
from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import of_stack
from dicom_cdk.policy.doors import Door, doors
from dicom_cdk.rehearsal.identity.tokens import SigningKey
from dicom_cdk.review.ways_in.access import new_exposure

ISSUER = "https://login.example.com"
KEYS = [SigningKey(kid, "ES256") for kid in ("old", "new")]
LEADS = {"routes": [{"path": "/*", "function_name": "${alicloud_fcv3_function.f.function_name}"}]}


def stack(*, keys: int = 1, free: tuple[str, ...] = VIEWER_PATHS, told: bool = True, **auth: Any) -> Stack:
    info = Login(ISSUER, "dicom", tuple(key.jwk for key in KEYS[:keys])).domain_auth(free)
    people = {"auth_type": "jwt", "auth_info": info, **auth}
    domains = {
        "people": {
            "custom_domain_name": "a.example.com",
            "protocol": "HTTPS",
            "auth_config": people,
            "route_config": LEADS,
        },
        "programs": {
            "custom_domain_name": "b.example.com",
            "protocol": "HTTPS",
            "auth_config": {"auth_type": "function"},
        },
    }
    variables = {"DICOM_LOGIN_ISSUER": ISSUER, "DICOM_LOGIN_AUDIENCE": "dicom"} if told else {}
    functions = {"f": {"function_name": "f", "environment_variables": variables}}
    return Stack(
        Path("clinic"),
        {"resource": {"alicloud_fcv3_custom_domain": domains, "alicloud_fcv3_function": functions}},
    )


def found(made: Stack) -> dict[str, Door]:
    return {door.domain: door for door in doors(of_stack(made))}


def test_people_and_programs_have_a_door_each_and_it_is_said_who_may_come_through_which() -> None:
    both = found(stack())
    assert str(both["a.example.com"]) == (
        "internet → alicloud_fcv3_custom_domain.people (a.example.com, HTTPS; people with a token of https://login.example.com "
        "for dicom, signed by key old; without one only /viewer, /viewer/*) → alicloud_fcv3_function.f"
    )
    assert both["b.example.com"].who == "signed requests only"


def test_where_the_container_is_told_of_no_login_nobody_looks_at_the_audience() -> None:
    assert found(stack(told=False, keys=2, free=()))["a.example.com"].who == (
        "callers with a token, signed by key old or new, for whatever audience"
    )


@pytest.mark.parametrize(("listed", "free"), [("[]", "all but nothing"), ('["/a","/b/*"]', "all but /a and /b/*")])
def test_paths_that_alone_need_a_token_leave_all_others_open(listed: str, free: str) -> None:
    who = found(stack(auth_info=f'{{"jwks": {{"keys": []}}, "blacklist": {listed}}}', told=False))["a.example.com"].who
    assert who == f"callers with a token; without one only {free}"


@pytest.mark.parametrize("info", ["", "?", "[]", '{"jwks": [], "whitelist": "/*"}', '{"jwks": {"keys": "x"}}', None])
def test_a_configuration_that_cannot_be_read_is_told_as_far_as_it_can(info: str | None) -> None:
    assert found(stack(auth_info=info, told=False))["a.example.com"].who == "callers with a token"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"keys": 2}, "signed by key old or new; without one only /viewer, /viewer/*)"),
        ({"free": (*VIEWER_PATHS, "/dcm4chee-arc/*")}, "without one only /viewer, /viewer/*, /dcm4chee-arc/*)"),
        ({"told": False}, "callers with a token, signed by key old, for whatever audience;"),
        ({"auth_type": "anonymous"}, "(a.example.com, HTTPS; anybody)"),
    ],
)
def test_who_may_come_in_the_future_and_may_not_today_is_a_new_way_in(changed: dict[str, Any], said: str) -> None:
    before, after = of_stack(stack()), of_stack(stack(**changed))
    (way,) = new_exposure(before, after)
    assert said in way
    assert new_exposure(after, after) == []


def test_a_function_without_variables_is_no_fault() -> None:
    made = stack()
    text = json.dumps(made.document).replace('"environment_variables"', '"other"')
    assert "whatever audience" in found(Stack(Path("clinic"), json.loads(text)))["a.example.com"].who
