"""A DICOMweb address as clients use it (DICOM PS3.18): what they store, search and get, and what must be refused.

Over 200 lines: one client, a method for each way that DICOMweb has.
"""

import http.client
import json
import socket
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pydicom
from dicomweb_client.api import DICOMwebClient
from pydicom.dataset import Dataset

from dicom_cdk.rehearsal.checks import expect
from dicom_cdk.rehearsal.clients.dicom_objects import as_file, image, padded_to
from dicom_cdk.rehearsal.gateway.nginx import Answer, read_answer
from dicom_cdk.rehearsal.machines.network import Network

MIB = 1 << 20
BOUNDARY = "rehearsal"
JSON = {"Accept": "application/dicom+json"}
KIND = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'


@dataclass(frozen=True)
class Front:
    """One address, asked from the machine `machine`; `path` ends with the AE title."""

    network: Network
    address: str
    port: int
    path: str
    function: Mapping[str, str]
    machine: str = "client"
    credential: Mapping[str, str] = field(default_factory=dict)
    """Headers that every request has."""

    @property
    def host(self) -> str:
        """What programs call it: where people log in by the domain, that is another name."""
        by_login = self.function.get("DICOM_LOGIN_ISSUER", "")
        named = self.function["DICOM_SIGNED_DOMAIN" if by_login else "DICOM_CUSTOM_DOMAIN"]
        return named or f"rehearsed.{self.function['DICOM_REGION']}.fcapp.run"

    def client(self, base: str = "/rs") -> DICOMwebClient:
        made = DICOMwebClient(url=f"http://{self.address}:{self.port}{self.path}{base}", headers={"Host": self.host})
        # It would send the URL's own, whatever its headers say.
        made.host = self.host
        return made

    def do(self, call: Any) -> Any:
        """`call` with an independent client."""
        return self.network.inside(self.machine, lambda: call(self.client()))

    def ask(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: Any = None) -> Answer:
        """One request, the target exactly as given; an iterable body goes chunked."""

        def call() -> Answer:
            with closing(http.client.HTTPConnection(self.address, self.port, timeout=60)) as connection:
                connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
                sent = {"Host": self.host, **self.credential, **(headers or {})}
                chunked = body is not None and not isinstance(body, bytes)
                sent |= {"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": str(len(body or b""))}
                for name, value in sent.items():
                    connection.putheader(name, value)
                # Refused before all was sent, perhaps: the answer is there to be read.
                with suppress(BrokenPipeError, ConnectionResetError):
                    connection.endheaders(body, encode_chunked=chunked)
                answer = connection.getresponse()
                return Answer(answer.status, answer.headers, answer.read())

        return self.network.inside(self.machine, call)

    def raw(self, sent: bytes) -> Answer:
        """The answer to exactly these bytes."""

        def call() -> Answer:
            with socket.create_connection((self.address, self.port), timeout=20) as connection:
                connection.sendall(sent)
                return read_answer(connection)

        return self.network.inside(self.machine, call)


