"""The vendor's read-only APIs on loopback: judges each signature with the vendor's own signer, answers what a test lays down.

Shapes are those of the SDKs' models; all values are our own.
"""

import hashlib
import json
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

with warnings.catch_warnings():
    # Their sources hold invalid escapes, which Python reports when it compiles them.
    warnings.simplefilter("ignore")
    from alibabacloud_tea_openapi.utils import Utils

from dicom_cdk.account.asking import Ask, Asker, sender
from dicom_cdk.account.calls import Call
from dicom_cdk.account.credentials import Credentials
from dicom_cdk.rehearsal.gateway.tls_server import Quiet, serving
from tests.account import named_hosts

KEYS = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "made-up-id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "made-up-secret"}
Parameters = Mapping[str, str]
Json = dict[str, Any]
Answer = Json | tuple[int, Json] | bytes | Callable[[Parameters], Any]
"""A body; a status and a body; bytes that are sent as they are; or what makes one of these of the parameters."""


@dataclass
class Vendor:
    """`answers` by action; `asked` holds every call; `slow` seconds before the answer, by action."""

    answers: dict[str, Answer]
    url: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Signatures that the vendor's signer does not agree with."""
    slow: dict[str, float] = field(default_factory=dict)

    def connect(self, credentials: Credentials, region: str) -> Ask:
        """What the commands take instead of the vendor itself. Waits for a machine that is busy; see `impatient`."""
        return Asker(sender(credentials, region, at=self.url, timeout=60), pauses=(0, 0))

    def impatient(self, of: Call, credentials: Credentials, region: str) -> Ask:
        """The same, but for one call, which has a third of a second."""
        send, quick = (sender(credentials, region, at=self.url, timeout=seconds) for seconds in (60, 0.3))
        return Asker(lambda call, parameters: (quick if call is of else send)(call, parameters), pauses=(0, 0))

    def answer(self, action: str, version: str, given: Parameters) -> Any:
        """By action and version where two services have one action, else by action."""
        answer = self.answers.get(f"{action} {version}", self.answers.get(action))
        if answer is None:
            return error("InvalidAction.NotFound", f"no {action}", 404)
        return answer(given) if callable(answer) else answer

    def forget(self) -> None:
        """As new."""
        self.answers, self.slow = {}, {}
        self.asked.clear()
        self.refused.clear()

    def actions(self) -> list[str]:
        return [action for action, _ in self.asked]


def error(code: str, message: str = "no", status: int = 400) -> tuple[int, Json]:
    return status, {"Code": code, "Message": message, "RequestId": "r-1"}


@contextmanager
def vendor(answers: Mapping[str, Answer]) -> Iterator[Vendor]:
    """One that runs until the block ends."""
    found = Vendor(dict(answers))
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if service := named_hosts.service_of(self.headers.get("Host", "")):
                self._named(service)
                return
            url = urlsplit(self.path)
            query = dict(parse_qsl(url.query, keep_blank_values=True))
            given = {**query, **dict(parse_qsl(body.decode()))}
            headers = {name.lower(): value for name, value in self.headers.items()}
            action = headers.get("x-acs-action", "")
            if action == "GetFunction":
                given["functionName"] = url.path.rpartition("/")[2]
            service = headers.get("x-acs-version", "")
            with lock:
                found.asked.append((action, given))
            if not _signed(self.command, url.path, query, headers, body):
                found.refused.append(action)
                self._answer(error("SignatureDoesNotMatch"))
                return
            time.sleep(found.slow.get(action, 0))
            self._answer(found.answer(action, service, given))

        def _named(self, service: str) -> None:
            action, name, right = named_hosts.judged(service, self.path, dict(self.headers.items()), KEYS)
            with lock:
                found.asked.append((action, {"name": name}))
            if not right:
                found.refused.append(action)
            time.sleep(found.slow.get(action, 0))
            status, data = named_hosts.told(service, name, found.answer(action, "", {"name": name}))
            self._answer((status, data))

        do_GET = do_POST  # noqa: N815

        def _answer(self, answer: Any) -> None:
            status, body = answer if isinstance(answer, tuple) else (200, answer)
            data = body if isinstance(body, bytes) else json.dumps({"RequestId": "r-1", **body}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            try:
                self.wfile.write(data)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with serving(lambda: Quiet(("127.0.0.1", 0), Handler), None) as port:
        found.url = f"http://127.0.0.1:{port}"
        yield found


def _signed(method: str, path: str, query: Parameters, headers: Mapping[str, str], body: bytes) -> bool:
    claimed = headers.get("authorization", "")
    if "SignedHeaders=" not in claimed or "x-acs-version" not in headers:
        return False
    names = claimed.split("SignedHeaders=")[1].split(",")[0].split(";")
    if not {"host", "x-acs-action", "x-acs-date", "x-acs-content-sha256"} <= set(names):
        return False
    request = SimpleNamespace(
        method=method, pathname=path, query=query, headers={name: headers.get(name, "") for name in names}
    )
    payload = hashlib.sha256(body).hexdigest()
    key_id, secret = KEYS.values()
    return bool(claimed == Utils.get_authorization(request, "ACS3-HMAC-SHA256", payload, key_id, secret))
