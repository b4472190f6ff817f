"""OSS by name of bucket: plain HTTP with its own signature (OSS4-HMAC-SHA256), as the vendor documents it."""

import datetime
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from dicom_cdk.account.credentials import Credentials
from dicom_cdk.account.errors import AskError, kind_of, nonsense

ALGORITHM = "OSS4-HMAC-SHA256"
Json = Mapping[str, Any]
Clock = Callable[[], datetime.datetime]


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def bucket_info(
    credentials: Credentials, region: str, bucket: str, at: str = "", timeout: float = 15, clock: Clock = now
) -> Json:
    """Location and name of a bucket that is ours.

    Raises AskError: NoSuchBucket where the name is free, AccessDenied where it is not ours.
    """
    import requests

    host = f"{bucket}.oss-{region}.aliyuncs.com"
    headers = signed(credentials, region, bucket, clock())
    try:
        answer = requests.get(
            f"{at or f'https://{host}'}/?bucketInfo",
            headers={**headers, "Host": host},
            timeout=timeout,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise AskError(type(error).__name__, credentials.masked(str(error))[:200], "unreachable") from None
    text = answer.text
    if answer.ok and "<BucketInfo>" in text:
        return {"Location": _element(text, "Location"), "Name": _element(text, "Name")}
    code = _element(text, "Code")
    if not code:
        raise nonsense("GetBucketInfo", f"status {answer.status_code} that is no answer of OSS")
    raise AskError(code, credentials.masked(_element(text, "Message"))[:200], kind_of(code))


def signed(credentials: Credentials, region: str, bucket: str, moment: datetime.datetime) -> dict[str, str]:
    """The headers of `GET /?bucketInfo`."""
    date = moment.strftime("%Y%m%dT%H%M%SZ")
    scope = f"{date[:8]}/{region}/oss/aliyun_v4_request"
    headers = {"x-oss-content-sha256": "UNSIGNED-PAYLOAD", "x-oss-date": date}
    if credentials.token:
        headers["x-oss-security-token"] = credentials.token
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = f"GET\n{quote(f'/{bucket}/')}\nbucketInfo\n{lines}\n\nUNSIGNED-PAYLOAD"
    text = f"{ALGORITHM}\n{date}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"aliyun_v4{credentials.secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return {**headers, "Authorization": f"{ALGORITHM} Credential={credentials.key_id}/{scope}, Signature={signature}"}


def _element(text: str, name: str) -> str:
    found = re.search(rf"<{name}>([^<]*)</{name}>", text)
    return found[1].strip() if found else ""
