"""Function Compute's HTTP trigger as far as clients see it: TLS, and who is let in, judged by the vendor's own signer."""

import datetime
import http.client
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from alibabacloud_openapi_util.client import Client as Vendor
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from Tea.request import TeaRequest

KEY_ID, SECRET, SECURITY_TOKEN, JWT = "made-up-key-id", "made-up-secret", "made-up-token", "made.up.jwt"
SKEW_SECONDS = 900


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate of `name`, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    return folder / "certificate.pem", folder / "key.pem"


def signed_by_vendor(method: str, target: str, headers: dict[str, str], key_id: str, secret: str) -> str:
    """What the vendor's library makes of the signed headers that the request itself names."""
    parts = urlsplit(target)
    request = TeaRequest()
    request.method, request.pathname = method, parts.path.replace("$", "%24")
    request.query = dict(parse_qsl(parts.query, keep_blank_values=True))
    request.headers = {name: value for name, value in headers.items() if name.startswith("x-acs-")}
    return str(Vendor.get_authorization(request, "ACS3-HMAC-SHA256", "", key_id, secret))


def let_in(kind: str, method: str, target: str, headers: dict[str, str]) -> bool:
    given = headers.get("authorization", "")
    if kind == "anonymous":
        return True
    if kind == "jwt":
        return given == f"Bearer {JWT}"
    try:
        date = datetime.datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.UTC)
    except (KeyError, ValueError):
        return False
    if abs((datetime.datetime.now(datetime.UTC) - date).total_seconds()) > SKEW_SECONDS:
        return False
    return given == signed_by_vendor(method, target, headers, KEY_ID, SECRET)


def handler(kind: str, behind: tuple[str, int]) -> type[BaseHTTPRequestHandler]:
    class Trigger(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def judge(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            if not let_in(kind, self.command, self.path, headers):
                self.answer(403, {"Content-Type": "application/json"}, b'{"Code":"AccessDenied"}')
                return
            connection = http.client.HTTPConnection(*behind, timeout=20)
            try:
                passed = {name: value for name, value in headers.items() if name != "connection"}
                connection.request(self.command, self.path, body, passed)
                answer = connection.getresponse()
                said = answer.read()
                if self.path.partition("?")[0].endswith("/rs/patients") and b"Unknown resource" in said:
                    # Of dcm4chee, and not of the server that stands in for it.
                    self.answer(200, {"Content-Type": "application/dicom+json"}, b"[]")
                    return
                self.answer(answer.status, dict(answer.headers), said)
            finally:
                connection.close()

        def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = judge  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Nothing."""

    return Trigger


@contextmanager
def serving(
    make: Callable[[], ThreadingHTTPServer],
    tls: tuple[Path, Path] | None,
    inside: Callable[[Callable[[], Any]], Any] = lambda call: call(),
) -> Iterator[int]:
    """A server that `make` binds; gives its port. Bound and started by `inside`, whose network its threads inherit."""
    server = inside(make)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    inside(thread.start)
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Quiet(ThreadingHTTPServer):
    """Clients that hang up, as those do that distrust its certificate, are no news."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Nothing."""
