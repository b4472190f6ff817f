"""Bodies are streamed both ways up to the limit; beyond it, and with a dead archive, the answer is plain and prompt."""

import hashlib
import json
import random
import re
import socket
import time
from collections.abc import Callable

import pytest

from dicom_cdk.rehearsal.gateway.nginx import read_answer
from tests.assets.gateway.conftest import Gateway

pytestmark = pytest.mark.server

STOW = "/dcm4chee-arc/aets/DCM4CHEE/rs/studies"
MIB = 1 << 20


def noise(length: int) -> bytes:
    return random.Random(length).randbytes(length)


def chunked(body: bytes, size: int = 65536) -> bytes:
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in [*parts, b""])


def head(extra: str, target: str = STOW) -> bytes:
    return f"POST {target} HTTP/1.1\r\nHost: x\r\n{extra}Connection: close\r\n\r\n".encode()


def wait_for(connection: socket.socket, seen: Callable[[], object]) -> None:
    """Until `seen`, while nothing is answered on `connection`."""
    connection.settimeout(0.02)
    for _ in range(3000):
        if seen():
            connection.settimeout(60)
            return
        try:
            early = connection.recv(100, socket.MSG_PEEK)
        except TimeoutError:
            continue
        raise AssertionError(f"answered too early: {early!r}")
    raise AssertionError("not seen within a minute")


def test_a_body_of_exactly_the_limit_arrives_whole(gateway: Gateway) -> None:
    body = noise(MIB)
    answer, (received,) = gateway.forwarded("POST", STOW, body=body)
    assert answer.status == 200
    assert hashlib.sha256(received.body).digest() == hashlib.sha256(body).digest()


def test_a_chunked_body_arrives_whole_and_still_chunked(gateway: Gateway) -> None:
    body = noise(MIB - 77)
    before = len(gateway.archive.requests)
    answer = gateway.nginx.raw(head("Transfer-Encoding: chunked\r\n") + chunked(body), "POST")
    (received,) = gateway.archive.requests[before:]
    assert (answer.status, received.header("transfer-encoding")) == (200, ["chunked"])
    assert received.body == body


def test_an_announced_length_over_the_limit_gets_413_at_once_with_the_way_out(gateway: Gateway) -> None:
    before = gateway.archive.heads_begun
    answer = gateway.nginx.raw(head(f"Content-Length: {MIB + 1}\r\n"), "POST")
    assert (answer.status, answer.headers["Content-Type"]) == (413, "application/json")
    said = json.loads(answer.body)
    assert said["limit_mib"] == 1
    assert "larger than 1 MiB" in said["error"]
    assert "C-STORE to port 11112" in said["instead"]
    assert gateway.archive.heads_begun == before


def test_a_chunked_body_over_the_limit_gets_413_in_mid_stream(gateway: Gateway) -> None:
    before = len(gateway.archive.requests)
    # Without its end: the answer must not wait for it.
    answer = gateway.nginx.raw(head("Transfer-Encoding: chunked\r\n") + chunked(noise(MIB + 100_000))[:-5], "POST")
    assert answer.status == 413
    assert json.loads(answer.body)["limit_mib"] == 1
    assert gateway.archive.requests[before:] == []


def test_the_archive_sees_a_body_while_it_is_still_being_sent(gateway: Gateway) -> None:
    before = gateway.archive.heads_begun
    with socket.create_connection(("127.0.0.1", gateway.nginx.port), timeout=60) as connection:
        connection.sendall(head("Content-Length: 400000\r\n") + noise(300_000))
        wait_for(connection, lambda: gateway.archive.heads_begun > before)
        connection.sendall(noise(100_000))
        assert read_answer(connection, "POST").status == 200


def test_a_dead_archive_is_answered_with_502_before_any_body_and_again_well_when_it_is_back(
    gateway_of: Callable[..., Gateway],
) -> None:
    gateway = gateway_of(body_limit_mb=2)
    assert gateway.forwarded("GET", STOW)[0].status == 200
    gateway.archive.stop()
    try:
        # Of a body of 1 MiB not one byte is sent: an answer that waited for it would never come.
        answer = gateway.nginx.raw(head(f"Content-Length: {MIB}\r\n"), "POST")
        assert (answer.status, json.loads(answer.body)) == (
            502,
            {"error": "the DICOMweb service does not answer; try again later"},
        )
        assert gateway.forwarded("GET", STOW)[0].status == 502
    finally:
        gateway.archive.start_again()
    for _ in range(3):
        assert gateway.forwarded("GET", STOW)[0].status == 200


