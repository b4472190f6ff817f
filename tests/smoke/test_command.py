"""`dicom-cdk smoke`: wrong use, and services that do not answer, answer late, or answer nonsense."""

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest

from dicom_cdk.rehearsal.gateway.tls_server import Quiet, serving
from dicom_cdk.rehearsal.machines.servers import free_port
from dicom_cdk.smoke.client import JSON
from dicom_cdk.smoke.smoke_study import INSTANCE, STUDY
from tests.commanding import Done, dicom_cdk

pytestmark = pytest.mark.server


def smoke(*arguments: str, **environment: str) -> Done:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("ALIBABA_", "DICOM_CDK_"))}
    return dicom_cdk("smoke", *arguments, environment={**plain, **environment})


@contextmanager
def answering(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with serving(lambda: Quiet(("127.0.0.1", 0), Handler), None) as port:
        yield f"http://127.0.0.1:{port}"


def page(status: int, kind: str, body: bytes, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def first(url: str, *arguments: str) -> str:
    done = smoke(url, "--auth", "anonymous", "--format", "json", *arguments)
    assert done.returncode == 1, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["passed"] is False
    return str(found["checks"][0]["said"])


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("www.example.com",), "www.example.com: no scheme, or one that DICOMweb does not use"),
        (("https://a.example.com",), "--auth signed: ALIBABA_CLOUD_ACCESS_KEY_ID is not set"),
        (("http://a.example.com", "--auth", "jwt"),
         "http://a.example.com: a token over plain http can be read by anybody on the way; use https"),
        (("https://a.example.com", "--listen", "104"), "--listen is for C-MOVE; name the archive by --dimse HOST:PORT too"),
        (("https://a.example.com", "--dimse", "a"), "--dimse a: allowed is HOST:PORT"),
        (("https://a.example.com", "--timeout", "0"), "--timeout 0: allowed are seconds above 0, up to 3600"),
        (("https://a.example.com", "--timeout", "nan"), "--timeout nan: allowed are seconds above 0, up to 3600"),
        (("https://a.example.com", "--timeout", "inf"), "--timeout inf: allowed are seconds above 0, up to 3600"),
        (("https://a.example.com", "--dimse", "a:104", "--listen", "999999"), "--listen 999999: allowed are ports from 1 to 65535"),
        (("https://a.example.com", "--dimse", "a:104", "--listen", "-5"), "--listen -5: allowed are ports from 1 to 65535"),
        (("https://a.example.com", "--ca", "README.md"),
         "--ca README.md: no certificate in it that can be read; name the issuer's certificate, PEM"),
        (("https://a.example.com", "--ca", "nowhere.pem"), "--ca nowhere.pem: no such file; name the issuer's certificate, PEM"),
    ],
)  # fmt: skip
def test_wrong_use_is_said_before_anything_is_sent(arguments: tuple[str, ...], problem: str) -> None:
    done = smoke(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(problem)


def test_nothing_there_is_said() -> None:
    port = free_port()
    assert first(f"http://127.0.0.1:{port}") == f"127.0.0.1:{port}: connection refused; nothing listens there"
    assert first("http://no-such-host.invalid") == "no-such-host.invalid: no such name; is the CNAME record there?"


def test_a_service_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert first(f"http://127.0.0.1:{port}", "--timeout", "0.5") == (
            f"127.0.0.1:{port}: no answer within 0.5 s; a first call may start an instance: try again, or raise --timeout"
        )


def test_plain_http_where_tls_was_asked_for_is_said() -> None:
    with answering(page(200, "text/html", b"hello")) as url:
        said = first(url.replace("http:", "https:"))
    assert "no TLS connection: " in said
    assert said.endswith("; is it https at all, with TLS 1.2 or later?")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (page(200, "text/html", b"<h1>It works</h1>"), "answered text/html instead of DICOM JSON: '<h1>It works</h1>'"),
        (page(200, "application/dicom+json", b"[1, 2]"), "answered JSON that is no list of data sets: '[1, 2]'"),
        (page(200, "application/dicom+json", b"\xff\xfe"), "answered application/dicom+json instead of DICOM JSON: '��'"),
        (page(200, "text/plain", b"[]"), "answered text/plain, allowed is application/dicom+json"),
        (page(302, "text/html", b"", Location="http://127.0.0.1/"),
         "answered 302, which leads to http://127.0.0.1/, allowed is 200: ''"),
        (page(500, "text/html", b"stack trace"), "answered 500, allowed is 200: 'stack trace'"),
    ],
)  # fmt: skip
def test_nonsense_is_told_by_what_was_got_and_what_is_allowed(
    answer: Callable[[BaseHTTPRequestHandler], None], problem: str
) -> None:
    with answering(answer) as url:
        assert first(url) == problem


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"00081198":{"vr":"SQ","Value":[{"00081197":{"vr":"US","Value":[272]}}]}}', " (failure reason 0x0110)"),
        (b"<html>", ""),
        (b"[]", ""),
    ],
)
def test_a_refused_upload_names_the_storage_behind_the_archive(body: bytes, reason: str) -> None:
    def refusing(request: BaseHTTPRequestHandler) -> None:
        request.rfile.read(int(request.headers.get("Content-Length") or 0))
        page(*((409, JSON, body) if request.command == "POST" else (204, JSON, b"")))(request)

    with answering(refusing) as url:
        done = smoke(url, "--auth", "anonymous", "--format", "json")
    said = {one["name"]: one["said"] for one in json.loads(done.stdout)["checks"]}["store: one image by STOW-RS"]
    assert said.startswith(
        f"answered 409, the image was not stored{reason}; most often its object storage refuses: key, bucket or endpoint"
    )
    assert "jclouds.s3.signer-version=4" in said


