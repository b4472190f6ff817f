"""The stand-in of an identity provider lets in whom it knows, for what it was told before; each code and refresh token once."""

import base64
import hashlib

import pytest

from dicom_cdk.rehearsal.identity.identity_provider import IdentityProvider
from dicom_cdk.rehearsal.identity.tokens import SigningKey, verified

ISSUER, SITE = "https://login.example.com/realms/clinic", "https://images.example.com"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {
    "client_id": "viewer",
    "redirect_uri": f"{SITE}/viewer/callback",
    "code_challenge": CHALLENGE,
    "nonce": "n",
}


@pytest.fixture
def provider() -> IdentityProvider:
    return IdentityProvider(ISSUER, "dicom", "viewer", SITE, {"anna": {"ae": ["A"]}}, SigningKey("k", "ES256"))


def exchanged(provider: IdentityProvider, **changed: str) -> dict[str, str]:
    """What the code endpoint is asked with."""
    code = provider.code(provider.begun("anna"), ASKED)
    return {
        "client_id": "viewer",
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": VERIFIER,
        **changed,
    }


def test_a_code_is_exchanged_once_for_tokens_of_its_user(provider: IdentityProvider) -> None:
    asked = exchanged(provider)
    tokens = provider.tokens(asked)
    assert tokens is not None
    access, about = (verified(tokens[name], provider.jwks) or {} for name in ("access_token", "id_token"))
    assert (access["iss"], access["aud"], access["preferred_username"], access["ae"]) == (
        ISSUER,
        "dicom",
        "anna",
        ["A"],
    )
    assert (about["aud"], about["nonce"]) == ("viewer", "n")
    assert "ae" not in about
    assert provider.tokens(asked) is None


@pytest.mark.parametrize(
    "changed", [{"client_id": "other"}, {"code_verifier": "w" * 43}, {"code_verifier": ""}, {"code": "other"}, {"code": ""}]
)  # fmt: skip
def test_another_client_verifier_or_code_gets_nothing(changed: dict[str, str], provider: IdentityProvider) -> None:
    assert provider.tokens(exchanged(provider, **changed)) is None


def test_a_refresh_token_is_good_once_and_not_after_it_was_revoked(provider: IdentityProvider) -> None:
    first = provider.tokens(exchanged(provider)) or {}
    again = {"client_id": "viewer", "grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = provider.tokens(again)
    assert second is not None
    assert provider.renewed == 1
    assert provider.tokens(again) is None
    provider.revoke(second["refresh_token"])
    assert provider.tokens({**again, "refresh_token": second["refresh_token"]}) is None
    assert (provider.renewed, provider.revoked) == (1, 1)


@pytest.mark.parametrize(
    "changed", [{"client_id": "other"}, {"redirect_uri": "https://evil.example.org/viewer/callback"}, {"redirect_uri": f"{SITE}/"}]
)  # fmt: skip
def test_a_way_back_that_was_not_registered_gets_no_code(changed: dict[str, str], provider: IdentityProvider) -> None:
    assert provider.code(provider.begun("anna"), {**ASKED, **changed}) == ""


def test_who_has_signed_out_is_asked_again(provider: IdentityProvider) -> None:
    session = provider.begun("anna")
    assert provider.code(session, ASKED)
    provider.signed_out(session)
    assert provider.code(session, ASKED) == ""
    assert provider.code("", ASKED) == ""


def test_a_key_that_is_published_is_listed_once_whether_it_signs_or_not(provider: IdentityProvider) -> None:
    new = SigningKey("new", "ES256")
    provider.published = [new, provider.key]
    assert [key["kid"] for key in provider.jwks] == ["k", "new"]
    provider.key = new
    assert verified(provider.access_token("anna"), [new.jwk])
