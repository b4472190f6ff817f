"""Tokens at the people's door: those that must be refused, roles, AE titles, names of the host, preflights.

A token whose claims were changed here is refused for its signature. That audience, issuer, time and role are looked at, only
tokens show that the provider itself has signed: each is given by a variable of the environment, and skipped by its name without.

Over 200 lines: one door, a check for each way to come by it wrongly.
"""

import base64
import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from dicom_cdk.rehearsal.checks import Checks, Expected, RoomFailed, expect
from dicom_cdk.rehearsal.clients.dicom_objects import as_file
from dicom_cdk.smoke.access import CLOSED, DENIED
from dicom_cdk.smoke.address import Address
from dicom_cdk.smoke.client import Answer, Client
from dicom_cdk.smoke.errors import SmokeError
from dicom_cdk.smoke.signing import Anonymous, Token
from dicom_cdk.smoke.smoke_study import study

ROOM = "login"
STRANGER = "https://smoke.invalid"
"""An origin that no site lists (RFC 6761: no such name is ever given away)."""
GIVEN = {
    "DICOM_CDK_JWT_EXPIRED": "a token of the provider whose time is over",
    "DICOM_CDK_JWT_OTHER_AUDIENCE": "a token of the provider for another application",
    "DICOM_CDK_JWT_OTHER_ISSUER": "a token of another realm or provider",
    "DICOM_CDK_JWT_READ_ONLY": "a token of somebody who may read and not store",
}
"""Variable → what it holds."""


@dataclass(frozen=True)
class Asked:
    """What the command line adds: an AE title of the site that the token may not use, an origin whose pages may call."""

    denied_ae_title: str | None = None
    origin: str | None = None


def check(checks: Checks, client: Client, service: Address, token: str, asked: Asked, *, stores: bool) -> None:
    """Each though another failed. `stores`: what must be refused may be sent, though it would store where it is not."""
    studies, preflight = service.studies, _preflights(client, service, asked.origin)
    for name, changed in _forged(token).items():
        _ran(checks, f"a token {name} is refused", partial(_unsigned, client, studies, changed))
    _ran(checks, "a token in the query opens nothing", lambda: _refused(_in_query(client, studies, token)))
    for variable, what in GIVEN.items():
        other = os.environ.get(variable, "").strip()
        if not other:
            checks.skip(ROOM, what, f"{variable} is not set")
        elif variable != "DICOM_CDK_JWT_READ_ONLY":
            _ran(checks, f"{what} is refused", partial(_of_provider, client, studies, variable, other, token))
        elif not stores:
            checks.skip(ROOM, what, "--read-only")
        else:
            _ran(checks, f"{what} reads, and its STOW is refused", partial(_reader, client, studies, other))
    if asked.denied_ae_title is None:
        checks.skip(ROOM, "an AE title that the token does not name", "no --denied-ae-title AE")
    else:
        _ran(
            checks, "an AE title that the token does not name is refused", lambda: _other_title(client, service, asked)
        )
    _ran(checks, "the host's name with its port asks for a token too", lambda: _with_port(client, service))
    _ran(checks, "a preflight tells nothing, and pages of strangers get no leave", preflight)
    _ran(checks, "what only looks like the viewer leads nowhere", lambda: _beside_the_viewer(client, service))


def must_be_readable(token: str) -> None:
    """Every token of the environment. Raises SmokeError, naming the variable, for what is none."""
    for name, given in {"DICOM_CDK_JWT": token, **{name: os.environ.get(name, "").strip() for name in GIVEN}}.items():
        try:
            if given:
                claims(given)
        except SmokeError as error:
            raise SmokeError(f"{name}: {error}") from None


def claims(token: str) -> dict[str, Any]:
    """What a token says, believed unseen. Raises SmokeError for what is no JWT."""
    try:
        _, body, _ = token.split(".")
        found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise SmokeError("a token that is no JWT: allowed are three parts of base64url; take the access token, whole")
    return found


def _forged(token: str) -> dict[str, str]:
    """Name → a token that nobody has signed."""
    head, _, signature = token.split(".")
    own = claims(token)
    later = _part({**own, "exp": int(own.get("exp") or 0) + 3600})
    return {
        "without a signature (alg none)": f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(own)}.",
        "whose time was changed": f"{head}.{later}.{signature}",
        "whose signature was cut off": f"{head}.{_part(own)}.",
    }


