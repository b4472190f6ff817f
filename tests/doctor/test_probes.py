"""Calls that ask an account: by the vendor's client, against a stand-in of the cloud on loopback."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from dicom_cdk.doctor import probes
from dicom_cdk.plan.stack import Stack
from tests.conftest import ROOT
from tests.smoke.function_compute import Quiet, serving

DEFAULT = Stack.read(ROOT / "cdktf.out/stacks/dicom-sh")
KEYS = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "made-up-id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "made-up-secret"}


@contextmanager
def cloud(answers: Mapping[str, tuple[int, dict[str, Any]]]) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Answers by action; gives its address and what it was asked."""
    asked: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = dict(parse_qsl(urlsplit(self.path).query))
            headers = {name.lower(): value for name, value in self.headers.items()}
            action = headers.get("x-acs-action") or query.get("Action", "")
            asked.append({**query, "action": action, "authorization": headers.get("authorization", "")})
            status, body = answers.get(action, (200, {}))
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with serving(lambda: Quiet(("127.0.0.1", 0), Handler), None) as port:
        yield f"127.0.0.1:{port}", asked


def ask_at(place: str) -> probes.Ask:
    real = probes.caller(KEYS, protocol="http", timeout=5)
    assert real is not None
    return lambda _, version, action, parameters: real(place, version, action, parameters)


def test_the_account_and_each_service_of_the_stack_are_asked_with_signed_calls() -> None:
    with cloud({"GetCallerIdentity": (200, {"AccountId": "1234567890123456"})}) as (place, asked):
        found = list(probes.findings(DEFAULT, ask_at(place)))
    assert [(one.name, one.verdict) for one in found] == [
        ("credentials", "ok"), ("ECS", "ok"), ("VPC", "ok"), ("RDS", "ok"), ("KMS", "ok"), ("Container Registry", "ok"),
        ("CLB", "ok"), ("CloudMonitor", "ok"), ("DNS", "ok"),
    ]  # fmt: skip
    assert all(one["authorization"].startswith("ACS3-HMAC-SHA256 Credential=made-up-id") for one in asked)
    (rds,) = [one for one in asked if one["action"] == "DescribeAvailableZones"]
    assert (rds["RegionId"], rds["Engine"]) == ("cn-shanghai", "PostgreSQL")


def test_calls_are_the_provider_s_own_and_read_only() -> None:
    apis = json.loads((ROOT / "provider/actions.json").read_text())["apis"]
    known = {api for found in apis.values() for api in found}
    for _, host, version, action, _ in probes.CALLS.values():
        assert action.startswith(("Describe", "List"))
        assert any(api.endswith(f" {version} {action}") for api in known), f"{host} {version} {action}"


def test_a_service_that_answers_with_an_error_is_told_by_its_code_and_others_go_on() -> None:
    answers = {
        "GetCallerIdentity": (200, {"AccountId": "1234567890123456"}),
        "ListKeys": (
            403,
            {"Code": "Forbidden.KmsServiceNotEnabled", "Message": "KMS is not enabled", "RequestId": "1"},
        ),
    }
    with cloud(answers) as (place, _):
        found = {one.name: one for one in probes.findings(DEFAULT, ask_at(place))}
    assert found["KMS"].verdict == "lacks"
    assert found["KMS"].said.startswith("ListKeys: Forbidden.KmsServiceNotEnabled: ")
    assert found["DNS"].verdict == "ok"


def test_a_key_of_another_account_ends_the_asking() -> None:
    with cloud({"GetCallerIdentity": (200, {"AccountId": "6543210987654321"})}) as (place, asked):
        (found,) = probes.findings(DEFAULT, ask_at(place))
    assert found.said == "of account 6543210987654321, the stack is for 1234567890123456"
    assert len(asked) == 1


def test_a_wrong_key_and_a_cloud_out_of_reach_are_told_without_the_key() -> None:
    refused = {
        "GetCallerIdentity": (404, {"Code": "InvalidAccessKeyId.NotFound", "Message": "not found: made-up-secret"})
    }
    with cloud(refused) as (place, _):
        (found,) = probes.findings(DEFAULT, ask_at(place))
    assert found.said.startswith("InvalidAccessKeyId.NotFound: ")
    assert "made-up-secret" not in found.said
    (found,) = probes.findings(DEFAULT, ask_at(place))
    assert found.verdict == "lacks"
    assert "refused" in found.said.lower() or "connect" in found.said.lower()


def test_types_that_are_not_in_the_stack_are_not_asked_for() -> None:
    with cloud({"GetCallerIdentity": (200, {"AccountId": "1"})}) as (place, asked):
        stack = Stack(Path("clinic"), {"resource": {"alicloud_vpc": {"v": {}}}})
        found = [one.name for one in probes.findings(stack, ask_at(place))]
    assert found == ["credentials", "VPC"]
    assert len(asked) == 2


@pytest.mark.parametrize("missing", list(KEYS))
def test_without_a_key_nobody_is_asked(missing: str) -> None:
    assert probes.caller({name: value for name, value in KEYS.items() if name != missing}) is None
