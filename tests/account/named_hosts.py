"""OSS and SLS of the stand-in: told by host name, judged by signers that are not ours (oss2's; SLS's rules written out again)."""

import base64
import hashlib
import hmac
import json
import re
import warnings
from collections.abc import Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any

with warnings.catch_warnings():
    # Their sources hold invalid escapes, which Python reports when it compiles them.
    warnings.simplefilter("ignore")
    import oss2.auth  # type: ignore[import-untyped]
    from oss2.credentials import StaticCredentialsProvider  # type: ignore[import-untyped]
    from oss2.http import Request  # type: ignore[import-untyped]

_OSS = re.compile(r"(?P<name>[a-z0-9-]+)\.oss-(?P<region>[a-z0-9-]+)\.aliyuncs\.com")
_SLS = re.compile(r"(?P<name>[a-z0-9-]+)\.(?P<region>[a-z0-9-]+)\.log\.aliyuncs\.com")


def service_of(host: str) -> str:
    """OSS, SLS or ""."""
    return "OSS" if _OSS.fullmatch(host) else "SLS" if _SLS.fullmatch(host) else ""


def judged(service: str, path: str, headers: Mapping[str, str], keys: Mapping[str, str]) -> tuple[str, str, bool]:
    """Action, name, whether the signature is right."""
    lower = {name.lower(): value for name, value in headers.items()}
    key_id, secret = keys.values()
    found = (_OSS if service == "OSS" else _SLS).fullmatch(lower["host"])
    assert found
    if service == "OSS":
        right = path == "/?bucketInfo" and lower["authorization"] == _oss(
            found["name"], found["region"], lower, key_id, secret
        )
        return "GetBucketInfo", found["name"], right
    return "GetProject", found["name"], path == "/" and lower["authorization"] == _sls(lower, key_id, secret)


def _oss(bucket: str, region: str, headers: Mapping[str, str], key_id: str, secret: str) -> str:
    sent = {name: value for name, value in headers.items() if name.startswith("x-oss-")}
    request = Request("GET", "http://oss/", params={"bucketInfo": ""}, headers=sent, region=region, product="oss")
    provider = StaticCredentialsProvider(key_id, secret, headers.get("x-oss-security-token"))
    moment = datetime.strptime(headers["x-oss-date"], "%Y%m%dT%H%M%SZ")
    kept, oss2.auth.datetime = oss2.auth.datetime, SimpleNamespace(utcnow=lambda: moment)
    try:
        oss2.auth.ProviderAuthV4(provider)._sign_request(request, bucket, "")
    finally:
        oss2.auth.datetime = kept
    return str(request.headers["authorization"])


def _sls(headers: Mapping[str, str], key_id: str, secret: str) -> str:
    """Method, MD5, type, date, the service's own headers in order, resource: a line each."""
    own = sorted((name, value) for name, value in headers.items() if re.match("x-(log|acs)-", name))
    lines = ["GET", headers.get("content-md5", ""), headers.get("content-type", ""), headers["date"]]
    lines += [f"{name}:{value}" for name, value in own] + ["/"]
    digest = hmac.new(secret.encode(), "\n".join(lines).encode(), hashlib.sha1).digest()
    return f"LOG {key_id}:{base64.b64encode(digest).decode()}"


def told(service: str, name: str, answer: Any) -> tuple[int, bytes]:
    """In the service's form. `answer`: an error's status and body, or a body."""
    status, body = answer if isinstance(answer, tuple) else (200, answer)
    if isinstance(body, bytes):
        return status, body
    if service == "SLS":
        error = {"errorCode": body.get("Code"), "errorMessage": body.get("Message")}
        return status, json.dumps(error if status >= 400 else {"projectName": name, **body}).encode()
    if status >= 400:
        return status, f"<Error><Code>{body['Code']}</Code><Message>{body['Message']}</Message></Error>".encode()
    location = body.get("Location", "oss-cn-shanghai")
    return (
        status,
        f"<BucketInfo><Bucket><Location>{location}</Location><Name>{name}</Name></Bucket></BucketInfo>".encode(),
    )
