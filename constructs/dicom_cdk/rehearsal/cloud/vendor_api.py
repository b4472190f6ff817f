"""The vendor as a host sees it, on loopback: metadata service, KMS, ACR, OSS, RDS, SAE; the vendor's own SDKs judge each signature.

Over 200 lines: one server, a method for each call of a host.
"""

import base64
import hashlib
import json
import secrets
import socketserver
import threading
import time
import urllib.parse
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

with warnings.catch_warnings():
    # Their sources hold invalid escapes, which Python reports when it compiles them.
    warnings.simplefilter("ignore")
    import oss2.auth  # type: ignore[import-untyped]
    from alibabacloud_tea_openapi.utils import Utils
    from oss2.credentials import StaticCredentialsProvider  # type: ignore[import-untyped]
    from oss2.http import Request  # type: ignore[import-untyped]

from dicom_cdk.rehearsal.cloud.vendor_walk import Services

REGION = "cn-test"


@dataclass
class Failure:
    """An answer given once instead of the right one."""

    status: int = 200
    body: bytes = b"{}"
    cut: bool = False
    """Promise more than is sent."""
    seconds: float = 0
    """Wait before the answer."""


@dataclass
class VendorApi:
    """State of the vendor. `log` has one line a request; `failures` are used up in order, by first word of the log line."""

    url: str = ""
    region: str = REGION
    """What OSS signatures are judged for."""
    role: str | None = "dicom-test-archive"
    secrets: dict[str, str] = field(default_factory=dict)
    """By name in KMS, or by oss://bucket/key."""
    objects: dict[str, bytes] = field(default_factory=dict)
    services: Services = field(default_factory=Services)
    """RDS and SAE."""
    failures: dict[str, list[Failure]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Signatures that the vendor's SDK did not agree with."""
    key_id: str = field(default_factory=lambda: "LTAI" + secrets.token_hex(8))
    key: str = field(default_factory=lambda: secrets.token_hex(15))
    expected_key: str = ""
    """The key that signatures are judged by, when it is not the one handed out."""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(40) + "+/==")
    metadata_token: str = field(default_factory=lambda: secrets.token_hex(20))
    registry_password: str = field(default_factory=lambda: secrets.token_hex(20))

    def environment(self) -> dict[str, str]:
        """What points alicloud.py here."""
        names = (
            "DICOM_METADATA_URL",
            "DICOM_KMS_URL",
            "DICOM_CR_URL",
            "DICOM_OSS_URL",
            "DICOM_RDS_URL",
            "DICOM_SAE_URL",
        )
        return dict.fromkeys(names, self.url)

    def hidden(self) -> list[str]:
        """What must never be said or written anywhere but where it belongs."""
        return [self.key, self.token, self.metadata_token, self.registry_password, *self.secrets.values()]


@contextmanager
def vendor_api(
    address: str = "127.0.0.1",
    inside: Callable[[Callable[[], ThreadingHTTPServer]], ThreadingHTTPServer] = lambda make: make(),
) -> Iterator[VendorApi]:
    """A running VendorApi on `address`; `inside` makes the listening socket where it shall be. Ends with the block."""
    api = VendorApi()
    handler = type("Handler", (_Handler,), {"api": api})
    server = inside(lambda: _Server((address, 0), handler))
    server.daemon_threads = True
    api.url = f"http://{address}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def server_bind(self) -> None:
        # Not HTTPServer's, which asks for the name of the address, for seconds where no DNS answers.
        socketserver.TCPServer.server_bind(self)


