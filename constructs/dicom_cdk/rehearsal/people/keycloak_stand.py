"""What people meet who open a study where the identity provider is Keycloak, with the realm that `dicom-cdk login realm` makes."""

import secrets
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from dicom_cdk.login.keycloak_realm import AE_ATTRIBUTE, RealmError, place_of, realm
from dicom_cdk.payload.login import Login
from dicom_cdk.rehearsal.checks import Expected, expect
from dicom_cdk.rehearsal.identity.keycloak import FORM, Keycloak, distribution
from dicom_cdk.rehearsal.people.peoples_door import AUTHOR, PROVIDER, READER, STRANGER, PeoplesDoor
from dicom_cdk.rehearsal.stage import Stage

FIRST_KEY = "rsa-generated"
"""Name of the key that Keycloak makes for a new realm."""


class KeycloakStand(PeoplesDoor):
    """Users have passwords of the moment, and what the site's claims and roles ask for. Raises ProgramMissing."""

    def __init__(self, stage: Stage, files: Path, viewer: Path) -> None:
        distribution()
        super().__init__(stage, files, viewer)
        function = self.function
        roles = {kind: _words(function[f"DICOM_LOGIN_{kind}_ROLES"]) for kind in ("READ", "WRITE")}
        login = Login(
            self.issuer,
            self.audience,
            (),
            ae_claim=function["DICOM_LOGIN_AE_CLAIM"] or None,
            role_claim=function["DICOM_LOGIN_ROLE_CLAIM"] or None,
            read_roles=roles["READ"],
            write_roles=roles["WRITE"],
            user_claim=function["DICOM_LOGIN_USER_CLAIM"],
            client_id=function["DICOM_LOGIN_CLIENT_ID"],
            scope=function["DICOM_LOGIN_SCOPE"],
        )
        self.passwords = {name: secrets.token_urlsafe(12) for name in (READER, AUTHOR, STRANGER)}
        reads, writes = roles["READ"][:1], roles["WRITE"][:1]
        try:
            made, (own, self.realm) = realm(login, self.domain), place_of(self.issuer)
        except RealmError as error:
            raise Expected(str(error)) from error
        made["users"] = [
            self._user(READER, self.titles, reads),
            self._user(AUTHOR, self.titles, (*reads, *writes)),
            self._user(STRANGER, ["ELSEWHERE"], reads),
        ]
        network = stage.network
        self.keycloak = Keycloak(PROVIDER, own, self.realm, lambda call: network.inside("person", call))
        trusting = ssl._create_unverified_context()
        tls = (self.certificate, self.private_key)
        stage.until_end(self.keycloak.start(stage.folder / "keycloak", made, network.on("provider"), *tls, trusting))
        self.apply(self.published())

    def token_seconds(self, seconds: int) -> None:
        """Lifetime of access tokens from now on."""
        self.keycloak.change("PUT", value={"accessTokenLifespan": seconds})

    def sessions(self, user: str) -> int:
        """How many sessions somebody has."""
        (found,) = self.keycloak.change("GET", f"/users?{urlencode({'username': user, 'exact': 'true'})}")
        return len(self.keycloak.change("GET", f"/users/{found['id']}/sessions"))

    def refreshed(self, token: str) -> int:
        """Status of a refresh token's exchange."""
        body = {
            "client_id": self.function["DICOM_LOGIN_CLIENT_ID"],
            "grant_type": "refresh_token",
            "refresh_token": token,
        }
        way = urlsplit(self.issuer).path
        return self.keycloak.ask("POST", f"{way}/protocol/openid-connect/token", FORM, urlencode(body).encode()).status

    def own_titles_changed(self, token: str) -> int:
        """Status of somebody's own wish for another AE title, by Keycloak's account API with the viewer's token."""
        given = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Accept": "application/json"}
        body = b'{"attributes":{"%s":["ELSEWHERE"]}}' % AE_ATTRIBUTE.encode()
        return self.keycloak.ask("POST", f"{urlsplit(self.issuer).path}/account", given, body).status

    def _user(self, name: str, titles: list[str], roles: tuple[str, ...]) -> dict[str, Any]:
        expect(bool(roles) or not self.function["DICOM_LOGIN_ROLE_CLAIM"], f"{name} has no role of the site")
        attributes = {AE_ATTRIBUTE: titles} if self.restricted else {}
        return {
            "username": name,
            "enabled": True,
            "emailVerified": True,
            "email": f"{name}@example.com",
            "firstName": "Rehearsed",
            "lastName": name.capitalize(),
            "attributes": attributes,
            "realmRoles": list(roles),
            "credentials": [{"type": "password", "value": self.passwords[name], "temporary": False}],
        }


def _words(joined: str) -> tuple[str, ...]:
    return tuple(word for word in joined.split("|") if word)
