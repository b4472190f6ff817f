"""HTTP as a DICOMweb client speaks it, with every way that it can go wrong said in words."""

import email
import email.policy
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests
from requests.auth import AuthBase

from dicom_cdk.rehearsal.checks import Expected, expect
from dicom_cdk.smoke.signing import Anonymous

LARGEST = 64 * 1024 * 1024
"""Bytes of one answer; twice what Function Compute lets through."""
JSON = "application/dicom+json"
BOUNDARY_GIVEN = re.compile(r';\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)+)"|([^\s;"]+))', re.IGNORECASE)
BOUNDARY = "dicom-cdk-smoke"


@dataclass(frozen=True)
class Answer:
    """Status, headers and whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        return self.headers.get("Content-Type", "nothing").partition(";")[0].strip().lower()

    def json(self, *also: int) -> list[dict[str, Any]]:
        """A list of data sets as DICOM JSON (PS3.18 annex F); 204 is none. `also`: statuses beside 200. Raises Expected."""
        if self.status == 204:
            return []
        self.must(200, *also)
        try:
            found = json.loads(self.body)
        except ValueError:
            raise Expected(f"answered {self.kind} instead of DICOM JSON: {self._begin()}") from None
        found = [found] if isinstance(found, dict) else found
        expect(
            isinstance(found, list) and all(isinstance(one, dict) for one in found),
            f"answered JSON that is no list of data sets: {self._begin()}",
        )
        return list(found)

    def parts(self) -> list[bytes]:
        """Bodies of multipart/related (PS3.18 8.7). Raises Expected."""
        self.must(200)
        expect(
            self.kind.startswith("multipart/"), f"answered {self.kind} instead of multipart/related: {self._begin()}"
        )
        head = f'Content-Type: {self.kind}; boundary="{self._boundary()}"\r\n\r\n'.encode()
        message = email.message_from_bytes(head + self.body, policy=email.policy.HTTP)
        expect(message.is_multipart(), f"answered {self.kind} instead of multipart/related: {self._begin()}")
        found = [part.get_payload(decode=True) for part in message.iter_parts()]
        return [part for part in found if isinstance(part, bytes)]

    def _boundary(self) -> str:
        """Also where a server writes it without the quotes that a `=` in it needs (RFC 2045 5.1)."""
        found = BOUNDARY_GIVEN.search(self.headers.get("Content-Type", ""))
        expect(found is not None, f"answered {self.kind} without a boundary: {self._begin()}")
        return next(filter(None, found.groups()), "") if found else ""

    def must(self, *statuses: int) -> None:
        """Raises Expected for another status."""
        allowed = " or ".join(map(str, statuses))
        to = f", which leads to {self.headers['Location']}" if "Location" in self.headers else ""
        expect(self.status in statuses, f"answered {self.status}{to}, allowed is {allowed}: {self._begin()}")

    def _begin(self) -> str:
        return repr(self.body[:120].decode(errors="replace"))


class Client:
    """One service, one way in."""

    def __init__(self, way: AuthBase, *, timeout: float, verify: str | bool = True) -> None:
        self._way, self._timeout = way, timeout
        self._session = requests.Session()
        # The user's proxy and .netrc must not change what is tested.
        self._session.trust_env = False
        self._session.verify = verify

    def ask(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str] | None = None,
        accept: str = JSON,
        body: bytes | None = None,
        kind: str = "",
        way: AuthBase | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request, with `headers` too; never follows a redirect. Raises Expected with what to do where there is no answer."""
        sent = {"Accept": accept, **({"Content-Type": kind} if kind else {}), **(headers or {})}
        try:
            with self._session.request(
                method, url, params=urlencode(query or {}, safe="/"), headers=sent, data=body, auth=way or self._way,
                timeout=self._timeout, allow_redirects=False, stream=True,
            ) as answer:  # fmt: skip
                return Answer(answer.status_code, answer.headers, self._read(answer))
        except requests.exceptions.RequestException as error:
            raise Expected(why_no_answer(error, url, self._timeout)) from None
        except (ValueError, OverflowError) as error:
            raise Expected(f"{url.split('/')[2]}: no request can be made: {_short(str(error))}") from None

    def anonymously(self, method: str, url: str) -> Answer:
        return self.ask(method, url, way=Anonymous())

    def store(self, url: str, file: bytes) -> Answer:
        """STOW-RS of one file (PS3.18 10.5), put together as in the guide's 7.1."""
        body = b"".join(
            (
                f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode(),
                file,
                f"\r\n--{BOUNDARY}--\r\n".encode(),
            )
        )
        return self.ask(
            "POST", url, body=body, kind=f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'
        )

    @staticmethod
    def _read(answer: requests.Response) -> bytes:
        found = bytearray()
        for block in answer.iter_content(65536):
            found += block
            expect(len(found) <= LARGEST, f"answered more than {LARGEST >> 20} MiB to a small question")
        return bytes(found)


def why_no_answer(error: requests.exceptions.RequestException, url: str, timeout: float) -> str:
    """In words, with the host and what to do. `timeout` s."""
    host = url.split("/")[2]
    text = str(error)
    if isinstance(error, requests.exceptions.SSLError):
        why = text.partition("certificate verify failed: ")[2].partition(" (_ssl")[0].partition("')")[0]
        if why:
            return (
                f"{host}: its certificate is not trusted: {why}; install the right one, or name its issuer by --ca FILE"
            )
        return f"{host}: no TLS connection: {_short(text)}; is it https at all, with TLS 1.2 or later?"
    if isinstance(error, requests.exceptions.ConnectTimeout):
        why = "a firewall or security group lets nothing through, or nobody has this address"
        return f"{host}: no connection within {timeout:g} s: {why}"
    if isinstance(error, requests.exceptions.Timeout):
        return (
            f"{host}: no answer within {timeout:g} s; a first call may start an instance: try again, or raise --timeout"
        )
    if isinstance(error, requests.exceptions.ConnectionError):
        if "Temporary failure in name resolution" in text:
            return f"{host}: its address cannot be asked for: no name server answers this machine"
        if "No route to host" in text or "Network is unreachable" in text:
            return f"{host}: no way leads there from this machine: {_short(text)}"
        if "Name or service not known" in text or "name resolution" in text or "No address associated" in text:
            return f"{host}: no such name; is the CNAME record there?"
        if "refused" in text:
            return f"{host}: connection refused; nothing listens there"
        return f"{host}: the connection broke: {_short(text)}"
    return f"{host}: no HTTP answer: {_short(text)}"


def _short(text: str) -> str:
    return " ".join(text.split())[-160:]


def values(dataset: object, tag: str) -> list[object]:
    """Values of one element of a data set in DICOM JSON (PS3.18 annex F); empty where it has none."""
    element = dataset.get(tag) if isinstance(dataset, dict) else None
    found = element.get("Value") if isinstance(element, dict) else None
    return list(found) if isinstance(found, list) else []
