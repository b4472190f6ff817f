"""SLS by name of project: plain HTTP with its own signature (LOG, HMAC-SHA1), as the vendor documents it."""

import base64
import datetime
import hashlib
import hmac
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any

from dicom_cdk.account.credentials import Credentials
from dicom_cdk.account.errors import AskError, kind_of, nonsense
from dicom_cdk.account.object_storage import Clock, now

Json = Mapping[str, Any]


def project(
    credentials: Credentials, region: str, name: str, at: str = "", timeout: float = 15, clock: Clock = now
) -> Json:
    """A project that is ours.

    Raises AskError: ProjectNotExist where the name is free, Unauthorized where it is not ours.
    """
    import requests

    host = f"{name}.{region}.log.aliyuncs.com"
    headers = signed(credentials, clock())
    try:
        answer = requests.get(
            f"{at or f'https://{host}'}/", headers={**headers, "Host": host}, timeout=timeout, allow_redirects=False
        )
        body = answer.json()
    except requests.JSONDecodeError:
        raise nonsense("GetProject", "something that is no JSON") from None
    except requests.RequestException as error:
        raise AskError(type(error).__name__, credentials.masked(str(error))[:200], "unreachable") from None
    if not isinstance(body, dict):
        raise nonsense("GetProject", "something that is no JSON object")
    if answer.ok:
        return body
    code = str(body.get("errorCode") or "")
    if not code:
        raise nonsense("GetProject", f"status {answer.status_code} without a code")
    raise AskError(code, credentials.masked(str(body.get("errorMessage") or ""))[:200], kind_of(code))


def signed(credentials: Credentials, moment: datetime.datetime) -> dict[str, str]:
    """The headers of `GET /`."""
    date = format_datetime(moment.astimezone(datetime.UTC), usegmt=True)
    headers = {"x-log-apiversion": "0.6.0", "x-log-bodyrawsize": "0", "x-log-signaturemethod": "hmac-sha1"}
    if credentials.token:
        headers["x-acs-security-token"] = credentials.token
    lines = "\n".join(f"{name}:{headers[name]}" for name in sorted(headers))
    text = f"GET\n\n\n{date}\n{lines}\n/"
    signature = base64.b64encode(hmac.new(credentials.secret.encode(), text.encode(), hashlib.sha1).digest()).decode()
    return {**headers, "Date": date, "Authorization": f"LOG {credentials.key_id}:{signature}"}
