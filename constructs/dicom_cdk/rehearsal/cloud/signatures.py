"""Signed calls of HTTP triggers of Function Compute (ACS3-HMAC-SHA256), made and judged by the vendor's own signer."""

import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from alibabacloud_tea_openapi.utils import Utils

KEY_ID, SECRET = "rehearsed-key-id", "rehearsed-secret"
SIGNED = "ACS3-HMAC-SHA256"
SKEW_SECONDS = 900
"""How old a signature may be."""


def signed_headers(method: str, target: str) -> dict[str, str]:
    """What a program adds to a request at the signed door; the vendor's own signer makes it."""
    date = {"x-acs-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    return {**date, "Authorization": _by_vendor(method, target, date)}


def signed(method: str, target: str, headers: Mapping[str, str]) -> bool:
    """Whether a request is, by that program and not long ago. Names of `headers` in small letters."""
    try:
        date = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except (KeyError, ValueError):
        return False
    fresh = abs((datetime.now(UTC) - date).total_seconds()) <= SKEW_SECONDS
    given = {name: value for name, value in headers.items() if name.startswith("x-acs-")}
    return fresh and headers.get("authorization") == _by_vendor(method, target, given)


def _by_vendor(method: str, target: str, headers: Mapping[str, str]) -> str:
    """The payload's hash is empty in signatures of HTTP triggers."""
    parts = urlsplit(target)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    request = SimpleNamespace(method=method, pathname=parts.path, query=query, headers=dict(headers))
    return str(Utils.get_authorization(request, SIGNED, "", KEY_ID, SECRET))
