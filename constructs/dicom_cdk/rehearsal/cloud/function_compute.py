"""Stand-in for Function Compute before the gateway: the stack's own domains, routes, keys and white lists, judged as documented.

What it does where nothing is written stands in GUESSES, and docs/viewer.md repeats it with the command that tries each.

Over 200 lines: one service, in the order in which it looks at a request.
"""

import http.client
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from dicom_cdk.rehearsal.cloud.signatures import signed
from dicom_cdk.rehearsal.identity.tokens import verified
from dicom_cdk.rehearsal.site import Site

GUESSES = (
    "a preflight is answered from cors_config, where a domain has one, before anybody is asked who he is",
    "whoever is not let in gets 403 and JSON; a host or path that no domain leads on gets 404",
    "routes and white list are compared with the path as it was sent, undecoded",
    "Host and Authorization reach the function as they came",
)
"""Of what this stand-in does, what no document says (the vendor's own answers were never seen)."""
HEADERS_BYTES, TARGET_BYTES, BODY_BYTES = 8 << 10, 4 << 10, 32 << 20
"""Limits of a request, beyond which it is 400 InvalidArgument; of an answer's headers too, 502 then."""
OWN_HEADERS = ("connection", "keep-alive", "transfer-encoding", "content-length", "date", "server")


@dataclass(frozen=True)
class Door:
    """One custom domain of the stack, or with an empty `domain` the function's own address."""

    domain: str
    auth: str
    info: Mapping[str, Any] = field(default_factory=dict)
    routes: tuple[tuple[str, tuple[str, ...]], ...] = (("/*", ()),)
    """Path, exact or with * at its end, and methods; none means all."""
    cors: Mapping[str, Any] = field(default_factory=dict)


def doors(site: Site) -> list[Door]:
    """The stack's domains and the trigger."""
    found = []
    for body in site.resources("alicloud_fcv3_custom_domain").values():
        auth, routes = _block(body.get("auth_config")), _block(body.get("route_config")).get("routes", [])
        found.append(
            Door(
                body["custom_domain_name"],
                auth.get("auth_type", "anonymous"),
                json.loads(auth.get("auth_info") or "{}"),
                tuple((route["path"], tuple(route.get("methods") or ())) for route in routes),
                _block(body.get("cors_config")),
            )
        )
    for body in site.resources("alicloud_fcv3_trigger").values():
        config = json.loads(body["trigger_config"])
        found.append(Door("", config["authType"], routes=(("/*", tuple(config["methods"])),)))
    return found


@dataclass(frozen=True)
class Seen:
    """One request and what became of it. `by`: function, where the gateway answered; domain, where it never got there."""

    method: str
    host: str
    target: str
    status: int
    by: str