class _Handler(BaseHTTPRequestHandler):
    api: VendorApi
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    def do_GET(self) -> None:
        self._handle()

    def do_PUT(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        url = urllib.parse.urlsplit(self.path)
        if url.path.startswith("/latest/"):
            self._metadata(url.path.removeprefix("/latest/"))
        elif "x-acs-action" in self.headers:
            self._rpc(url, body)
        else:
            self._oss(urllib.parse.unquote(url.path), body)

    def _answer(self, status: int, body: bytes, *, cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body) + (100 if cut else 0)))
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def _failed(self, word: str, rest: str = "") -> bool:
        self.api.log.append(f"{word} {rest}".strip())
        waiting = self.api.failures.get(word)
        if not waiting:
            return False
        failure = waiting.pop(0)
        time.sleep(failure.seconds)
        self._answer(failure.status, failure.body, cut=failure.cut)
        return True

    def _metadata(self, path: str) -> None:
        if path == "api/token" and self.command == "PUT":
            if self._failed("token"):
                return
            well = 1 <= int(self.headers.get("X-aliyun-ecs-metadata-token-ttl-seconds", "0")) <= 21600
            self._answer(200 if well else 400, self.api.metadata_token.encode())
            return
        folder = "meta-data/ram/security-credentials/"
        if self.headers.get("X-aliyun-ecs-metadata-token") != self.api.metadata_token:
            self._answer(403, b"Forbidden")
        elif self._failed("metadata", path):
            return
        elif self.api.role and path == folder:
            self._answer(200, self.api.role.encode())
        elif self.api.role and path == folder + self.api.role:
            key = {"AccessKeyId": self.api.key_id, "AccessKeySecret": self.api.key, "SecurityToken": self.api.token}
            self._answer(200, json.dumps({**key, "Code": "Success", "Expiration": "2999-01-01T00:00:00Z"}).encode())
        else:
            self._answer(404, b"not found")

    def _rpc(self, url: urllib.parse.SplitResult, body: bytes) -> None:
        query = dict(urllib.parse.parse_qsl(url.query))
        action = self.headers["x-acs-action"]
        if self._failed(action, " ".join(query.values())):
            return
        claimed = self.headers["Authorization"]
        names = claimed.split("SignedHeaders=")[1].split(",")[0].split(";")
        request = SimpleNamespace(
            method=self.command, pathname=url.path, query=query, headers={name: self.headers[name] for name in names}
        )
        payload = hashlib.sha256(body).hexdigest()
        right = Utils.get_authorization(
            request, "ACS3-HMAC-SHA256", payload, self.api.key_id, self.api.expected_key or self.api.key
        )
        needed = {"host", "x-acs-action", "x-acs-date", "x-acs-security-token", "x-acs-version", "x-acs-content-sha256"}
        if claimed != right or not needed <= set(names) or self.headers["x-acs-security-token"] != self.api.token:
            self.api.refused.append(f"{claimed} != {right}")
            self._answer(400, b'{"Code":"SignatureDoesNotMatch","Message":"no"}')
        elif action == "GetSecretValue" and self.headers["x-acs-version"] == "2016-01-20":
            name = query["SecretName"]
            if name in self.api.secrets:
                answer = {"SecretName": name, "SecretData": self.api.secrets[name], "VersionId": "g1"}
                self._answer(200, json.dumps(answer).encode())
            else:
                error = {"Code": "Forbidden.ResourceNotFound", "Message": "Resource not found.", "RequestId": "r-1"}
                self._answer(404, json.dumps(error).encode())
        elif action == "GetAuthorizationToken" and self.headers["x-acs-version"] == "2018-12-01":
            answer = {"TempUsername": "cr_temp_user", "AuthorizationToken": self.api.registry_password}
            self._answer(200, json.dumps(answer).encode())
        elif said := self.api.services.answer(action, self.headers["x-acs-version"], self.command, url.path, query):
            self._answer(said[0], json.dumps(said[1]).encode())
        else:
            self._answer(400, b'{"Code":"InvalidAction","Message":"no such action or version"}')

    def _oss(self, path: str, body: bytes) -> None:
        if self._failed(f"oss-{self.command}", path):
            return
        _, bucket, key = path.split("/", 2)
        sent = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "authorization")}
        claimed, right = self.headers["authorization"], sign_oss(self.api, self.command, bucket, key, sent)
        if claimed != right:
            self.api.refused.append(f"{claimed} != {right}")
            self._answer(403, b"<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>")
        elif self.command == "PUT":
            md5 = base64.b64encode(hashlib.md5(body).digest()).decode()
            if self.headers.get("content-md5") == md5:
                self.api.objects[path] = body
            self._answer(200 if self.headers.get("content-md5") == md5 else 400, b"")
        elif (secret := self.api.secrets.get(f"oss:/{path}")) is not None:
            self._answer(200, secret.encode())
        elif path in self.api.objects:
            self._answer(200, self.api.objects[path])
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code><Message>The key is not there.</Message></Error>")


def sign_oss(api: VendorApi, method: str, bucket: str, key: str, headers: dict[str, str]) -> str:
    """The authorization header that oss2 gives the same request at the time that `headers` say."""
    lower = {name.lower(): value for name, value in headers.items()}
    request = Request(method, f"{api.url}/{bucket}/{key}", headers=lower, region=api.region, product="oss")
    provider = StaticCredentialsProvider(api.key_id, api.expected_key or api.key, api.token)
    moment = datetime.strptime(lower["x-oss-date"], "%Y%m%dT%H%M%SZ")
    kept, oss2.auth.datetime = oss2.auth.datetime, SimpleNamespace(utcnow=lambda: moment)
    try:
        oss2.auth.ProviderAuthV4(provider)._sign_request(request, bucket, key)
    finally:
        oss2.auth.datetime = kept
    return str(request.headers["authorization"])
