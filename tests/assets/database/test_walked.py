"""Step `walked` and the look before it: what the old archive found and gave is asked of the new one, and a store."""

import json
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pydicom
import pytest

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.host_bundle import host_bundle
from dicom_cdk.rehearsal.clients.dicom_objects import as_file, image
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost

pytestmark = pytest.mark.server

ASKED = "var/local/dicom/wildfly.before/asked-5.25.2-5.33.1.json"
MAY_GO = "var/local/dicom/wildfly.before/may-go"
AET = "/dcm4chee-arc/aets/DCM4CHEE/"


@dataclass
class Archive:
    """An archive over HTTP. `objects` by SOP instance UID; `counted`: what it says of its studies; `refuses`: status of stores."""

    url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    counted: int | None = None
    refuses: int = 200

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, bytes]:
        asked = urlsplit(target)
        if asked.path == f"{AET}rs/studies/count":
            return 200, json.dumps({"count": len(self.objects) if self.counted is None else self.counted}).encode()
        if asked.path == f"{AET}rs/instances":
            return (
                (200, json.dumps([self._row(one) for one in self.objects.values()]).encode())
                if self.objects
                else (204, b"")
            )
        if asked.path == f"{AET}wado":
            found = self.objects.get(parse_qs(asked.query)["objectUID"][0])
            return (200, found) if found else (404, b"none")
        if (method, asked.path) == ("POST", f"{AET}rs/studies"):
            content = body.partition(b"\r\n\r\n")[2].rpartition(b"\r\n--")[0]
            self.objects[str(pydicom.dcmread(BytesIO(content)).SOPInstanceUID)] = content
            return self.refuses, b"{}"
        return 404, b""

    def _row(self, content: bytes) -> dict[str, Any]:
        one = pydicom.dcmread(BytesIO(content), stop_before_pixels=True)
        uids = {"0020000D": one.StudyInstanceUID, "0020000E": one.SeriesInstanceUID, "00080018": one.SOPInstanceUID}
        return {tag: {"vr": "UI", "Value": [uid]} for tag, uid in uids.items()}


@pytest.fixture
def archive() -> Iterator[Archive]:
    running = Archive()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply()

        def do_POST(self) -> None:
            self._reply()

        def _reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, content = running.answer(self.command, self.path, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield running
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def host(tmp_path: Path, archive: Archive) -> ScratchHost:
    made = ScratchHost(
        tmp_path / "root", {"DICOM_ARCHIVE_URL": archive.url, "DICOM_PAUSE": "0.02", "DICOM_SECONDS": "1"}
    )
    made.install(host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat"))
    made.install(Bundle.from_assets("database"))
    values = {"upgrade_from": "5.25.2", "upgrade_to": "5.33.1", "ae_title": "DCM4CHEE"}
    made.put("/opt/dicom/database/values.json", json.dumps(values))
    for _ in range(2):
        one = image("OLD")
        archive.objects[str(one.SOPInstanceUID)] = as_file(one)
    return made


def walked(host: ScratchHost) -> "subprocess.CompletedProcess[str]":
    return host.script("walked.sh", room="database")


@pytest.fixture
def looked(host: ScratchHost) -> ScratchHost:
    """A host whose old archive was asked before the walk."""
    script = host.root / "opt/dicom/database/current/asked.py"
    done = host.run("python3", str(script), str(host.root / ASKED), "DCM4CHEE")
    assert done.stdout == "the archive finds 2 studies and gives 2 images that were asked for\n", done.stderr
    return host


def test_what_was_found_before_is_found_and_given_after_and_a_store_comes_back(
    looked: ScratchHost, archive: Archive
) -> None:
    done = walked(looked)
    assert done.returncode == 0, done.stderr
    assert "2 studies are found, 2 were before; all 2 images of before are given" in done.stdout
    assert "an image of nobody was stored and is given back unchanged" in done.stdout
    assert (looked.root / MAY_GO).read_text() == "5.33.1\n"
    (stored,) = [
        one for uid, one in archive.objects.items() if uid.startswith("2.25.131389442496258928818341378374686955853")
    ]
    data = pydicom.dcmread(BytesIO(stored))
    assert (data.PatientID, data.Rows, data.pixel_array[7, 7]) == ("DICOM-CDK-WALK", 8, 0x7F7E)
    assert walked(looked).returncode == 0
    assert len(archive.objects) == 3, "always the same image"


def test_images_that_were_named_to_it_are_asked_for_first_and_once(host: ScratchHost, archive: Archive) -> None:
    named = [pydicom.dcmread(BytesIO(content)) for content in archive.objects.values()][-1]
    uids = [str(named.StudyInstanceUID), str(named.SeriesInstanceUID), str(named.SOPInstanceUID)]
    only = host.put("/only", " ".join(uids) + "\n")
    script = host.root / "opt/dicom/database/current/asked.py"
    done = host.run("python3", str(script), str(host.root / ASKED), "DCM4CHEE", str(only))
    assert done.returncode == 0, done.stderr
    kept = json.loads((host.root / ASKED).read_text())["images"]
    assert (kept[0], len(kept)) == (uids, 2)


def test_a_study_that_is_no_longer_found_keeps_what_is_of_before(looked: ScratchHost, archive: Archive) -> None:
    archive.counted = 1
    done = walked(looked)
    assert done.returncode == 1
    assert "1 studies are found, 2 were found before" in done.stderr
    assert "the archive of 5.33.1 does not answer as that of 5.25.2 did" in done.stderr
    assert not (looked.root / MAY_GO).exists()


def test_an_image_that_is_no_longer_given_is_named(looked: ScratchHost, archive: Archive) -> None:
    uid = next(iter(archive.objects))
    del archive.objects[uid]
    archive.counted = 2
    done = walked(looked)
    assert done.returncode == 1
    assert f"object {uid}: HTTP 404" in done.stderr


def test_a_store_that_is_refused_or_comes_back_changed_is_told(looked: ScratchHost, archive: Archive) -> None:
    archive.refuses = 409
    done = walked(looked)
    assert (done.returncode, "a store was answered with HTTP 409" in done.stderr) == (1, True)
    assert not (looked.root / MAY_GO).exists()


def test_an_archive_that_nobody_could_ask_before_is_looked_at_all_the_same(host: ScratchHost) -> None:
    done = walked(host)
    assert done.returncode == 0, done.stderr
    assert "the archive finds 2 studies; what it found before was not asked, since none ran" in done.stdout


def test_nobody_who_answers_is_said_and_the_answer_of_an_earlier_run_stays(looked: ScratchHost) -> None:
    kept = (looked.root / ASKED).read_text()
    script = looked.root / "opt/dicom/database/current/asked.py"
    done = looked.run(
        "python3",
        str(script),
        str(looked.root / ASKED),
        "DCM4CHEE",
        more={"DICOM_ARCHIVE_URL": "http://127.0.0.1:1"},
    )
    assert done.returncode == 1
    assert "DCM4CHEE/rs/instances?limit=10: " in done.stderr
    assert (looked.root / ASKED).read_text() == kept
