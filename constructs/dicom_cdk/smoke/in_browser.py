"""The viewer in a headless Chromium: it sends people to the login, and with a token it draws the image that was stored.

The browser takes the place of the provider: it answers what the viewer asks there with the token of the environment, so nobody's
password is needed and the provider itself is not asked.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from dicom_cdk.rehearsal.checks import Checks, Expected, RoomFailed, expect
from dicom_cdk.rehearsal.programs import ProgramMissing, need
from dicom_cdk.smoke.address import Address
from dicom_cdk.smoke.client import Client
from dicom_cdk.smoke.signing import Anonymous
from dicom_cdk.smoke.smoke_study import STUDY, study

ROOM = "viewer"
PATIENCE_SECONDS = 180
LIKE = 0.9
"""Correlation of what is drawn with what was stored; of a blank canvas it is 0."""
DRAWN = """(side) => {
  const canvas = document.querySelector("canvas.cornerstone-canvas");
  if (!canvas || !canvas.width) return [];
  const { width, height } = canvas, whole = Math.min(width, height);
  const data = canvas.getContext("2d").getImageData(0, 0, width, height).data, found = [];
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const x = Math.floor((width - whole) / 2 + ((column + 0.5) * whole) / side);
      const y = Math.floor((height - whole) / 2 + ((row + 0.5) * whole) / side);
      found.push(data[4 * (y * width + x)]);
    }
  return found;
}"""
"""How bright the middle of each pixel of a square image is, row by row, drawn as large as it fits."""


def check(checks: Checks, client: Client, service: Address, token: str, *, own_ca: bool) -> None:
    """`own_ca`: the certificate's issuer is one that only the other checks know, and they have judged it."""
    with suppress(RoomFailed):
        with checks.check(ROOM, "its page and its configuration are there for everybody"):
            authority, client_id = _configured(client, service)
        with (
            checks.check(
                ROOM, "sent to the provider by code and PKCE; with the token: the image as it was stored"
            ) as said,
            _page(own_ca) as page,
        ):
            said.append(_opened(page, service, token, authority, client_id))


def _configured(client: Client, service: Address) -> tuple[str, str]:
    """Issuer and client of the viewer's configuration."""
    client.ask("GET", f"{service.root}/viewer/", way=Anonymous(), accept="text/html").must(200)
    answer = client.ask("GET", f"{service.root}/viewer/app-config.js", way=Anonymous(), accept="*/*")
    answer.must(200)
    text = answer.body.decode(errors="replace")
    found = [re.search(rf"{name}: '([^']+)'", text) for name in ("authority", "client_id")]
    authority, client_id = (one[1] if one else "" for one in found)
    expect(bool(authority and client_id), "its configuration names no login: is this a viewer of gateway.viewer?")
    return authority, client_id


@contextmanager
def _page(own_ca: bool) -> Iterator[Any]:
    """Raises ProgramMissing without Chromium or playwright."""
    program = need("chromium", "chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        raise ProgramMissing("playwright is not installed: PyPI package playwright") from None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"], timeout=PATIENCE_SECONDS * 1000
        )
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 900}, ignore_https_errors=own_ca)
            page.set_default_timeout(PATIENCE_SECONDS * 1000)
            yield page
        finally:
            browser.close()


def _opened(page: Any, service: Address, token: str, authority: str, client_id: str) -> str:
    asked: list[str] = []
    page.route(lambda url: str(url).startswith(authority), _provider(authority, client_id, token, service, asked))
    page.goto(f"{service.root}/viewer/viewer?StudyInstanceUIDs={STUDY}")
    sent, seen = study(), 0.0
    stored = [int.from_bytes(sent.PixelData[at : at + 2], "little") for at in range(0, len(sent.PixelData), 2)]
    for _ in range(PATIENCE_SECONDS * 5):
        drawn = _evaluated(page, int(sent.Rows))
        seen = _correlation(stored, drawn) if len(drawn) == len(stored) else 0.0
        if seen >= LIKE:
            break
        page.wait_for_timeout(200)
    expect(bool(asked), f"it is not sent to the login at {authority}; the page is {page.url[:120]}")
    query = {name: values[0] for name, values in parse_qs(urlsplit(asked[0]).query).items()}
    wanted = {
        "response_type": "code",
        "code_challenge_method": "S256",
        "redirect_uri": f"{service.root}/viewer/callback",
    }
    wrong = {name: query.get(name) for name, value in wanted.items() if query.get(name) != value}
    expect(not wrong, f"it asks the provider with {wrong}, allowed is {wanted}")
    if seen < LIKE:
        raise Expected(
            f"what is drawn is not what was stored (correlation {seen:.2f}); the page says {_text(page)[:200]!r}"
        )
    return f"correlation {seen:.2f}"


def _provider(authority: str, client_id: str, token: str, service: Address, asked: list[str]) -> Callable[[Any], None]:
    """What a provider answers; `asked` gets the addresses of its login page."""

    def answer(route: Any) -> None:
        url = urlsplit(route.request.url)
        headers = {"Access-Control-Allow-Origin": service.root, "Access-Control-Allow-Headers": "*"}
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path.endswith("/.well-known/openid-configuration"):
            ends = {f"{end}_endpoint": f"{authority}/{end}" for end in ("authorization", "token", "end_session")}
            about = {"issuer": authority, "jwks_uri": f"{authority}/jwks", **ends}
            route.fulfill(status=200, headers=headers, content_type="application/json", body=json.dumps(about))
        elif url.path.endswith("/authorization"):
            asked.append(route.request.url)
            back = f"{query.get('redirect_uri', '')}?code=smoke&state={quote(query.get('state', ''))}"
            page = f'<!doctype html><meta http-equiv="refresh" content="0;url={back}">'
            route.fulfill(status=200, content_type="text/html", body=page)
        elif url.path.endswith("/token"):
            own = parse_qs(urlsplit(asked[-1]).query) if asked else {}
            about = {"iss": authority, "aud": client_id, "sub": "smoke", "nonce": own.get("nonce", [""])[0]}
            made = {"access_token": token, "id_token": _unsigned(about), "token_type": "Bearer", "expires_in": 600}
            body = json.dumps({**made, "scope": "openid"})
            route.fulfill(status=200, headers=headers, content_type="application/json", body=body)
        else:
            route.fulfill(status=404, headers=headers, body="")

    return answer


def _unsigned(claims: dict[str, str]) -> str:
    """An ID token that the viewer alone reads, which asks for no signature: it came over TLS."""
    parts = ({"alg": "none"}, {**claims, "iat": 1, "exp": 9999999999})
    return ".".join([*(base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in parts), "x"])


def _evaluated(page: Any, side: int) -> list[int]:
    try:
        return list(page.evaluate(DRAWN, side))
    except Exception as error:
        # The page changes under it, on its way to the login and back.
        if "navigation" not in str(error):
            raise
        return []


def _text(page: Any) -> str:
    return str(page.evaluate("() => document.body ? document.body.innerText : ''"))


def _correlation(one: list[int], other: list[int]) -> float:
    """Pearson's; 0 where one of them does not change."""
    means = [sum(values) / len(values) for values in (one, other)]
    apart = [[value - mean for value in values] for values, mean in zip((one, other), means, strict=True)]
    spread = [sum(value * value for value in values) for values in apart]
    if not all(spread):
        return 0.0
    return float(sum(a * b for a, b in zip(*apart, strict=True)) / (spread[0] * spread[1]) ** 0.5)
