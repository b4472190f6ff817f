"""Makes the calls: signed by the vendor's client, again where it is throttled, each question once."""

import re
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, Protocol

from dicom_cdk.account import log_service, object_storage
from dicom_cdk.account.calls import Call
from dicom_cdk.account.credentials import Credentials
from dicom_cdk.account.errors import UNREACHABLE, AskError, kind_of, nonsense

Json = Mapping[str, Any]
Send = Callable[[Call, Mapping[str, str]], Json]
"""One call, once, by the network."""
PAUSES = (1.0, 3.0)
"""Seconds before a throttled call is made again."""


class Ask(Protocol):
    """Asks: a call and its parameters → the answer's body. Raises AskError."""

    def __call__(self, call: Call, **parameters: str) -> Json: ...


class Asker:
    """An `Ask` for threads: the same question is sent once, whoever asks first; throttled calls are made again."""

    def __init__(self, send: Send, pauses: tuple[float, ...] = PAUSES) -> None:
        self._send, self._pauses = send, pauses
        self._answers: dict[tuple[Call, tuple[tuple[str, str], ...]], Future[Json]] = {}
        self._lock = threading.Lock()

    def __call__(self, call: Call, **parameters: str) -> Json:
        """Raises AskError."""
        key = (call, tuple(sorted(parameters.items())))
        with self._lock:
            first = key not in self._answers
            answer = self._answers.setdefault(key, Future())
        if first:
            try:
                answer.set_result(self._patient(call, parameters))
            except BaseException as error:
                answer.set_exception(error)
        return answer.result()

    def _patient(self, call: Call, parameters: Mapping[str, str]) -> Json:
        for pause in self._pauses:
            try:
                return self._send(call, parameters)
            except AskError as error:
                if error.kind != "throttled":
                    raise
            time.sleep(pause)
        return self._send(call, parameters)


def by_network(credentials: Credentials, region: str) -> Ask:
    """Asks the vendor itself. Raises ModuleNotFoundError where its client is not installed."""
    return Asker(sender(credentials, region))


def sender(credentials: Credentials, region: str, at: str = "", timeout: float = 15) -> Send:
    """Sends with the vendor's client. `at`: URL that answers for every host. Raises ModuleNotFoundError."""
    from alibabacloud_tea_openapi import models
    from alibabacloud_tea_openapi.client import Client
    from darabonba.runtime import RuntimeOptions

    protocol, _, place = at.partition("://") if at else ("https", "", "")
    limit = int(timeout * 1000)

    def send(call: Call, parameters: Mapping[str, str]) -> Json:
        if call.service.style == "OSS":
            return object_storage.bucket_info(credentials, region, parameters["bucket"], at, timeout)
        if call.service.style == "SLS":
            return log_service.project(credentials, region, parameters["project"], at, timeout)
        client = Client(
            models.Config(
                access_key_id=credentials.key_id, access_key_secret=credentials.secret, security_token=credentials.token or None,
                endpoint=place or call.service.address(region), protocol=protocol,
            )
        )  # fmt: skip
        roa = call.service.style == "ROA"
        params = models.Params(
            action=call.action, version=call.service.version, protocol=protocol.upper(), method="GET" if roa else "POST",
            auth_type="AK", style=call.service.style, pathname=call.path.format(**parameters),
            req_body_type="formData" if call.in_body else "json", body_type="json",
        )  # fmt: skip
        form = {name: value for name, value in parameters.items() if name in call.in_body}
        query = {
            name: value for name, value in parameters.items() if name not in form and f"{{{name}}}" not in call.path
        }
        try:
            answer = client.call_api(
                params,
                models.OpenApiRequest(query=query, body=form or None),
                RuntimeOptions(autoretry=False, max_attempts=1, connect_timeout=limit, read_timeout=limit),
            )
        except Exception as error:
            raise _told(error, credentials, call.action) from None
        body = answer.get("body") if isinstance(answer, dict) else None
        if not isinstance(body, dict):
            raise nonsense(call.action, "something that is no JSON object")
        _refused(call, body, credentials)
        return body

    return send


def _refused(call: Call, body: Json, credentials: Credentials) -> None:
    """Raises AskError for what comes with status 200 and is no answer."""
    if call.service.style == "RPC" and "RequestId" not in body:
        raise nonsense(call.action, "a JSON object without RequestId")
    if str(body.get("Success", body.get("IsSuccess", True))).lower() == "false":
        code = str(body.get("Code") or body.get("ErrorCode") or "Unsuccessful")
        raise AskError(code, credentials.masked(str(body.get("Message") or ""))[:200], kind_of(code))


def _told(error: Exception, credentials: Credentials, action: str) -> AskError:
    error = getattr(error, "inner_exception", None) or error
    code = str(getattr(error, "code", None) or type(error).__name__)
    message = credentials.masked(_plain(str(getattr(error, "message", None) or error)))[:200]
    if not getattr(error, "status_code", None):
        if isinstance(error, ValueError | AttributeError | TypeError) or "parse the value as json" in str(error):
            return nonsense(action, "something that is no JSON")
        kind = "unreachable" if UNREACHABLE.search(f"{code} {message}") else kind_of(code)
        return AskError(code, message, kind)
    if code == "None":
        return nonsense(action, f"status {getattr(error, 'status_code', '')} without a code")
    return AskError(code, message, kind_of(code))


def _plain(message: str) -> str:
    """Without what the vendor's client puts around it: the status, and the request's id, which is another one each time."""
    return re.sub(r"^code: \d+, | request id: \S*$", "", " ".join(message.split()))