class Ways:
    """What clients do with it; keeps what was stored."""

    def __init__(self, front: Front, function: Mapping[str, str]) -> None:
        self._front = front
        self._limit = int(function["DICOM_BODY_LIMIT_MB"]) * MIB
        self._stored: list[Dataset] = []

    def store_up_to_the_limit(self) -> str:
        """Small ones, one above NGINX's own default, and a request of exactly the limit."""
        self._stored = [image("REHEARSED-1"), image("REHEARSED-2"), image("REHEARSED-3", rows=1024)]
        for one in self._stored:
            answer = self._front.do(lambda client, one=one: client.store_instances([one]))
            named = answer.ReferencedSOPSequence[0].ReferencedSOPInstanceUID
            expect(named == one.SOPInstanceUID, f"STOW answered for {named}")
        largest = image("REHEARSED-LIMIT")
        body = padded_to(self._limit, multipart, largest)
        answer = self._front.ask("POST", f"{self._front.path}/rs/studies", {"Content-Type": KIND}, body)
        expect(answer.status == 200, f"a body of exactly {len(body)} bytes got {answer.status}")
        self._stored.append(largest)
        return f"{self._limit // MIB} MiB"

    def refused_above_the_limit(self) -> None:
        target, head = f"{self._front.path}/rs/studies", {"Content-Type": KIND}
        block = bytes(MIB)
        for body in (bytes(self._limit + 1), (block for _ in range(self._limit // MIB + 1))):
            answer = self._front.ask("POST", target, head, body)
            kind = "bytes" if isinstance(body, bytes) else "chunks"
            expect(answer.status == 413, f"one byte too many in {kind} got {answer.status}")
            expect(b"C-STORE" in answer.body, f"the refusal says {answer.body[:200]!r}")

    def search(self, filters: Mapping[str, str] | None = None, **more: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._front.do(
            lambda client: client.search_for_studies(search_filters=dict(filters or {}), **more)
        )
        return found

    def filters(self) -> None:
        wanted: Dataset = self._stored[1]
        for filters in ({"PatientID": wanted.PatientID}, {"StudyInstanceUID": wanted.StudyInstanceUID}):
            found = [study["0020000D"]["Value"] for study in self.search(filters)]
            expect(found == [[wanted.StudyInstanceUID]], f"{filters} finds {found}")
        # By hand: clients write * as %2A, which Orthanc does not understand, also when it is asked directly.
        answer = self._front.ask("GET", f"{self._front.path}/rs/studies?PatientName=DOE*", JSON)
        found = [study["0020000D"]["Value"] for study in json.loads(answer.body)]
        expect(len(found) == len(self._stored), f"a wild card finds {len(found)} of {len(self._stored)}")
        expect(len(self.search()) == len(self._stored), "without a filter not all are found")
        expect(len(self.search(limit=1)) == 1, "limit is lost")
        rest = self.search(limit=10, offset=1)
        expect(len(rest) == len(self._stored) - 1, f"offset 1 gives {len(rest)}")

    def as_clients_write_it(self) -> str:
        """Targets that real clients send: a base with a slash at its end, the guide's //, a slash behind, encoded commas."""
        one: Dataset = self._stored[0]
        instance = "/studies/{}/series/{}/instances/{}".format(*_uids(one))
        found = self._front.do(
            lambda _: self._front.client("/rs/").search_for_series(
                search_filters={"StudyInstanceUID": one.StudyInstanceUID}
            )
        )
        expect(len(found) == 1, f"a client whose base address ends with a slash finds {len(found)} series")
        octets = {"Accept": 'multipart/related; type="application/octet-stream"'}
        targets = (
            (f"/{self._front.path}/rs/studies?limit=1", JSON),
            (f"{self._front.path}//rs/studies/?limit=1", JSON),
            (f"{self._front.path}/rs/{instance}/metadata/", JSON),
            (f"{self._front.path}/rs{instance}/frames/1%2C1", octets),
        )
        for target, accept in targets:
            answer = self._front.ask("GET", target, accept)
            expect(answer.status == 200, f"{target} got {answer.status}")
        body = multipart(as_file(one))
        answer = self._front.ask("POST", f"{self._front.path}/rs/studies/", {"Content-Type": KIND}, body)
        expect(answer.status == 200, f"a STOW with a slash at the end got {answer.status}")
        return f"{len(targets) + 2} forms"

    def retrieves(self) -> None:
        one: Dataset = self._stored[2]
        uids = _uids(one)
        metadata = self._front.do(lambda client: client.retrieve_study_metadata(one.StudyInstanceUID))
        expect(metadata[0]["00100020"]["Value"] == [one.PatientID], "metadata name another patient")
        back = self._front.do(lambda client: client.retrieve_instance(*uids))
        expect(back.PixelData == one.PixelData, "the instance's pixels differ")
        kinds = ("application/octet-stream",)
        frames = self._front.do(lambda client: client.retrieve_instance_frames(*uids, [1], media_types=kinds))
        expect(frames == [one.PixelData], "the frame differs")
        file = pydicom.dcmread(BytesIO(self.file(one)))
        expect(file.PixelData == one.PixelData, "WADO-URI gives other pixels")

    def file(self, one: Dataset) -> bytes:
        """The instance by WADO-URI, as stored."""
        study, series, instance = _uids(one)
        query = f"studyUID={study}&seriesUID={series}&objectUID={instance}"
        target = f"{self._front.path}/wado?requestType=WADO&contentType=application/dicom&{query}"
        answer = self._front.ask("GET", target)
        expect(answer.status == 200, f"WADO-URI got {answer.status}")
        return answer.body

    def public_name(self) -> None:
        planted = {"X-Forwarded-Host": "evil.example.org", "Forwarded": "host=evil.example.org"}
        url = retrieve_url(self._front, planted)
        expect(url.split("/")[2] == self._front.host, f"RetrieveURL is {url}")

    def fail_on(self, guide: Front) -> None:
        """The same on the guide's gateway: every difference must show, or these checks prove nothing."""
        found = guide.do(lambda client: client.search_for_studies(search_filters={"PatientID": "REHEARSED-1"}))
        expect(len(found) > 1, "the guide's template kept the filter")
        answer = guide.ask("POST", f"{guide.path}/rs/studies", {"Content-Type": KIND}, bytes(MIB + 1))
        expect(answer.status == 413, f"the guide's template took more than 1 MiB: {answer.status}")
        expect(guide.ask("GET", f"{guide.path}/wado?requestType=WADO").status == 403, "it offered WADO-URI")
        answer = guide.ask("DELETE", f"{guide.path}/rs/studies/1.2")
        expect(b"nginx" not in answer.body, "the guide's template refused DELETE itself")
        url = retrieve_url(guide, {"X-Forwarded-Host": "evil.example.org"})
        expect(guide.host not in url, f"its RetrieveURL is right: {url}")


def multipart(file: bytes) -> bytes:
    """A STOW-RS body of one DICOM file."""
    head = f"--{BOUNDARY}\r\nContent-Type:application/dicom\r\n\r\n".encode()
    return head + file + f"\r\n--{BOUNDARY}--".encode()


def retrieve_url(front: Front, headers: Mapping[str, str]) -> str:
    """RetrieveURL of the first study found."""
    answer = front.ask("GET", f"{front.path}/rs/studies", {**JSON, **headers})
    expect(answer.status == 200, f"QIDO got {answer.status}")
    url: str = json.loads(answer.body)[0]["00081190"]["Value"][0]
    return url


def _uids(one: Dataset) -> tuple[str, str, str]:
    return one.StudyInstanceUID, one.SeriesInstanceUID, one.SOPInstanceUID