def test_an_archive_that_says_nothing_is_told_from_one_that_is_away(gateway_of: Callable[..., Gateway]) -> None:
    gateway = gateway_of(timeout_seconds=1)
    gateway.archive.says_nothing = True
    for method, words in (("GET", ""), ("POST", "; what was sent may be stored all the same, a query tells")):
        answer, received = gateway.forwarded(method, STOW, body=b"x" if method == "POST" else b"")
        assert (answer.status, len(received), answer.headers["Content-Type"]) == (504, 1, "application/json")
        assert json.loads(answer.body)["error"] == (
            f"the DICOMweb service said nothing for 1 s, or cannot be reached{words}; ask for less at once, or try again later"
        )


def test_neither_uploads_nor_queries_are_lost_on_a_kept_connection_that_the_archive_just_closed(
    gateway_of: Callable[..., Gateway],
) -> None:
    gateway = gateway_of(body_limit_mb=5)
    gateway.archive.drops_kept = True
    for method, body in [("GET", b""), ("GET", b""), ("POST", b"x" * 50_000), ("GET", b""), ("POST", b"y")]:
        answer, received = gateway.forwarded(method, STOW, body=body)
        assert (answer.status, [one.body for one in received]) == (200, [body])
        # Longer than an upload's connection is kept; the others are kept for most of a minute.
        time.sleep(0.6 if method == "POST" else 0)


def test_an_upload_whose_answer_is_lost_is_never_sent_twice(gateway_of: Callable[..., Gateway]) -> None:
    gateway = gateway_of(body_limit_mb=7)
    for body in (b"x", b"y" * 300_000):
        # Once on a new connection, once on one that is kept.
        for kept in (False, True):
            gateway.archive.breaks_off = False
            if kept:
                assert gateway.forwarded("POST", STOW, body=body)[0].status == 200
            else:
                time.sleep(0.6)
            gateway.archive.breaks_off = True
            answer, received = gateway.forwarded("POST", STOW, body=body)
            assert (answer.status, len(received)) == (502, 1), kept


def test_uploads_in_a_row_share_a_connection(gateway_of: Callable[..., Gateway]) -> None:
    gateway = gateway_of(body_limit_mb=6)
    for _ in range(20):
        assert gateway.forwarded("POST", STOW, body=b"x")[0].status == 200
    # One for each worker of NGINX that took a request.
    assert gateway.archive.connections <= 8


def test_no_body_ever_touches_the_disk(gateway_of: Callable[..., Gateway]) -> None:
    gateway = gateway_of(body_limit_mb=8)
    before = gateway.archive.heads_begun
    with socket.create_connection(("127.0.0.1", gateway.nginx.port), timeout=60) as connection:
        connection.sendall(head(f"Content-Length: {6 * MIB}\r\n") + noise(5 * MIB))
        wait_for(connection, lambda: gateway.archive.heads_begun > before)
        assert gateway.nginx.temporary_files() == set()
        connection.sendall(noise(MIB))
        assert read_answer(connection, "POST").status == 200


def test_the_log_has_method_class_path_status_sizes_and_times_but_never_a_query_or_a_refused_path(
    gateway_of: Callable[..., Gateway],
) -> None:
    gateway = gateway_of(timeout_seconds=20)
    study = f"{STOW}/1.113654.3.13.1026"
    patient = "/dcm4chee-arc/aets/DCM4CHEE/rs/patients/583295"
    requests: list[Callable[[], object]] = [
        lambda: gateway.forwarded("GET", f"{study}?PatientID=583295&PatientName=DOE%5EJ1"),
        lambda: gateway.forwarded("GET", patient),
        lambda: gateway.forwarded("DELETE", patient),
        lambda: gateway.forwarded("POST", f"{STOW}?PatientID=583295", body=b"x" * 5, headers={"User-Agent": "DOE^J1"}),
        lambda: gateway.nginx.raw(head(f"Content-Length: {9 * MIB}\r\n", f"{STOW}?PatientID=583295"), "POST"),
        gateway.archive.stop,
        lambda: gateway.forwarded("GET", f"{study}?PatientID=583295"),
        gateway.archive.start_again,
    ]
    for number, request in enumerate(requests, 1):
        request()
        # A worker writes its line after the answer, and the next request may be another worker's.
        gateway.nginx.logged(min(number, 5) if number < 7 else 6)
    lines = gateway.nginx.logged(6)
    assert [(line["method"], line["class"], line["path"], line["status"]) for line in lines] == [
        ("GET", "retrieve", study, 200),
        ("GET", "", "", 403),
        ("DELETE", "", "", 405),
        ("POST", "store", STOW, 200),
        ("POST", "store", STOW, 413),
        ("GET", "retrieve", study, 502),
    ]
    assert all(re.fullmatch(r"\d+\.\d{3}", f"{line['seconds']:.3f}") for line in lines)
    assert lines[3]["bytes_in"] > 100
    written = gateway.nginx.log + (gateway.nginx.folder / "stderr").read_text()
    assert "583295" not in written
    assert "DOE" not in written
