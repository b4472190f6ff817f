"""The stand-in of Function Compute asks for what the stack says, at each of its domains, and for nothing that is not documented."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from dicom_cdk.payload.login import VIEWER_PATHS, Login
from dicom_cdk.rehearsal.cloud.function_compute import BODY_BYTES, FunctionCompute
from dicom_cdk.rehearsal.cloud.signatures import signed_headers
from dicom_cdk.rehearsal.identity.tokens import SigningKey, by_shared_key, claims_of, unsigned, verified
from dicom_cdk.rehearsal.site import Site

KEY = SigningKey("one", "ES256")
PEOPLE, PROGRAMS, OWN = "images.example.com", "dicomweb.example.com", "x.cn-shanghai.fcapp.run"
QIDO = "/dcm4chee-arc/aets/A/rs/studies"
VIEWER = "https://viewer.example.com"
CORS = {"allow_origins": [VIEWER], "allow_methods": ["GET"], "allow_headers": ["Authorization"]}


def token(seconds: float = 60, **more: Any) -> str:
    return KEY.token(claims_of("https://login.example.com", "dicom", seconds, **more))


@pytest.fixture(scope="module")
def compute(tmp_path_factory: pytest.TempPathFactory) -> FunctionCompute:
    info = Login("https://login.example.com", "dicom", (KEY.jwk,)).domain_auth(VIEWER_PATHS)
    methods = ["GET", "HEAD", "OPTIONS", "POST"]
    dicomweb = {"path": "/dcm4chee-arc/aets/A/*", "methods": methods}
    viewer = [{"path": path, "methods": ["GET", "HEAD"]} for path in VIEWER_PATHS]
    people = {
        "custom_domain_name": PEOPLE,
        "auth_config": {"auth_type": "jwt", "auth_info": info},
        "route_config": {"routes": [dicomweb, *viewer]},
        "cors_config": CORS,
    }
    programs = {
        "custom_domain_name": PROGRAMS,
        "auth_config": [{"auth_type": "function"}],
        "route_config": [{"routes": [dicomweb]}],
    }
    trigger = {"trigger_config": json.dumps({"authType": "function", "methods": methods})}
    stack = {
        "alicloud_fcv3_custom_domain": {"a": people, "b": programs},
        "alicloud_fcv3_trigger": {"t": trigger},
        "alicloud_fcv3_function": {"f": {"environment_variables": {"DICOM_REGION": "cn-shanghai"}}},
    }
    folder = tmp_path_factory.mktemp("stack")
    (folder / "cdk.tf.json").write_text(json.dumps({"resource": stack}))
    return FunctionCompute(Site(folder), ("127.0.0.1", 1))


def status(compute: FunctionCompute, method: str, target: str, host: str = PEOPLE, **headers: str) -> int | None:
    """None where it is handed to the function."""
    refused = compute.refusal(method, target, {"host": host, **headers})
    return refused[0] if refused else None


@pytest.mark.parametrize(
    ("method", "target", "host", "expected"),
    [
        ("GET", "/viewer", PEOPLE, None),
        ("GET", "/viewer/a/b.js?x=y", PEOPLE, None),
        ("HEAD", "/viewer/", f"{PEOPLE}:443", None),
        ("POST", "/viewer/", PEOPLE, 404),
        ("GET", "/viewerx", PEOPLE, 404),
        ("GET", "/viewer/", PROGRAMS, 404),
        ("GET", QIDO, PEOPLE, 403),
        ("GET", QIDO, PROGRAMS, 403),
        ("GET", QIDO, OWN, 403),
        ("GET", QIDO, "x.cn-beijing.fcapp.run", 404),
        ("GET", QIDO, "", 404),
        ("DELETE", QIDO, PEOPLE, 404),
        ("GET", "/dcm4chee-arc/aets/B/rs/studies", PEOPLE, 404),
        ("GET", f"{QIDO}?{'x' * 5000}", PEOPLE, 400),
    ],
)
def test_without_a_credential_there_is_the_viewer_and_nothing_else(
    method: str, target: str, host: str, expected: int | None, compute: FunctionCompute
) -> None:
    assert status(compute, method, target, host) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(lambda: f"Bearer {token()}", None, id="good"),
        pytest.param(lambda: f"Bearer {token(aud='other', iss='other')}", None, id="other-audience-and-issuer"),
        pytest.param(lambda: f"bearer {token()}", 403, id="small-letters"),
        pytest.param(lambda: token(), 403, id="no-scheme"),
        pytest.param(lambda: f"Bearer {token(-60)}", 403, id="expired"),
        pytest.param(lambda: f"Bearer {token(nbf=9999999999)}", 403, id="not-yet"),
        pytest.param(lambda: f"Bearer {token()}x", 403, id="tampered"),
        pytest.param(lambda: f"Bearer {SigningKey('one', 'ES256').token(claims_of('i', 'a'))}", 403, id="another-key"),
        pytest.param(lambda: f"Bearer {KEY.token(claims_of('i', 'a'), kid='two')}", 403, id="unknown-kid"),
        pytest.param(lambda: "", 403, id="none"),
    ],
)
def test_a_token_is_judged_by_signature_key_and_time_alone(
    given: Any, expected: int | None, compute: FunctionCompute
) -> None:
    assert status(compute, "GET", QIDO, authorization=given()) == expected


def test_headers_beyond_8_kib_and_bodies_beyond_32_mib_are_no_request(compute: FunctionCompute) -> None:
    assert status(compute, "GET", QIDO, authorization=f"Bearer {token(groups='x' * 9000)}") == 400
    assert status(compute, "POST", QIDO, **{"content-length": str(BODY_BYTES + 1)}) == 400


def test_the_programs_doors_take_signatures_and_no_token(compute: FunctionCompute) -> None:
    for host in (PROGRAMS, OWN):
        signed = {name.lower(): value for name, value in signed_headers("GET", f"{QIDO}?limit=1").items()}
        assert status(compute, "GET", f"{QIDO}?limit=1", host, **signed) is None
        assert status(compute, "GET", f"{QIDO}?limit=2", host, **signed) == 403
        assert status(compute, "GET", QIDO, host, authorization=f"Bearer {token()}") == 403
    old = {**signed, "x-acs-date": "2020-01-01T00:00:00Z"}
    assert status(compute, "GET", f"{QIDO}?limit=1", PROGRAMS, **old) == 403
    assert status(compute, "GET", f"{QIDO}?limit=1", PEOPLE, **signed) == 403


def test_a_preflight_is_answered_before_anybody_is_asked_where_the_domain_has_cors(compute: FunctionCompute) -> None:
    asked = {"access-control-request-method": "GET", "host": PEOPLE}
    found = [compute.refusal("OPTIONS", QIDO, {**asked, "origin": origin}) for origin in (VIEWER, "https://evil.org")]
    headers: list[Mapping[str, str]] = [one[1] for one in found if one]
    assert [one[0] for one in found if one] == [204, 204]
    assert headers[0]["Access-Control-Allow-Origin"] == VIEWER
    assert headers[1] == {}
    programs = {**asked, "host": PROGRAMS, "origin": VIEWER}
    assert (compute.refusal("OPTIONS", QIDO, programs) or (0,))[0] == 403


def test_keys_that_are_applied_replace_the_stacks(compute: FunctionCompute) -> None:
    new = SigningKey("two", "ES256")
    try:
        compute.keys = [new.jwk]
        assert status(compute, "GET", QIDO, authorization=f"Bearer {new.token(claims_of('i', 'a'))}") is None
        assert status(compute, "GET", QIDO, authorization=f"Bearer {token()}") == 403
    finally:
        compute.keys = None


@pytest.mark.parametrize("alg", ["RS256", "PS384", "ES256", "ES512"])
def test_what_a_key_signs_is_verified_by_its_public_half(alg: str) -> None:
    key = SigningKey("k", alg)
    good = key.token({"sub": "1"})
    assert verified(good, [key.jwk]) == {"sub": "1"}
    head, body, signature = good.split(".")
    assert verified(f"{head}.{body}.{signature[:-4]}AAAA", [key.jwk]) is None
    assert verified(good, [SigningKey("k", alg).jwk]) is None


@pytest.mark.parametrize(
    "text",
    ["", "a.b", "a.b.c", ".".join(["e30"] * 3), f"{unsigned({'alg': 'none'}, {})}.",
     by_shared_key({"alg": "HS256", "kid": "one"}, {}, b"x")],
    ids=["empty", "two", "letters", "objects", "none", "shared"],
)  # fmt: skip
def test_a_text_that_no_key_has_signed_has_no_claims(text: str) -> None:
    assert verified(text, [KEY.jwk]) is None
