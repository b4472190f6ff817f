"""Stand-in for an identity provider: OpenID Connect by code and PKCE (RFC 7636) for a public client, refresh tokens, sign-out.

Whoever gives a name that it knows is let in, without a password: it plays the protocol, not the proof of who somebody is. What it
was not told before it refuses as real ones do: other clients, other ways back, other origins.

Over 200 lines: one protocol, what it remembers and its endpoints.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from dicom_cdk.rehearsal.identity.tokens import SigningKey, claims_of

WAY = "/.well-known/openid-configuration"
LIFETIME_SECONDS = 600
"""Of an access token. A viewer that gets 60 or less renews without pause (facts: viewer 0)."""
ENDS = {"authorization": "authorize", "token": "token", "end_session": "logout", "revocation": "revoke"}


@dataclass
class IdentityProvider:
    """`users`: name → claims of the access token. `site`: https://HOST of who sends people here, as `client`."""

    issuer: str
    audience: str
    client: str
    site: str
    users: Mapping[str, Mapping[str, Any]]
    key: SigningKey = field(default_factory=lambda: SigningKey("rehearsed"))
    """Signs what is handed out from now on."""
    published: list[SigningKey] = field(default_factory=list)
    """Beside it."""
    lifetime: int = LIFETIME_SECONDS
    renewed: int = 0
    """Times that a refresh token was used."""
    revoked: int = 0
    _codes: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    """Code → user and what the client asked with; each is good once."""
    _refresh: dict[str, str] = field(default_factory=dict)
    _sessions: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return urlsplit(self.issuer).path

    @property
    def jwks(self) -> list[dict[str, str]]:
        """The keys that it publishes."""
        return [key.jwk for key in dict.fromkeys([self.key, *self.published])]

    def access_token(self, user: str, **changed: Any) -> str:
        """As it is handed out to `user`; `changed` claims, None takes one away."""
        return self.key.token(
            claims_of(
                self.issuer,
                changed.pop("aud", self.audience),
                changed.pop("seconds", self.lifetime),
                **{"preferred_username": user, **self.users[user], **changed},
            )
        )

    def id_token(self, user: str, nonce: str = "") -> str:
        """For the client, and for nobody else."""
        return self.key.token({**claims_of(self.issuer, self.client, preferred_username=user), "nonce": nonce})

    def begun(self, user: str) -> str:
        """The session of somebody who is let in, as its cookie says it."""
        session = secrets.token_urlsafe(16)
        self._sessions[session] = user
        return session

    def code(self, session: str, asked: dict[str, str]) -> str:
        """A code for the session's user; "" where the session, the client or the way back is not known."""
        user, back = self._sessions.get(session, ""), f"{self.site}/viewer/callback"
        if not user or asked.get("client_id") != self.client or asked.get("redirect_uri") != back:
            return ""
        code = secrets.token_urlsafe(16)
        self._codes[code] = (user, asked)
        return code

    def signed_out(self, session: str) -> None:
        self._sessions.pop(session, None)

    def tokens(self, body: Mapping[str, str]) -> dict[str, Any] | None:
        """What a code or a refresh token is exchanged for; None for one that is not known or not asked for by this client."""
        if body.get("client_id") != self.client:
            return None
        if body.get("grant_type") == "refresh_token":
            user, nonce = self._refresh.pop(body.get("refresh_token", ""), ""), ""
            self.renewed += bool(user)
        else:
            user, asked = self._codes.pop(body.get("code", ""), ("", {}))
            nonce = asked.get("nonce", "")
            digest = hashlib.sha256(body.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked.get("code_challenge"):
                return None
        if not user:
            return None
        refresh = secrets.token_urlsafe(16)
        self._refresh[refresh] = user
        made = {"access_token": self.access_token(user), "id_token": self.id_token(user, nonce)}
        return {
            **made,
            "refresh_token": refresh,
            "token_type": "Bearer",
            "expires_in": self.lifetime,
            "scope": "openid",
        }

    def revoke(self, token: str) -> None:
        self._refresh.pop(token, None)
        self.revoked += 1

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """For a server at the issuer's address."""
        provider = self

        class Asked(_Asked):
            """Of this provider."""

            def answered(self) -> "IdentityProvider":
                return provider

        return Asked


class _Asked(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def answered(self) -> IdentityProvider:
        raise NotImplementedError

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: codes are in addresses."""

    @property
    def end(self) -> str:
        return urlsplit(self.path).path.removeprefix(f"{self.answered().path}/")

    @property
    def session(self) -> str:
        return (self.headers.get("Cookie") or "").removeprefix("session=")

    def do_OPTIONS(self) -> None:
        self._say(204)

    def do_GET(self) -> None:
        provider = self.answered()
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if self.path == "/favicon.ico":
            self._say(204)
        elif f"/{self.end}" == WAY:
            about = {f"{name}_endpoint": f"{provider.issuer}/{end}" for name, end in ENDS.items()}
            self._say(200, {"issuer": provider.issuer, "jwks_uri": f"{provider.issuer}/jwks", **about})
        elif self.end == "jwks":
            self._say(200, {"keys": provider.jwks})
        elif self.end == "authorize":
            self._authorize(self.session, asked)
        elif self.end == "logout" and asked.get("post_logout_redirect_uri") == f"{provider.site}/viewer/signed-out":
            provider.signed_out(self.session)
            self._say(302, location=asked["post_logout_redirect_uri"], session="")
        else:
            self._say(404, {"error": "invalid_request"})

    def do_POST(self) -> None:
        provider = self.answered()
        given = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        body = {name: values[0] for name, values in parse_qs(given).items()}
        if self.end == "authorize" and body.get("user") in provider.users:
            asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            self._authorize(provider.begun(body["user"]), asked)
        elif self.end == "token" and (tokens := provider.tokens(body)):
            self._say(200, tokens)
        elif self.end == "revoke":
            provider.revoke(body.get("token", ""))
            self._say(200)
        else:
            self._say(400, {"error": "invalid_grant"})

    def _authorize(self, session: str, asked: dict[str, str]) -> None:
        """Back with a code, for who is known; a form for everybody else."""
        if code := self.answered().code(session, asked):
            back = urlencode({"code": code, "state": asked.get("state", "")})
            self._say(302, location=f"{asked['redirect_uri']}?{back}", session=session)
        else:
            form = '<form method="post"><input name="user" aria-label="Name"><button>Log in</button></form>'
            self._say(200, f"<!doctype html><title>Log in</title>{form}", kind="text/html")

    def _say(
        self,
        status: int,
        body: Any = "",
        *,
        kind: str = "application/json",
        location: str = "",
        session: str | None = None,
    ) -> None:
        provider = self.answered()
        sent = b"" if status == 204 else (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        cookie = "" if session is None else f"session={session}; Path=/; Secure; HttpOnly; SameSite=Lax"
        for name, value in (("Content-Type", kind), ("Location", location), ("Set-Cookie", cookie)):
            if value:
                self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(sent)))
        if self.headers.get("Origin") == provider.site:
            self.send_header("Access-Control-Allow-Origin", provider.site)
            self.send_header("Access-Control-Allow-Headers", "*")
        self.end_headers()
        self.wfile.write(sent)