def _part(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()


def _with(client: Client, url: str, token: str) -> Answer:
    return client.ask("GET", url, query={"limit": "1"}, way=Token(token))


def _unsigned(client: Client, url: str, token: str) -> str:
    return _refused(_with(client, url, token))


def _in_query(client: Client, url: str, token: str) -> Answer:
    # Not a real one: queries are logged on the way.
    return client.ask(
        "GET", url, query={"limit": "1", "access_token": f"{token.rpartition('.')[0]}.x"}, way=Anonymous()
    )


def _refused(answer: Answer) -> str:
    answer.must(*DENIED)
    expect(b"0020000D" not in answer.body, "refused by its status, but the answer holds a study")
    return str(answer.status)


def _of_provider(client: Client, url: str, variable: str, other: str, good: str) -> str:
    """The token is what its variable says, and it is refused."""
    said, own = claims(other), claims(good)
    same = {
        "DICOM_CDK_JWT_EXPIRED": ("exp", "its time is not over", float(said.get("exp") or 0) > time.time()),
        "DICOM_CDK_JWT_OTHER_AUDIENCE": ("aud", "it is for the same audience", said.get("aud") == own.get("aud")),
        "DICOM_CDK_JWT_OTHER_ISSUER": ("iss", "it is of the same issuer", said.get("iss") == own.get("iss")),
    }
    claim, why, useless = same[variable]
    expect(not useless, f"{variable} proves nothing: {why} ({claim} {said.get(claim)!r}); take another token")
    return _refused(_with(client, url, other))


def _reader(client: Client, url: str, token: str) -> str:
    _with(client, url, token).must(200, 204)
    body, boundary = as_file(study()), "dicom-cdk-smoke"
    head = f"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    answer = client.ask(
        "POST",
        url,
        body=head + body + f"\r\n--{boundary}--\r\n".encode(),
        kind=f'multipart/related; type="application/dicom"; boundary={boundary}',
        way=Token(token),
    )
    return _refused(answer)


def _other_title(client: Client, service: Address, asked: Asked) -> str:
    base = f"{service.base.rpartition('/')[0]}/{asked.denied_ae_title}"
    answer = client.ask("GET", f"{base}/rs/studies", query={"limit": "1"})
    status = _refused(answer)
    if b"not offered here" in answer.body:
        raise Expected(
            f"{asked.denied_ae_title} is no AE title of this site, so nothing is proven; name another of its own"
        )
    return status


def _with_port(client: Client, service: Address) -> str:
    name = service.host.rpartition(":")[0] or service.host
    said = []
    for host in (f"{name}:443", f"{name}:8443"):
        answer = client.ask("GET", service.studies, query={"limit": "1"}, way=Anonymous(), headers={"Host": host})
        answer.must(*CLOSED)
        expect(b"0020000D" not in answer.body, f"Host {host}: a study without a token")
        said.append(f"{host} {answer.status}")
    return ", ".join(said)


def _preflights(client: Client, service: Address, origin: str | None) -> Callable[[], str]:
    def call() -> str:
        wanted = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
        said = []
        for each in (STRANGER, origin):
            if each is None:
                continue
            answer = client.ask("OPTIONS", service.studies, way=Anonymous(), headers={"Origin": each, **wanted})
            expect(b"0020000D" not in answer.body, "a preflight is answered with a study")
            leave = answer.headers.get("Access-Control-Allow-Origin")
            if each == STRANGER:
                expect(
                    leave not in (STRANGER, "*"),
                    f"pages of {STRANGER} get leave: {leave}; correct gateway.allowed_origins",
                )
            else:
                answer.must(200, 204)
                expect(leave == each, f"pages of {each} get {leave or 'no leave'}; set gateway.allowed_origins")
            said.append(f"{each} {answer.status}")
        return ", ".join(said)

    return call


def _beside_the_viewer(client: Client, service: Address) -> str:
    below = service.studies.removeprefix(service.root)
    tried = (
        f"/viewer/..%2f..{below}",
        f"/viewer/%2e%2e{below}",
        f"/viewerx{below}",
        f"/viewer;{below}",
        f"/viewer%2f{below}",
    )
    for path in tried:
        answer = client.ask("GET", service.root + path, way=Anonymous())
        # A page of the viewer itself is no patient's data.
        expect(b"0020000D" not in answer.body, f"{path} gives a study without a token")
        expect(answer.status in CLOSED, f"{path} is let in: {answer.status}")
    return f"{len(tried)} tried"


def _ran(checks: Checks, name: str, call: Callable[[], str]) -> None:
    with suppress(RoomFailed), checks.check(ROOM, name) as said:
        said.append(call())
