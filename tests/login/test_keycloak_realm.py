"""`dicom-cdk login realm`: what Keycloak imports gives tokens what the site's gateway asks for, and nothing more."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from dicom_cdk.cli import main
from dicom_cdk.login.keycloak_realm import RealmError, place_of, realm
from dicom_cdk.payload.login import Login
from tests.conftest import ROOT

LOGIN = Login(
    issuer="https://login.example.com/realms/clinic",
    audience="dicom",
    keys=(),
    ae_claim="dicom_ae",
    role_claim="realm_access.roles",
    read_roles=("reader", "doctor"),
    write_roles=("modality", "doctor"),
    client_id="viewer",
)


def client(**changed: Any) -> dict[str, Any]:
    made: dict[str, Any] = realm(Login(**{**vars(LOGIN), **changed}), "images.example.com")["clients"][0]
    return made


def mapped(**changed: Any) -> dict[str, dict[str, str]]:
    """Claim or audience → what its mapper says, of what goes into access tokens."""
    found = (one["config"] for one in client(**changed)["protocolMappers"])
    return {one.get("claim.name") or one["included.custom.audience"]: one for one in found}


def test_the_realm_of_the_example_is_printed_without_users_keys_or_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["login", "realm", str(ROOT / "examples/viewer.yaml")]) == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["realm"], made["sslRequired"], made["registrationAllowed"]) == ("hospital", "all", False)
    assert [role["name"] for role in made["roles"]["realm"]] == ["radiologist", "referrer", "modality-operator"]
    (one,) = made["clients"]
    assert (one["clientId"], one["publicClient"]) == ("dicom-viewer", True)
    assert not {"users", "keys", "secret"} & {*made, *one}


def test_the_client_has_the_ways_back_of_the_site_and_no_other_way_to_a_token() -> None:
    one = client()
    assert (one["redirectUris"], one["webOrigins"]) == (
        ["https://images.example.com/viewer/callback"],
        ["https://images.example.com"],
    )
    assert one["attributes"] == {
        "pkce.code.challenge.method": "S256",
        "post.logout.redirect.uris": "https://images.example.com/viewer/signed-out",
    }
    assert not any(one[way] for way in ("implicitFlowEnabled", "directAccessGrantsEnabled", "fullScopeAllowed"))


def test_its_tokens_have_the_audience_the_claims_and_the_roles_of_the_site() -> None:
    made = realm(LOGIN, "images.example.com")
    assert made["scopeMappings"] == [{"client": "viewer", "roles": ["reader", "doctor", "modality"]}]
    assert [role["name"] for role in made["roles"]["realm"]] == ["reader", "doctor", "modality"]
    assert set(mapped()) == {"dicom", "dicom_ae"}
    assert all((one["access.token.claim"], one["id.token.claim"]) == ("true", "false") for one in mapped().values())
    assert mapped()["dicom_ae"]["multivalued"] == "true"
    assert set(mapped(role_claim="roles", user_claim="login")) == {"dicom", "dicom_ae", "roles", "login"}


def test_users_cannot_name_themselves_an_ae_title() -> None:
    ((provider,),) = realm(LOGIN, "images.example.com")["components"].values()
    (profile,) = (json.loads(text) for text in provider["config"]["kc.user.profile.config"])
    (title,) = (one for one in profile["attributes"] if one["name"] == "dicom_ae")
    assert (title["permissions"], title["multivalued"]) == ({"view": ["admin"], "edit": ["admin"]}, True)
    assert "unmanagedAttributePolicy" not in profile


def test_a_site_without_claims_of_its_own_has_neither_roles_nor_attributes() -> None:
    made = realm(Login(LOGIN.issuer, "dicom", (), client_id="viewer"), "images.example.com")
    assert not {"roles", "scopeMappings", "components"} & set(made)
    assert set(mapped(ae_claim=None, role_claim=None)) == {"dicom"}


@pytest.mark.parametrize(
    ("issuer", "place"),
    [
        ("https://login.example.com/realms/clinic", ("https://login.example.com", "clinic")),
        ("https://login.example.com:8443/auth/realms/a.b", ("https://login.example.com:8443/auth", "a.b")),
    ],
)
def test_the_realm_is_that_of_the_issuer(issuer: str, place: tuple[str, str]) -> None:
    assert place_of(issuer) == place
    assert realm(Login(**{**vars(LOGIN), "issuer": issuer}), "a.example.com")["realm"] == place[1]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"issuer": "https://login.example.com"}, "login: gateway.login.issuer 'https://login.example.com' is no realm of"),
        ({"issuer": "https://login.example.com/realms/a/b"}, "login: gateway.login.issuer 'https://login.example.com/realms/a/b' "),
        ({"issuer": "https://login.microsoftonline.com/x/v2.0"}, "login: gateway.login.issuer "),
        ({"scope": "openid api://x/read"}, "login: gateway.login.scope has api://x/read, which a new realm does"),
    ],
)  # fmt: skip
def test_what_keycloak_cannot_serve_is_refused(changed: dict[str, str], said: str) -> None:
    with pytest.raises(RealmError) as refused:
        realm(Login(**{**vars(LOGIN), **changed}), "images.example.com")
    assert str(refused.value).startswith(said)


def test_a_site_without_a_viewers_login_has_no_realm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = yaml.safe_load((ROOT / "examples/viewer.yaml").read_text())
    site["gateway"] = {}
    file = tmp_path / "site.yaml"
    file.write_text(yaml.safe_dump(site))
    assert main(["login", "realm", str(file)]) == 2
    assert capsys.readouterr().err.startswith(f"login: {file} has no viewer that people log in to; a realm is for one;")
