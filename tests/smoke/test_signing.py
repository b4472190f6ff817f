"""The signature of Function Compute 3.0 triggers, as the vendor's own library makes it."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests import Request, Session

from dicom_cdk.smoke.errors import SmokeError
from dicom_cdk.smoke.signing import Anonymous, Signed, Token, broken, from_environment
from tests.smoke.function_compute import KEY_ID, SECRET, SECURITY_TOKEN, let_in, signed_by_vendor

AT = datetime.datetime(2026, 11, 25, 12, 0, 30, 5, tzinfo=datetime.UTC)
SEGMENT = st.text("abcDEF019-_.~$^,;=:@ äß", min_size=1, max_size=12)
VALUES = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20)


@given(
    st.sampled_from(["GET", "POST", "DELETE"]), st.lists(SEGMENT, max_size=4), st.dictionaries(SEGMENT, VALUES, max_size=4),
    st.booleans(),
)  # fmt: skip
def test_it_signs_any_request_as_the_vendor_does(
    method: str, path: list[str], query: dict[str, str], temporary: bool
) -> None:
    way = Signed(KEY_ID, SECRET, SECURITY_TOKEN if temporary else "", lambda: AT)
    request = Session().prepare_request(
        Request(method, "https://x.example.com/" + "/".join(path), params=query, auth=way)
    )
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    assert headers["x-acs-date"] == "2026-11-25T12:00:30Z"
    assert ("x-acs-security-token" in headers) == temporary
    assert headers["authorization"] == signed_by_vendor(method, str(request.path_url), headers, KEY_ID, SECRET)


def test_a_signature_is_let_in_and_a_broken_one_is_not() -> None:
    for way, welcome in ((Signed(KEY_ID, SECRET), True), (broken(Signed(KEY_ID, SECRET)), False)):
        request = Session().prepare_request(
            Request("GET", "https://x.example.com/a/rs/studies", params={"limit": "1"}, auth=way)
        )
        headers = {name.lower(): str(value) for name, value in request.headers.items()}
        assert let_in("signed", "GET", str(request.path_url), headers) is welcome


def test_credentials_come_from_the_environment_and_are_never_shown() -> None:
    environment = {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": KEY_ID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": f" {SECRET}\n",
        "ALIBABA_CLOUD_SECURITY_TOKEN": SECURITY_TOKEN, "DICOM_CDK_JWT": "a.b.c",
    }  # fmt: skip
    signed = from_environment("signed", environment)
    assert isinstance(signed, Signed)
    assert (signed.key_id, signed.secret, signed.token) == (KEY_ID, SECRET, SECURITY_TOKEN)
    assert SECRET not in repr(signed)
    token = from_environment("jwt", environment)
    assert isinstance(token, Token)
    assert "a.b.c" not in repr(token)
    assert from_environment("anonymous", {}) == Anonymous()


@pytest.mark.parametrize(
    ("kind", "environment", "problem"),
    [
        ("signed", {},
         "--auth signed: ALIBABA_CLOUD_ACCESS_KEY_ID is not set; set it, or choose another --auth (signed, jwt, anonymous)"),
        (
            "signed", {"ALIBABA_CLOUD_ACCESS_KEY_ID": "x"},
            "--auth signed: ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set; set it, or choose another --auth (signed, jwt, anonymous)",
        ),
        ("jwt", {}, "--auth jwt: DICOM_CDK_JWT is not set; set it, or choose another --auth (signed, jwt, anonymous)"),
        ("jwt", {"DICOM_CDK_JWT": "a b"},
         "--auth jwt: DICOM_CDK_JWT holds blanks or letters that no credential has; copy it again"),
    ],
)  # fmt: skip
def test_a_missing_credential_is_named(kind: str, environment: dict[str, str], problem: str) -> None:
    with pytest.raises(SmokeError) as refused:
        from_environment(kind, environment)
    assert str(refused.value) == problem