class FunctionCompute:
    """`behind`: address and port of the gateway's container. `keys` replace the JWKS that the stack's domains list."""

    def __init__(self, site: Site, behind: tuple[str, int]) -> None:
        self._doors, self._behind, self._region = doors(site), behind, site.function["DICOM_REGION"]
        self.keys: Sequence[Mapping[str, str]] | None = None
        self.seen: list[Seen] = []

    def door(self, host: str) -> Door | None:
        """Of a Host header, its port not looked at."""
        name = host.rpartition(":")[0] or host
        wanted = "" if name.endswith(f".{self._region}.fcapp.run") else name
        return next((one for one in self._doors if one.domain == wanted), None) if name else None

    def refusal(self, method: str, target: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes] | None:
        """The domain's own answer to a request; None where the function answers. Names of `headers` in small letters."""
        size = sum(len(name) + len(value) for name, value in headers.items())
        if size > HEADERS_BYTES or len(target) > TARGET_BYTES or int(headers.get("content-length") or 0) > BODY_BYTES:
            return _said(400, "InvalidArgument")
        door, path = self.door(headers.get("host", "")), target.partition("?")[0]
        if door is None or not any(_leads(pattern, methods, path, method) for pattern, methods in door.routes):
            return _said(404, "RouteNotFound")
        origin = headers.get("origin", "")
        if method == "OPTIONS" and "access-control-request-method" in headers and door.cors:
            known = origin in door.cors.get("allow_origins", ())
            return 204, _allowed(door.cors, origin) if known else {}, b""
        return None if self._let_in(door, method, target, headers) else _said(403, "AccessDenied")

    def _let_in(self, door: Door, method: str, target: str, headers: Mapping[str, str]) -> bool:
        if door.auth == "jwt":
            path = target.partition("?")[0]
            return any(_leads(one, (), path, method) for one in door.info.get("whitelist", ())) or self._token(
                door, headers
            )
        if door.auth == "function":
            return signed(method, target, headers)
        return door.auth == "anonymous"

    def _token(self, door: Door, headers: Mapping[str, str]) -> bool:
        """Signature, key and time; neither audience nor issuer: it is not said to look at them."""
        keys = self.keys if self.keys is not None else door.info.get("jwks", {}).get("keys", [])
        for place in str(door.info.get("tokenLookup", "")).split(","):
            kind, _, rest = place.partition(":")
            name, _, prefix = rest.partition(":")
            given = headers.get(name.lower(), "") if kind == "header" else ""
            if given.startswith(prefix) and given:
                claims = verified(given.removeprefix(prefix), keys) or {}
                now = time.time()
                return bool(claims.get("exp", 0) > now and claims.get("nbf", 0) <= now)
        return False

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """For a server whose threads reach the container."""
        compute = self

        class Asked(_Asked):
            """Of this stand-in."""

            def compute(self) -> FunctionCompute:
                return compute

        return Asked

    def forwarded(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """The function's answer."""
        with closing(http.client.HTTPConnection(*self._behind, timeout=60)) as connection:
            connection.request(method, target, body or None, {**headers, "x-fc-request-id": "1-rehearsed"})
            answer = connection.getresponse()
            given = {name: value for name, value in answer.headers.items() if name.lower() not in OWN_HEADERS}
            if sum(len(name) + len(value) for name, value in given.items()) > HEADERS_BYTES:
                return _said(502, "BadResponse")
            return answer.status, given, answer.read()


class _Asked(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def compute(self) -> FunctionCompute:
        raise NotImplementedError

    def judged(self) -> None:
        compute = self.compute()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items() if name.lower() != "connection"}
        refused = compute.refusal(self.command, self.path, headers)
        status, given, said = refused or compute.forwarded(self.command, self.path, headers, body)
        by = "domain" if refused else "function"
        compute.seen.append(Seen(self.command, headers.get("host", ""), self.path, status, by))
        self.send_response_only(status)
        for name, value in given.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = do_TRACE = judged  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Nothing: codes are in addresses."""


def _leads(pattern: str, methods: Sequence[str], path: str, method: str) -> bool:
    """`/a/*` is /a/ and what is below it, and not /a (facts: viewer 1.1)."""
    fits: Callable[[str], bool] = path.startswith if pattern.endswith("*") else path.__eq__
    return fits(pattern.removesuffix("*")) and (not methods or method in methods)


def _allowed(cors: Mapping[str, Any], origin: str) -> dict[str, str]:
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": ", ".join(cors.get("allow_methods", ())),
        "Access-Control-Allow-Headers": ", ".join(cors.get("allow_headers", ())),
        "Vary": "Origin",
    }


def _said(status: int, code: str) -> tuple[int, dict[str, str], bytes]:
    return status, {"Content-Type": "application/json"}, json.dumps({"Code": code}).encode()


def _block(value: Any) -> dict[str, Any]:
    """A block as cdktf writes it: an object, or a list with one."""
    found = value[0] if isinstance(value, list) and value else value
    return dict(found) if isinstance(found, Mapping) else {}
