"""The gateway before a real DICOMweb server, used by an independent client; the guide's template fails the same things."""

import contextlib
import http.client
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from operator import methodcaller
from typing import Any

import pydicom
import pytest
from dicomweb_client.api import DICOMwebClient
from pydicom.dataset import Dataset
from requests import HTTPError

from dicom_cdk.payload import gateway_function
from dicom_cdk.payload.gateway_image import PLAIN
from dicom_cdk.rehearsal.clients.dicom_objects import as_file, image
from dicom_cdk.rehearsal.gateway.guide_control import STOCK, TEMPLATE
from dicom_cdk.rehearsal.gateway.nginx import Answer, Nginx, rendered
from dicom_cdk.rehearsal.gateway.orthanc import AE, PLUGIN, PORT, Orthanc
from tests.assets.gateway.conftest import DOMAIN, PREFIX, SITE, needs

pytestmark = pytest.mark.server

OURS, GUIDES = 8080, 8081


@dataclass
class Front:
    """One NGINX before the server."""

    orthanc: Orthanc
    port: int

    def client(self, before: str = "") -> DICOMwebClient:
        return DICOMwebClient(url=f"http://127.0.0.1:{self.port}{before}{AE}/rs")

    def do(self, call: Callable[[DICOMwebClient], Any], before: str = "") -> Any:
        return self.orthanc.inside(lambda: call(self.client(before)))

    def ask(self, method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Answer:
        def call() -> Answer:
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
                connection.request(method, target, body, {"Host": "whatever.example.org", **(headers or {})})
                answer = connection.getresponse()
                return Answer(answer.status, answer.headers, answer.read())

        return self.orthanc.inside(call)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    needs("Orthanc", "nginx", "envsubst", "unshare", "nsenter", "ip")
    if not PLUGIN.exists():
        pytest.skip("orthanc-dicomweb is not installed; run tools/system-programs.sh")
    if os.getuid() != 0:
        pytest.skip("Orthanc needs a network namespace of its own, and that needs root")
    running = Orthanc.start(tmp_path_factory.mktemp("orthanc") / "server")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def ours(server: Orthanc, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    settings = {**SITE, "server_host": "127.0.0.1", "server_port": PORT, "body_limit_mb": 4, "function_path": PREFIX}
    environment = {**gateway_function.environment(**settings), "DICOM_LISTEN": f"127.0.0.1:{OURS}"}
    configuration = rendered(PLAIN.files().text("default.conf.template"), environment)
    nginx = Nginx.start(tmp_path_factory.mktemp("ours") / "x", configuration, None, into=server.into)
    yield Front(server, OURS)
    nginx.stop()


@pytest.fixture(scope="module")
def guides(server: Orthanc, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    environment = {
        "DICOM_CUSTOM_DOMAIN": DOMAIN,
        "DICOM_FUNCTION_PATH": PREFIX,
        "DICOM_SERVER_HOST": "127.0.0.1",
        "DICOM_SERVER_PORT": str(PORT),
        "DICOM_LISTEN": f"127.0.0.1:{GUIDES}",
    }
    configuration = rendered(TEMPLATE, environment)
    nginx = Nginx.start(tmp_path_factory.mktemp("guides") / "x", configuration, None, main=STOCK, into=server.into)
    yield Front(server, GUIDES)
    nginx.stop()


@pytest.fixture(scope="module")
def stored(ours: Front) -> list[Dataset]:
    """Two small images and one above NGINX's own default limit of 1 MiB, stored through the gateway."""
    images = [image("583295"), image("583296"), image("583297", rows=1024)]
    for one in images:
        answer = ours.do(methodcaller("store_instances", [one]))
        assert answer.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == one.SOPInstanceUID
    return images


def test_a_filtered_query_gives_one_patient_only(ours: Front, stored: list[Dataset]) -> None:
    found = ours.do(lambda client: client.search_for_studies(search_filters={"PatientID": "583296"}))
    assert [study["0020000D"]["Value"] for study in found] == [[stored[1].StudyInstanceUID]]
    assert len(ours.do(lambda client: client.search_for_studies())) == len(stored)
    assert len(ours.do(lambda client: client.search_for_studies(limit=1))) == 1


def test_the_guides_template_gives_every_patient_for_the_same_query(guides: Front, stored: list[Dataset]) -> None:
    found = guides.do(lambda client: client.search_for_studies(search_filters={"PatientID": "583296"}))
    assert len(found) == len(stored)


def test_under_the_function_path_the_same_query_gives_the_same(ours: Front, stored: list[Dataset]) -> None:
    for before in (f"/{PREFIX}", "/", f"/{PREFIX}/"):
        found = ours.do(lambda client: client.search_for_studies(search_filters={"PatientID": "583295"}), before)
        assert [study["0020000D"]["Value"] for study in found] == [[stored[0].StudyInstanceUID]]


def test_what_was_stored_comes_back_as_it_was(ours: Front, stored: list[Dataset]) -> None:
    for one in stored:
        uids = (one.StudyInstanceUID, one.SeriesInstanceUID, one.SOPInstanceUID)
        back = ours.do(methodcaller("retrieve_instance", *uids))
        assert back.PixelData == one.PixelData
        assert back.PatientName == one.PatientName
        pixels = ("application/octet-stream",)
        frames = ours.do(methodcaller("retrieve_instance_frames", *uids, [1], media_types=pixels))
        assert frames == [one.PixelData]
    metadata = ours.do(lambda client: client.retrieve_study_metadata(stored[0].StudyInstanceUID))
    assert metadata[0]["00100020"]["Value"] == ["583295"]


def test_wado_uri_gives_the_file(ours: Front, guides: Front, stored: list[Dataset]) -> None:
    one = stored[0]
    query = f"studyUID={one.StudyInstanceUID}&seriesUID={one.SeriesInstanceUID}&objectUID={one.SOPInstanceUID}"
    target = f"{AE}/wado?requestType=WADO&contentType=application/dicom&{query}"
    answer = ours.ask("GET", target)
    assert answer.status == 200
    back = pydicom.dcmread(BytesIO(answer.body))
    assert back.SOPInstanceUID == one.SOPInstanceUID
    assert guides.ask("GET", target).status == 403


def test_retrieve_urls_name_the_public_domain(ours: Front, guides: Front, stored: list[Dataset]) -> None:
    def host_of(front: Front, target: str) -> str:
        found = json.loads(front.ask("GET", target, {"Accept": "application/dicom+json"}).body)
        url: str = found[0]["00081190"]["Value"][0]
        return url.split("/")[2]

    assert stored
    assert host_of(ours, f"{AE}/rs/studies") == DOMAIN
    assert host_of(ours, f"/{PREFIX}{AE}/rs/studies") == DOMAIN
    assert host_of(guides, f"/{PREFIX}{AE}/rs/studies") == "dicom_server"


def test_a_study_above_the_limit_is_refused_and_the_guides_limit_is_one_mebibyte(ours: Front, guides: Front) -> None:
    with pytest.raises(HTTPError, match="413"):
        ours.do(lambda client: client.store_instances([image("1", rows=2048)]))
    with pytest.raises(HTTPError, match="413"):
        guides.do(lambda client: client.store_instances([image("2", rows=1024)]))


def test_the_guides_hand_made_upload_works(ours: Front) -> None:
    one = image("583298")
    body = b"\r\n--myboundary\r\nContent-Type: application/dicom\r\n\r\n" + as_file(one) + b"\r\n--myboundary--"
    kind = 'multipart/related; type="application/dicom"; boundary=myboundary'
    assert ours.ask("POST", f"{AE}/rs/studies", {"Content-Type": kind}, body).status == 200
    found = ours.do(lambda client: client.search_for_studies(search_filters={"PatientID": "583298"}))
    assert len(found) == 1
