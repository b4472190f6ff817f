"""Which headers the archive gets, and that framing cannot be used to plant requests (facts: images 6.3)."""

import re
import subprocess
from collections.abc import Callable

import pytest

from tests.assets.gateway.conftest import DOMAIN, Gateway

pytestmark = pytest.mark.server

QIDO = "/dcm4chee-arc/aets/DCM4CHEE/rs/studies"

PLANTED = {
    "Authorization": "FC key:signature",
    "Proxy-Authorization": "Basic eDp5",
    "X-Forwarded-For": "10.0.0.1",
    "X-Forwarded-Host": "evil.example.org",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Port": "81",
    "X-Forwarded-Server": "evil.example.org",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": "for=10.0.0.1;host=evil.example.org",
    "X-Real-IP": "10.0.0.1",
    "X-HTTP-Method-Override": "DELETE",
    "X-Original-URL": "/dcm4chee-arc/ctrl/stop",
    "Upgrade": "h2c",
    "HTTP2-Settings": "AAMAAABkAAQAAP__",
    "TE": "trailers",
    "Trailer": "X-Planted",
    "Keep-Alive": "timeout=1",
    "Proxy-Connection": "keep-alive",
    "Cookie": "JSESSIONID=1",
    "Expect": "100-continue",
    # Function Compute hands the function's own keys to the container this way.
    "x-fc-access-key-id": "STS.example",
    "x-fc-access-key-secret": "example",
    "x-fc-security-token": "example",
    "x-fc-account-id": "1",
}

KEPT = {
    "Accept": "application/dicom+json;q=0.9, multipart/related;type=application/dicom;transfer-syntax=*",
    "Accept-Encoding": "gzip",
    "Accept-Language": "zh-CN",
    "Content-Type": 'multipart/related; type="application/dicom"; boundary=myboundary',
    "If-None-Match": '"1"',
    "Origin": "https://viewer.example.org",
    "Range": "bytes=0-99",
    "User-Agent": "a viewer/1.0",
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type",
}


def test_the_archive_sees_the_public_name_and_scheme_whatever_the_client_says(gateway: Gateway) -> None:
    _, (received,) = gateway.forwarded("GET", QIDO, headers={**PLANTED, "Host": "evil.example.org"})
    assert received.header("host") == [DOMAIN]
    assert received.header("x-forwarded-host") == [DOMAIN]
    assert received.header("x-forwarded-proto") == ["https"]
    assert received.header("x-forwarded-for") == ["127.0.0.1"]
    assert received.version == "HTTP/1.1"
    assert received.header("connection") == []


def test_nothing_that_a_client_or_the_platform_plants_reaches_the_archive(gateway: Gateway) -> None:
    _, (received,) = gateway.forwarded("GET", QIDO, headers=PLANTED)
    ours = {"host", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-for"}
    assert {name.lower() for name, _ in received.headers} == ours


def test_what_a_dicomweb_client_says_reaches_the_archive_unchanged(gateway: Gateway) -> None:
    _, (received,) = gateway.forwarded("GET", QIDO, headers=KEPT)
    assert {name: received.header(name) for name in KEPT} == {name: [value] for name, value in KEPT.items()}


def test_several_accept_headers_reach_the_archive_as_one_list(gateway: Gateway) -> None:
    said = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True).stderr
    version = tuple(map(int, re.findall(r"\d+", said)[:2]))
    before = len(gateway.archive.requests)
    head = f"GET {QIDO} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    gateway.nginx.raw(f"{head}Accept: application/dicom+json\r\nAccept: application/json\r\n\r\n".encode())
    (received,) = gateway.archive.requests[before:]
    # Releases before 1.23 know one value of a header only (docs/deviations.md).
    joined = "application/dicom+json, application/json"
    assert received.header("accept") == [joined if version >= (1, 23) else "application/dicom+json"]


def test_the_platforms_request_id_goes_to_archive_and_log_if_it_is_one(gateway: Gateway) -> None:
    lines = len(gateway.nginx.log.splitlines())
    _, (received,) = gateway.forwarded("GET", QIDO, headers={"x-fc-request-id": "1-65f1c0de-abc"})
    assert received.header("x-request-id") == ["1-65f1c0de-abc"]
    # Workers write their lines on their own: the second request must not overtake the first one's line.
    gateway.nginx.logged(lines + 1)
    _, (received,) = gateway.forwarded("GET", QIDO, headers={"x-fc-request-id": "DOE^J1 583295"})
    assert received.header("x-request-id") == []
    assert [line["request_id"] for line in gateway.nginx.logged(lines + 2)[lines:]] == ["1-65f1c0de-abc", ""]
    assert "583295" not in gateway.nginx.log


