"""Stand-in for an identity provider: OpenID Connect by code and PKCE (RFC 7636) for a public client, on loopback.

Whoever gives a name that it knows is let in, without a password: it plays the protocol, not the proof of who somebody is.
"""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from dicom_cdk.rehearsal.tokens import SigningKey, claims_of

WAY = "/.well-known/openid-configuration"


@dataclass
class IdentityProvider:
    """`users`: name → claims of the access token. Its socket belongs to the namespace that `start` is called in."""

    port: int
    audience: str
    users: Mapping[str, Mapping[str, Any]]
    key: SigningKey = field(default_factory=lambda: SigningKey("rehearsed"))
    codes: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    """Code → user and what the client asked with; each is good once."""

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        provider = self

        class Asked(_Asked):
            """Of this provider."""

            def answered(self) -> "IdentityProvider":
                return provider

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Asked)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def tokens(self, body: Mapping[str, str]) -> dict[str, Any] | None:
        """What a code is exchanged for; None for one that is not known or not asked for by this client."""
        user, asked = self.codes.pop(body.get("code", ""), ("", {}))
        digest = hashlib.sha256(body.get("code_verifier", "").encode()).digest()
        if not user or base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked.get("code_challenge"):
            return None
        name = {"preferred_username": user}
        access = {**claims_of(self.issuer, self.audience), **name, **self.users[user]}
        about = {**claims_of(self.issuer, asked["client_id"]), **name, "nonce": asked.get("nonce", "")}
        made = {"access_token": self.key.token(access), "id_token": self.key.token(about)}
        return {**made, "token_type": "Bearer", "expires_in": 600, "scope": "openid"}


class _Asked(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def answered(self) -> IdentityProvider:
        raise NotImplementedError

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: codes are in addresses."""

    def do_OPTIONS(self) -> None:
        self._say(204)

    def do_GET(self) -> None:
        provider, address = self.answered(), urlsplit(self.path)
        if address.path == WAY:
            ends = {"authorization": "authorize", "token": "token", "end_session": "logout", "revocation": "revoke"}
            about = {f"{name}_endpoint": f"{provider.issuer}/{end}" for name, end in ends.items()}
            self._say(200, {"issuer": provider.issuer, "jwks_uri": f"{provider.issuer}/jwks", **about})
        elif address.path == "/jwks":
            self._say(200, {"keys": [provider.key.jwk]})
        elif address.path == "/authorize":
            form = '<form method="post"><input name="user"><button>Log in</button></form>'
            self._say(200, form, kind="text/html")
        else:
            self._say(204)

    def do_POST(self) -> None:
        provider, address = self.answered(), urlsplit(self.path)
        given = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        body = {name: values[0] for name, values in parse_qs(given).items()}
        if address.path == "/authorize" and body.get("user") in provider.users:
            asked = {name: values[0] for name, values in parse_qs(address.query).items()}
            code = secrets.token_urlsafe(16)
            provider.codes[code] = (body["user"], asked)
            back = urlencode({"code": code, "state": asked["state"]})
            self._say(302, location=f"{asked['redirect_uri']}?{back}")
        elif address.path == "/token" and (tokens := provider.tokens(body)):
            self._say(200, tokens)
        else:
            self._say(400, {"error": "invalid_grant"})

    def _say(self, status: int, body: Any = "", *, kind: str = "application/json", location: str = "") -> None:
        sent = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Location", location), ("Content-Length", str(len(sent)))):
            if value:
                self.send_header(name, value)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "*")
        self.end_headers()
        self.wfile.write(sent)