def test_an_archive_that_cannot_answer_multipart_is_told_by_its_version() -> None:
    stored = {
        "00081199": {"vr": "SQ", "Value": [{"00081155": {"vr": "UI", "Value": [INSTANCE]}}]},
    }
    study = [{"0020000D": {"vr": "UI", "Value": [STUDY]}}]

    def broken(request: BaseHTTPRequestHandler) -> None:
        request.rfile.read(int(request.headers.get("Content-Length") or 0))
        if request.command == "POST":
            page(200, JSON, json.dumps(stored).encode())(request)
        elif "/instances/" in request.path:
            page(500, "text/html", b"")(request)
        else:
            page(
                200,
                JSON,
                b"[]" if "NOBODY" in request.path or "offset=1" in request.path else json.dumps(study).encode(),
            )(request)

    with answering(broken) as url:
        done = smoke(url, "--auth", "anonymous", "--format", "json")
    found = {one["name"]: one["said"] for one in json.loads(done.stdout)["checks"]}
    assert found["retrieve: WADO-RS gives back what was stored, pixels byte by byte"] == (
        "answered 500 to WADO-RS though queries are answered; archive 5.25.0 cannot answer multipart at all "
        "(dcm4chee-arc-light#3496), 5.25.2 can; else see its server.log"
    )


def test_an_answer_that_breaks_off_or_never_ends_is_told() -> None:
    with answering(page(200, "application/dicom+json", b"[", **{"Content-Length": "500"})) as url:
        assert "no HTTP answer: ('Connection broken: IncompleteRead(1 bytes read, 499 more expected)'" in first(url)

    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        for _ in range(80):
            request.wfile.write(bytes(1 << 20))

    with answering(endless) as url:
        assert first(url) == "answered more than 64 MiB to a small question"


def test_a_dicom_port_that_is_none_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, answering(page(204, "x", b"")) as url:
        port = listener.getsockname()[1]

        def hang_up() -> None:
            connection, _ = listener.accept()
            connection.recv(100)
            time.sleep(0.1)
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        done = smoke(url, "--auth", "anonymous", "--read-only", "--dimse", f"127.0.0.1:{port}", "--timeout", "3")
        thread.join()
    assert f"DCM4CHEE at 127.0.0.1:{port}: no DICOM answer" in done.stdout
    assert done.returncode == 1


def test_read_only_asks_only_by_get() -> None:
    asked: list[str] = []

    def logged(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.command)
        page(204, "application/dicom+json", b"")(request)

    with answering(logged) as url:
        environment = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "made-up", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "made-up"}
        smoke(url, "--auth", "signed", "--read-only", **environment)
    assert len(asked) > 5
    assert set(asked) == {"GET"}