def test_connections_to_the_archive_are_kept(gateway_of: Callable[..., Gateway]) -> None:
    gateway = gateway_of(body_limit_mb=3)
    for _ in range(20):
        gateway.forwarded("GET", QIDO)
    # One for each worker of NGINX that took a request.
    assert gateway.archive.connections <= 8


@pytest.mark.parametrize(
    "host", ["dicomweb-do-abc.cn-shanghai.fcapp.run", "x.cn-shanghai-vpc.fcapp.run", "x.cn-shanghai.fcapp.run:443"]
)
def test_without_a_domain_the_functions_own_address_is_the_public_name(
    host: str, gateway_of: Callable[..., Gateway]
) -> None:
    _, (received,) = gateway_of(domain=None).forwarded("GET", QIDO, headers={"Host": host})
    assert received.header("host") == received.header("x-forwarded-host") == [host.removesuffix(":443")]


@pytest.mark.parametrize(
    "host",
    [
        "evil.example.org",
        "x.cn-hangzhou.fcapp.run",
        "xcn-shanghai.fcapp.run",
        "x.cn-shanghai.fcapp.run.evil.example.org",
        "x.cn-shanghaiXfcapp.run",
        "evil.example.org/x.cn-shanghai.fcapp.run",
        "x.cn-shanghai.fcapp.run:80:80",
    ],
)
def test_without_a_domain_any_other_host_is_refused(host: str, gateway_of: Callable[..., Gateway]) -> None:
    answer, received = gateway_of(domain=None).forwarded("GET", QIDO, headers={"Host": host})
    assert (answer.status in (400, 421), received) == (True, [])


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: -1\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Host: two.example.org\r\n",
        "X: a\x00b\r\n",
    ],
)
def test_ambiguous_framing_is_refused_before_anything_is_forwarded(head: str, gateway: Gateway) -> None:
    before = gateway.archive.heads_begun
    sent = f"POST {QIDO} HTTP/1.1\r\nHost: one.example.org\r\n{head}\r\n0\r\n\r\n"
    answer = gateway.nginx.raw(sent.encode("latin-1"), "POST")
    assert answer.status in (400, 501), head
    assert gateway.archive.heads_begun == before


def test_both_lengths_get_400(gateway: Gateway) -> None:
    sent = f"POST {QIDO} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    assert gateway.nginx.raw(sent.encode(), "POST").status == 400


@pytest.mark.parametrize(
    "line",
    [
        f"GET {QIDO}?a b HTTP/1.1",
        f"GET {QIDO}\tx HTTP/1.1",
        f"GET {QIDO} HTTP/1.1\r\nX-Folded: a\r\n b: c",
        f"GET {QIDO} HTTP/1.1\r\nTransfer-Encoding : chunked",
        f"GET {QIDO} HTTP/1.1\r\nTransfer_Encoding: chunked",
    ],
)
def test_crooked_lines_plant_no_second_request(line: str, gateway: Gateway) -> None:
    before = len(gateway.archive.requests)
    tail = "0\r\n\r\nGET /dcm4chee-arc/ctrl/stop HTTP/1.1\r\nHost: x\r\n\r\n"
    gateway.nginx.raw(f"{line}\r\nHost: x\r\nConnection: close\r\n\r\n{tail}".encode("latin-1"))
    reached = gateway.archive.requests[before:]
    assert all(one.target.startswith(QIDO) and not one.header("transfer-encoding") for one in reached)
    assert len(reached) <= 1


def test_a_pipelined_second_request_is_judged_by_itself(gateway: Gateway) -> None:
    before = len(gateway.archive.requests)
    first = f"GET {QIDO} HTTP/1.1\r\nHost: x\r\n\r\n"
    gateway.nginx.raw(f"{first}GET /dcm4chee-arc/ctrl/stop HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert [one.target for one in gateway.archive.requests[before:]] == [QIDO]


def test_the_archives_software_is_not_shown(gateway: Gateway) -> None:
    answer, _ = gateway.forwarded("GET", QIDO)
    assert "X-Powered-By" not in answer.headers
    assert answer.headers["Server"] == "nginx"
