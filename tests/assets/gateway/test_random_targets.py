"""Random hostile requests: whatever of them reaches the archive is a plain DICOMweb request, judged by rules written apart."""

import random
import re
import socket
from collections.abc import Callable

import pytest

from tests.assets.gateway.archive import Received
from tests.assets.gateway.conftest import Gateway

pytestmark = pytest.mark.server

ADDRESS = "172.18.92.192:8080"
REQUESTS = 1500
JOINED = (
    "dicom/ctrl/stop/storage/devices/reject/rs/aets/DCM4CHEE/OTHER/studies/1.2.3/series/instances/frames/1/1,2/metadata/wado/dimse/"
    "bulkdata/0020000D/count/export/patients/thumbnail/dcm4chee-arc/../././/.%2e/%2e%2e/%252e%252e/..;/..;x/studies;x=1/%2f/%5c/\\/%00/"
    "%c0%ae%c0%ae/%u002e/113001^DCM/113001%5EDCM/*/#/?/%3f/%23/%20/\t/%0d%0aX: y/http:/@evil/|/%2C/%2c/.../~/\x7f/é"
)
PIECES = JOINED.split("/")
STARTS = ("/",) * 5 + ("//", "", "*", "/./", "/x/../", "/%2e/", "http://evil/", "http://evil", "https://evil:80//")
ENDS = ("",) * 6 + (
    "?limit=1",
    "?a=../x",
    "?_method=DELETE",
    "?%00",
    "?a#b",
    "#frag",
    "?a b",
    "/",
    "//",
    "/.",
    "/..",
    "?",
)
METHODS = (
    "GET",
    "HEAD",
    "POST",
    "OPTIONS",
    "GET",
    "POST",
    "DELETE",
    "PUT",
    "PATCH",
    "TRACE",
    "CONNECT",
    "get",
    "PROPFIND",
    "GETX",
)
VERSIONS = ("HTTP/1.1",) * 8 + ("HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "http/1.1", "")
HEADERS = (
    "",
    "X-HTTP-Method-Override: DELETE\r\n",
    "X-Original-URL: /dcm4chee-arc/ctrl/stop\r\n",
    "X-Rewrite-URL: /dcm4chee-arc/storage\r\n",
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAA\r\nSec-WebSocket-Version: 13\r\n",
    "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
    "X-Forwarded-Host: evil\r\nForwarded: host=evil\r\n",
    "Transfer-Encoding : chunked\r\n",
    "Host: evil\r\n",
    " folded: x\r\n",
)
BASES = (
    "dcm4chee-arc/aets/DCM4CHEE/rs/studies",
    "dcm4chee-arc/aets/DCM4CHEE/rs/studies/1.2.3/metadata",
    "dcm4chee-arc/aets/DCM4CHEE/rs/studies/1.2/series/1.3/instances/1.4/frames/1",
    "dcm4chee-arc/aets/DCM4CHEE/wado?requestType=WADO",
)
WORDS = {
    "patients",
    "studies",
    "series",
    "instances",
    "mwlitems",
    "workitems",
    "count",
    "metadata",
    "rendered",
    "thumbnail",
}
OF_PASSED_HEADERS = {
    "host",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-for",
    "content-length",
    "transfer-encoding",
}


def target(dice: random.Random) -> str:
    """A real target broken at a place or two, or pieces at random."""
    if dice.random() < 0.6:
        parts = dice.choice(BASES).split("/")
        for _ in range(dice.randint(0, 2)):
            place = dice.randrange(len(parts))
            if dice.random() < 0.5:
                parts.insert(place, dice.choice(PIECES))
            else:
                part = parts[place]
                at = dice.randrange(len(part)) if part else 0
                letter = f"{ord(part[at]) & 255:02x}" if part else "2e"
                parts[place] = (
                    part[:at] + dice.choice((f"%{letter}", f"%25{letter}", "/", "//", ";", ".", "\\")) + part[at + 1 :]
                )
    else:
        parts = [dice.choice(PIECES) for _ in range(dice.randint(1, 8))]
    return dice.choice(STARTS) + "/".join(parts) + dice.choice(ENDS)


def plain(received: Received) -> bool:
    """A DICOMweb request by segments: no encoding, no dots, known words, UIDs, numbers of frames, offsets of bulk data."""
    path, _, query = received.target.partition("?")
    segments = path.split("/")
    if segments[:3] != ["", "dcm4chee-arc", "aets"] or segments[3] not in ("DCM4CHEE", "A.B_c-2") or "#" in query:
        return False
    rest = segments[4:]
    if rest == ["wado"]:
        return received.method in ("GET", "HEAD", "OPTIONS") and bool(query)
    if rest[0] != "rs" or len(rest) < 2:
        return False
    if received.method == "POST":
        return rest[1] == "studies" and (
            len(rest) == 2 or (len(rest) == 3 and re.fullmatch(r"[0-9.]+", rest[2]) is not None)
        )
    number = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
    known = WORDS | {"frames", "bulkdata"}
    bulk = "bulkdata" in rest
    return received.method in ("GET", "HEAD", "OPTIONS") and all(
        one in known or number.fullmatch(one) or (bulk and re.fullmatch(r"[0-9A-Fa-f]+", one)) for one in rest[1:]
    )


def sent(gateway: Gateway, request: str) -> None:
    with socket.create_connection(("127.0.0.1", gateway.nginx.port), timeout=60) as connection:
        connection.sendall(request.encode())
        try:
            while connection.recv(1 << 16):
                pass
        except ConnectionResetError:
            pass


def test_of_random_hostile_requests_only_plain_dicomweb_reaches_the_archive(gateway_of: Callable[..., Gateway]) -> None:
    gateway = gateway_of(side="intranet", domain=ADDRESS, scheme="http")
    dice = random.Random(20261129)
    passed = 0
    for _ in range(REQUESTS):
        method, header = dice.choice(METHODS), dice.choice(HEADERS)
        line = f"{method} {target(dice)} {dice.choice(VERSIONS)}".rstrip()
        request = f"{line}\r\nHost: x\r\n{header}Content-Length: 0\r\nConnection: close\r\n\r\n"
        before = len(gateway.archive.requests)
        sent(gateway, request)
        reached = gateway.archive.requests[before:]
        assert len(reached) < 2, f"two requests out of {request!r}"
        for received in reached:
            passed += 1
            assert received.method == method, request
            assert plain(received), f"{request!r} reached the archive as {received.method} {received.target}"
            assert received.header("host") == [ADDRESS], request
            assert {name.lower() for name, _ in received.headers} <= OF_PASSED_HEADERS, request
    # Else the requests are no near misses, and nothing was tried.
    assert passed > REQUESTS // 100
