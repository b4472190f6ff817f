"""The guide's own template before the same archive: each fault that ours is tested for must show (facts: images 6.1)."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dicom_cdk.rehearsal.gateway.guide_control import STOCK, TEMPLATE
from dicom_cdk.rehearsal.gateway.nginx import Nginx, rendered
from dicom_cdk.rehearsal.machines.servers import free_port
from tests.assets.gateway.archive import RecordingArchive
from tests.assets.gateway.conftest import DOMAIN, PREFIX, Gateway, needs
from tests.assets.gateway.test_bodies import MIB, head, noise, wait_for

pytestmark = pytest.mark.server

AE = "/dcm4chee-arc/aets/DCM4CHEE"
STOW = f"{AE}/rs/studies"


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    needs("nginx", "envsubst")
    archive, port, folder = RecordingArchive(), free_port(), tmp_path_factory.mktemp("guide")
    environment = {
        "DICOM_CUSTOM_DOMAIN": DOMAIN,
        "DICOM_FUNCTION_PATH": PREFIX,
        "DICOM_SERVER_HOST": "127.0.0.1",
        "DICOM_SERVER_PORT": str(archive.port),
        "DICOM_LISTEN": f"127.0.0.1:{port}",
    }
    gateway = Gateway(Nginx.start(folder, rendered(TEMPLATE, environment), port, main=STOCK), archive)
    yield gateway
    gateway.nginx.stop()
    archive.stop()


def test_it_loses_the_query(guide: Gateway) -> None:
    _, (received,) = guide.forwarded("GET", f"{STOW}?PatientID=583295&limit=1")
    assert received.target == STOW


def test_it_refuses_uploads_above_one_mebibyte_and_wado_uri(guide: Gateway) -> None:
    assert guide.nginx.raw(head(f"Content-Length: {MIB + 1}\r\n"), "POST").status == 413
    assert guide.forwarded("GET", f"{AE}/wado?requestType=WADO&studyUID=1")[0].status == 403


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("DELETE", f"{STOW}/1.2"),
        ("PUT", f"{AE}/rs/patients/1"),
        ("POST", f"{STOW}/1.2/reject/113001%5EDCM"),
        ("GET", f"/foreign{STOW}"),
        ("GET", f"/2016-08-15/proxy/dicomwebXLATEST/do{STOW}"),
        ("GET", f"{STOW}/..;/..;/..;/..;/ctrl/stop"),
        ("GET", f"{STOW}/%252e%252e/x"),
        ("GET", f"{AE}/dimes/REMOTE/studies"),
    ],
)
def test_it_forwards_what_must_be_refused(method: str, target: str, guide: Gateway) -> None:
    answer, received = guide.forwarded(method, target)
    assert (answer.status, len(received)) == (200, 1)


def test_it_forwards_decoded_text_so_that_a_path_becomes_a_query(guide: Gateway) -> None:
    _, (received,) = guide.forwarded("GET", f"{STOW}%3Flimit=1%23")
    assert received.target == f"{STOW}?limit=1#"


def test_it_names_itself_and_passes_signatures_on(guide: Gateway) -> None:
    planted = {"Authorization": "FC key:signature", "X-Forwarded-Host": "evil.example.org", "x-fc-security-token": "x"}
    _, (received,) = guide.forwarded("GET", f"/{PREFIX}{STOW}", headers=planted)
    assert received.header("host") == ["dicom_server"]
    assert all(received.header(name) == [value] for name, value in planted.items())
    assert received.version == "HTTP/1.0"


def test_it_writes_the_patient_into_its_log(guide: Gateway) -> None:
    guide.forwarded("GET", f"{STOW}?PatientID=583295")
    for _ in range(3000):
        if "PatientID=583295" in guide.nginx.log:
            return
        time.sleep(0.02)
    pytest.fail("no such line within a minute")


def test_it_takes_a_whole_body_to_disk_before_the_archive_hears_of_it(guide: Gateway) -> None:
    # Under its limit and above NGINX's buffer: spooled, so the archive sees nothing yet.
    before = guide.archive.heads_begun
    with socket.create_connection(("127.0.0.1", guide.nginx.port), timeout=60) as connection:
        connection.sendall(head("Content-Length: 400000\r\n") + noise(399_999))
        wait_for(connection, lambda: guide.nginx.temporary_files())
        assert guide.archive.heads_begun == before


def test_it_does_not_start_without_a_domain(tmp_path: Path) -> None:
    needs("nginx", "envsubst")
    environment = {
        "DICOM_CUSTOM_DOMAIN": "",
        "DICOM_FUNCTION_PATH": "",
        "DICOM_SERVER_HOST": "127.0.0.1",
        "DICOM_SERVER_PORT": "1",
        "DICOM_LISTEN": "127.0.0.1:1",
    }
    with pytest.raises(AssertionError, match='invalid number of arguments in "upstream" directive'):
        Nginx.start(tmp_path / "guide", rendered(TEMPLATE, environment), free_port(), main=STOCK)
