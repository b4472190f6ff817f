"""Login of people at the gateway: what its container checks tokens by, and what its domain does (facts: viewer 1.1, 5)."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from dicom_cdk.public_key import spki

VIEWER_PATHS = ("/viewer", "/viewer/*")
"""Of Function Compute: a path and everything below another are two. The viewer itself changes the address to the first."""

NAMES = (
    "DICOM_LOGIN_ISSUER",
    "DICOM_LOGIN_AUDIENCE",
    "DICOM_LOGIN_KEYS",
    "DICOM_LOGIN_AE_CLAIM",
    "DICOM_LOGIN_ROLE_CLAIM",
    "DICOM_LOGIN_READ_ROLES",
    "DICOM_LOGIN_WRITE_ROLES",
    "DICOM_LOGIN_USER_CLAIM",
)
"""The container's variables; all of them empty where nobody logs in."""

VIEWER_NAMES = ("DICOM_LOGIN_ORIGIN", "DICOM_LOGIN_CLIENT_ID", "DICOM_LOGIN_SCOPE", "DICOM_VIEWER_UPLOAD")
"""The same of an image with the viewer."""

LOOKUP = "header:Authorization:Bearer "
"""Where Function Compute takes a token from, and nowhere else: no cookie, no query. It takes the prefix off letter by letter,
hence the blank at the end."""


@dataclass(frozen=True)
class Login:
    """Who may come with a token. `keys` are JWKs with public parts alone; None of a claim: it is not asked for."""

    issuer: str
    audience: str
    keys: tuple[Mapping[str, str], ...]
    ae_claim: str | None = None
    role_claim: str | None = None
    read_roles: tuple[str, ...] = ()
    write_roles: tuple[str, ...] = ()
    user_claim: str = "preferred_username"
    client_id: str = ""
    """The viewer's; empty where there is none."""
    scope: str = "openid"

    @property
    def origin(self) -> str:
        """Where the provider's pages and endpoints are: https://HOST[:PORT] of the issuer."""
        return f"https://{urlsplit(self.issuer).netloc}"

    def environment(self) -> dict[str, str]:
        """The container's variables, by name."""
        lines = [f"{key['kid']} {key['alg']} {base64.b64encode(spki(key)).decode()}" for key in self.keys]
        values = (
            self.issuer,
            self.audience,
            "|".join(lines),
            self.ae_claim or "",
            self.role_claim or "",
            "|".join(self.read_roles),
            "|".join(self.write_roles),
            self.user_claim,
        )
        return dict(zip(NAMES, values, strict=True))

    def viewer_environment(self, *, upload: bool) -> dict[str, str]:
        """What the viewer's configuration and security policy are made of."""
        values = (self.origin, self.client_id, self.scope, "true" if upload else "false")
        return dict(zip(VIEWER_NAMES, values, strict=True))

    def domain_auth(self, without_token: Sequence[str] = ()) -> str:
        """`auth_info` of the custom domain. `without_token`: paths that everybody may read, the viewer's own files."""
        info: dict[str, object] = {"jwks": {"keys": [dict(key) for key in self.keys]}, "tokenLookup": LOOKUP}
        if without_token:
            info["whitelist"] = list(without_token)
        return json.dumps(info, separators=(",", ":"))
