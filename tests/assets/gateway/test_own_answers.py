"""What a page of a named origin may read: the gateway's own answers, the way out above all."""

import http.client
import json
from collections.abc import Callable

import pytest

from tests.assets.gateway.conftest import Gateway

QIDO = "/dcm4chee-arc/aets/DCM4CHEE/rs/studies"
VIEWER = "https://viewer.example.com"

pytestmark = pytest.mark.server


def said(headers: http.client.HTTPMessage) -> list[str]:
    return headers.get_all("Access-Control-Allow-Origin") or []


@pytest.fixture
def gateway(gateway_of: Callable[..., Gateway]) -> Gateway:
    return gateway_of(allowed_origins=[VIEWER, "https://b.example.com:8443"])


@pytest.mark.parametrize(
    ("method", "target", "length", "status"),
    [
        ("GET", "/dcm4chee-arc/ui2", 0, 403),
        ("DELETE", QIDO, 0, 405),
        ("POST", QIDO, 2 << 20, 413),
    ],
)
@pytest.mark.parametrize("origin", [VIEWER, "https://b.example.com:8443"])
def test_own_answers_can_be_read_by_pages_of_named_origins(
    method: str, target: str, length: int, status: int, origin: str, gateway: Gateway
) -> None:
    head = f"{method} {target} HTTP/1.1\r\nHost: x\r\nOrigin: {origin}\r\nContent-Length: {length}\r\n\r\n"
    answer = gateway.nginx.raw(head.encode(), method)
    assert (answer.status, said(answer.headers), answer.headers["Vary"]) == (status, [origin], "Origin")
    assert "error" in json.loads(answer.body)


def test_a_dead_archive_is_told_to_them_too(gateway_of: Callable[..., Gateway]) -> None:
    gateway = gateway_of(allowed_origins=[VIEWER], body_limit_mb=4)
    gateway.archive.stop()
    try:
        answer, _ = gateway.forwarded("GET", QIDO, headers={"Origin": VIEWER})
    finally:
        gateway.archive.start_again()
    assert (answer.status, said(answer.headers)) == (502, [VIEWER])


def test_an_address_that_is_none_is_told_to_them_too(gateway_of: Callable[..., Gateway]) -> None:
    gateway = gateway_of(allowed_origins=[VIEWER], domain=None)
    answer, _ = gateway.forwarded("GET", QIDO, headers={"Origin": VIEWER, "Host": "x"})
    assert (answer.status, said(answer.headers)) == (421, [VIEWER])


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example.com", "http://viewer.example.com", "https://viewerXexample.com", f"{VIEWER}.evil.com", "null", "",
     f"{VIEWER}:443", "https://b.example.com"],
)  # fmt: skip
def test_other_origins_are_told_nothing(origin: str, gateway: Gateway) -> None:
    answer, _ = gateway.forwarded("GET", "/dcm4chee-arc/ui2", headers={"Origin": origin})
    assert (answer.status, said(answer.headers), answer.headers["Vary"]) == (403, [], "Origin")


def test_without_named_origins_nobody_is(gateway_of: Callable[..., Gateway]) -> None:
    for origin in (VIEWER, "", "null"):
        answer, _ = gateway_of().forwarded("GET", "/dcm4chee-arc/ui2", headers={"Origin": origin})
        assert (said(answer.headers), answer.headers["Vary"]) == ([], None)


def test_the_archives_answers_keep_their_own_headers_and_get_none_of_ours(gateway: Gateway) -> None:
    answer, received = gateway.forwarded("GET", QIDO, headers={"Origin": VIEWER})
    assert [one.header("origin") for one in received] == [[VIEWER]]
    ours = {"Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Vary", "Allow", "X-None"}
    assert not ours & set(answer.headers)
