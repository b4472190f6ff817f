"""How calls are let in: Function Compute 3.0's signature of HTTP triggers (ACS3-HMAC-SHA256), a token, or nothing.

The vendor's sample leaves the body out of the signature: the payload's hash is the empty text. Signed are date and security token.
"""

import datetime
import hashlib
import hmac
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlsplit

from requests import PreparedRequest
from requests.auth import AuthBase

from dicom_cdk.smoke.errors import SmokeError

ALGORITHM = "ACS3-HMAC-SHA256"
Clock = Callable[[], datetime.datetime]


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True, repr=False)
class Signed(AuthBase):
    """Signs each request with an AccessKey; with a security token where the key is a temporary one."""

    key_id: str
    secret: str
    token: str = ""
    clock: Clock = _now

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        headers = {"x-acs-date": self.clock().strftime("%Y-%m-%dT%H:%M:%SZ")}
        if self.token:
            headers["x-acs-security-token"] = self.token
        request.headers.update(headers)
        request.headers["Authorization"] = authorization(
            request.method or "GET", request.url or "", headers, self.key_id, self.secret
        )
        return request


@dataclass(frozen=True, repr=False)
class Token(AuthBase):
    """A JSON Web Token as bearer, which Function Compute checks against its key set."""

    token: str

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


@dataclass(frozen=True)
class Anonymous(AuthBase):
    """Nothing: for the filter on the intranet, or a gateway that others guard."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        return request


def authorization(method: str, url: str, headers: Mapping[str, str], key_id: str, secret: str) -> str:
    """The header's value. `headers`: exactly those that are signed."""
    parts = urlsplit(url)
    query = "&".join(
        f"{name}={quote(value, safe='~')}" for name, value in sorted(parse_qsl(parts.query, keep_blank_values=True))
    )
    signed = {name.lower(): value.strip() for name, value in headers.items()}
    names = ";".join(sorted(signed))
    lines = [
        method.upper(),
        (parts.path or "/").replace("$", "%24"),
        query,
        "".join(f"{name}:{signed[name]}\n" for name in sorted(signed)),
        names,
        "",
    ]
    text = f"{ALGORITHM}\n{hashlib.sha256(chr(10).join(lines).encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"


def from_environment(kind: str, environment: Mapping[str, str] = os.environ) -> AuthBase:
    """The way in of that name: signed, jwt or anonymous. Raises SmokeError naming the variable that is missing."""
    if kind == "anonymous":
        return Anonymous()
    if kind == "jwt":
        return Token(_needed("DICOM_CDK_JWT", kind, environment))
    return Signed(
        _needed("ALIBABA_CLOUD_ACCESS_KEY_ID", kind, environment),
        _needed("ALIBABA_CLOUD_ACCESS_KEY_SECRET", kind, environment),
        environment.get("ALIBABA_CLOUD_SECURITY_TOKEN", "").strip(),
    )


def broken(way: AuthBase) -> AuthBase:
    """The same with a credential that must not be let in."""
    if isinstance(way, Signed):
        return Signed(way.key_id, f"{way.secret}-wrong", way.token, way.clock)
    return Token("not.a.token")


def _needed(name: str, kind: str, environment: Mapping[str, str]) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise SmokeError(f"--auth {kind}: {name} is not set; set it, or choose another --auth (signed, jwt, anonymous)")
    if any(ord(letter) < 33 or ord(letter) > 126 for letter in value):
        raise SmokeError(f"--auth {kind}: {name} holds blanks or letters that no credential has; copy it again")
    return value
