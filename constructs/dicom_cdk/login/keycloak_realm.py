"""A realm of Keycloak 26 for one site: client, audience, AE titles and roles as its gateway reads them (docs/viewer.md).

`dicom-cdk rehearse viewer --identity keycloak` starts Keycloak with it. It holds neither users nor keys: those are the provider's.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from dicom_cdk.payload.login import Login

AE_ATTRIBUTE = "dicom_ae"
"""Attribute of a user with the AE titles that one may use."""
TOKEN_SECONDS = 300
"""Lifetime of an access token. The viewer renews one 60 s before its end."""
OWN_SCOPES = ("openid", "profile", "email", "address", "phone", "offline_access")
_NAMES = {"preferred_username", "sub", "name", "email"}
"""Claims with a user's name that Keycloak's own scopes bring."""


class RealmError(Exception):
    """A site whose login Keycloak cannot be."""


def place_of(issuer: str) -> tuple[str, str]:
    """Keycloak's own address and the realm's name: https://HOST/realms/NAME, with a path before it where Keycloak has one."""
    parts = urlsplit(issuer)
    before, found, name = parts.path.rpartition("/realms/")
    if not found or not name or "/" in name:
        raise RealmError(
            f"login: gateway.login.issuer {issuer!r} is no realm of Keycloak; allowed: https://HOST/realms/NAME; set it to the "
            "realm that you want, or take another provider (docs/viewer.md)"
        )
    return f"https://{parts.netloc}{before}", name


def realm(login: Login, domain: str) -> dict[str, Any]:
    """What Keycloak imports: a realm with the roles of `login` and the viewer at https://`domain` as its client.

    Raises RealmError for an issuer or scope that Keycloak cannot serve.
    """
    name, site = place_of(login.issuer)[1], f"https://{domain}"
    if foreign := [scope for scope in login.scope.split(" ") if scope not in OWN_SCOPES]:
        raise RealmError(
            f"login: gateway.login.scope has {' '.join(foreign)}, which a new realm does not know; allowed: "
            f"{' '.join(OWN_SCOPES)}; "
            "take it out: the client below gets its claims without"
        )
    roles = list(dict.fromkeys([*login.read_roles, *login.write_roles]))
    client: dict[str, Any] = {
        "clientId": login.client_id,
        "name": "Viewer",
        "protocol": "openid-connect",
        "publicClient": True,
        "standardFlowEnabled": True,
        "implicitFlowEnabled": False,
        "directAccessGrantsEnabled": False,
        "redirectUris": [f"{site}/viewer/callback"],
        "webOrigins": [site],
        "attributes": {
            "pkce.code.challenge.method": "S256",
            "post.logout.redirect.uris": f"{site}/viewer/signed-out",
        },
        # Tokens hold no other role, so they stay small and open nothing else, the account's own pages among it.
        "fullScopeAllowed": False,
        "protocolMappers": _mappers(login),
    }
    made: dict[str, Any] = {
        "realm": name,
        "enabled": True,
        "sslRequired": "all",
        "registrationAllowed": False,
        "bruteForceProtected": True,
        "accessTokenLifespan": TOKEN_SECONDS,
        "clients": [client],
    }
    if roles:
        made["roles"] = {"realm": [{"name": role} for role in roles]}
        made["scopeMappings"] = [{"client": login.client_id, "roles": roles}]
    if login.ae_claim is not None:
        profile = {"kc.user.profile.config": [json.dumps(_profile(), sort_keys=True)]}
        made["components"] = {
            "org.keycloak.userprofile.UserProfileProvider": [
                {"providerId": "declarative-user-profile", "config": profile}
            ]
        }
    return made


def _mappers(login: Login) -> list[dict[str, Any]]:
    """How the claims come into access tokens; into no other."""
    made = [_mapper("audience", "oidc-audience-mapper", {"included.custom.audience": login.audience})]
    if login.ae_claim is not None:
        from_user = {"user.attribute": AE_ATTRIBUTE, "multivalued": "true", **_claim(login.ae_claim)}
        made.append(_mapper("ae titles", "oidc-usermodel-attribute-mapper", from_user))
    if login.role_claim not in (None, "realm_access.roles"):
        as_list = {"multivalued": "true", **_claim(str(login.role_claim))}
        made.append(_mapper("roles", "oidc-usermodel-realm-role-mapper", as_list))
    if login.user_claim not in _NAMES:
        name = {"user.attribute": "username", **_claim(login.user_claim)}
        made.append(_mapper("user", "oidc-usermodel-attribute-mapper", name))
    return made


def _mapper(name: str, kind: str, config: dict[str, str]) -> dict[str, Any]:
    tokens = {"access.token.claim": "true", "id.token.claim": "false", "introspection.token.claim": "true"}
    return {"name": name, "protocol": "openid-connect", "protocolMapper": kind, "config": {**config, **tokens}}


def _claim(name: str) -> dict[str, str]:
    return {"claim.name": name, "jsonType.label": "String"}


def _profile() -> dict[str, Any]:
    """Attributes of users: Keycloak's own, and AE titles, which administrators alone see and set. Undeclared attributes
    (unmanagedAttributePolicy) would do too, and with the policy ENABLED everybody could name himself an AE title.
    """
    own = {"view": ["admin", "user"], "edit": ["admin", "user"]}
    admins = {"view": ["admin"], "edit": ["admin"]}
    asked = {"required": {"roles": ["user"]}}
    length = {"length": {"max": 255}}
    named = {"person-name-prohibited-characters": {}, **length}
    return {
        "attributes": [
            _attribute("username", own, {"length": {"min": 3, "max": 255}, "username-prohibited-characters": {}}),
            _attribute("email", own, {"email": {}, **length}, **asked),
            _attribute("firstName", own, named, **asked),
            _attribute("lastName", own, named, **asked),
            _attribute(AE_ATTRIBUTE, admins, {"length": {"min": 1, "max": 16}}, multivalued=True),
        ]
    }


def _attribute(
    name: str, permissions: Mapping[str, Sequence[str]], validations: dict[str, Any], **more: Any
) -> dict[str, Any]:
    return {"name": name, "permissions": permissions, "validations": validations, "multivalued": False, **more}
