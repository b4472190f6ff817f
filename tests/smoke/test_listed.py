"""`dicom-cdk smoke --modalities`: the archive asks each listed device, and nobody here is let in under their names."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from pynetdicom import AE

from dicom_cdk.rehearsal.checks import Checks
from dicom_cdk.rehearsal.display import Lines
from dicom_cdk.rehearsal.gateway.dicom_peers import ECHO_ONLY, peer
from dicom_cdk.smoke import command, listed
from dicom_cdk.smoke.address import DimsePeer
from dicom_cdk.smoke.dimse import VERIFICATION
from dicom_cdk.smoke.errors import SmokeError

pytestmark = pytest.mark.server

CT = {"ae_title": "CT1", "address": "10.20.1.15", "port": 104, "tls": False}
PACS = {"ae_title": "PACS", "address": "10.20.1.4", "port": 11112, "tls": True}
LIST = {"archive": {"ae_title": "DCM4CHEE"}, "modalities": [CT, PACS]}


@pytest.fixture
def console() -> Iterator[tuple[str, dict[str, tuple[int, Any]]]]:
    """An archive's console: answers by path, and its address."""
    answers: dict[str, tuple[int, Any]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, said = answers.get(self.path, (404, {}))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", answers
    server.shutdown()
    thread.join()
    server.server_close()


def verdicts(console: str, archive: int | None = None, called: str = "DCM4CHEE") -> dict[str, str]:
    checks = Checks(Lines(StringIO()))
    asked = DimsePeer("127.0.0.1", archive) if archive else None
    there = {**LIST, "archive": {"ae_title": called}}
    listed.check(checks, there, console=console, archive=asked, timeout=5)
    return {one.name: f"{one.verdict}: {one.said}".removesuffix(": ") for one in checks.done}


def test_each_device_is_asked_by_the_archive_and_each_answer_told(
    console: tuple[str, dict[str, tuple[int, Any]]],
) -> None:
    url, answers = console
    echo = "/dcm4chee-arc/aets/DCM4CHEE/dimse/"
    answers[f"{echo}CT1"] = (200, {"result": 0})
    answers[f"{echo}PACS"] = (200, {"result": 2, "errorMessage": "timed out"})
    assert verdicts(url) == {
        "DCM4CHEE asks CT1 at 10.20.1.15:104": "ok",
        "DCM4CHEE asks PACS at 10.20.1.4:11112": "failed: nothing listens at its address and port, or a firewall is in "
        "between: timed out",
        "calls under the names of devices": "skipped: no --dimse HOST:PORT",
    }


def test_a_device_that_the_archive_does_not_know_and_one_that_it_fails_to_ask_are_told(
    console: tuple[str, dict[str, tuple[int, Any]]],
) -> None:
    url, answers = console
    answers["/dcm4chee-arc/aets/DCM4CHEE/dimse/PACS"] = (500, {})
    said = verdicts(url)
    assert said["DCM4CHEE asks CT1 at 10.20.1.15:104"] == (
        "failed: the archive does not know CT1: has the step `modalities` run?"
    )
    assert said["DCM4CHEE asks PACS at 10.20.1.4:11112"] == "failed: the archive answered HTTP 500"


def test_a_console_that_is_not_forwarded_is_told() -> None:
    said = verdicts("http://127.0.0.1:1")["DCM4CHEE asks CT1 at 10.20.1.15:104"]
    assert (
        said == "failed: http://127.0.0.1:1: ConnectionError; forward port 8080 of the archive's host (docs/hosts.md)"
    )


def test_an_archive_that_lets_in_whoever_takes_a_devices_name_fails() -> None:
    with peer(ECHO_ONLY) as port:
        said = verdicts("http://127.0.0.1:1", port, "ARC")
        other = verdicts("http://127.0.0.1:1", port)
    assert other["a call from here as CT1 is refused"].startswith("failed: DCM4CHEE at 127.0.0.1"), "no such AE title"
    assert said["a call from here as CT1 is refused"] == (
        "failed: ARC lets in whoever calls itself CT1; does the list's step end well?"
    )
    assert said["a call from here as PACS"] == "skipped: it speaks TLS: without its key there is no call"


def test_an_archive_that_refuses_the_name_from_here_passes() -> None:
    entity = AE(ae_title="DCM4CHEE")
    entity.add_supported_context(VERIFICATION)
    entity.require_calling_aet = ["OTHER"]
    server = entity.start_server(("127.0.0.1", 0), block=False)
    assert server is not None
    try:
        said = verdicts("http://127.0.0.1:1", server.server_address[1])
    finally:
        server.shutdown()
    assert said["a call from here as CT1 is refused"].startswith("ok: ")


def test_the_list_is_read_from_a_stack_and_a_folder_without_one_is_refused(tmp_path: Path) -> None:
    objects = {"list": {"key": "modalities/a.json", "content": json.dumps(LIST)}, "other": {"key": "x", "content": ""}}
    (tmp_path / "cdk.tf.json").write_text(json.dumps({"resource": {"alicloud_oss_bucket_object": objects}}))
    assert listed.read(tmp_path) == LIST
    (tmp_path / "cdk.tf.json").write_text('{"resource": {}}')
    with pytest.raises(SmokeError) as none:
        listed.read(tmp_path)
    assert str(none.value) == (
        f"--modalities {tmp_path}: the stack lists none; name the folder of a site with `modalities`"
    )
    with pytest.raises(SmokeError) as absent:
        listed.read(tmp_path / "none")
    assert "cdk.tf.json cannot be read (FileNotFoundError); name a stack's folder" in str(absent.value)


def test_a_console_that_is_no_address_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(SmokeError) as refused:
        command.run(
            "https://example.com", auth="anonymous", called="DCM4CHEE", calling="A", dimse_peer=None, listen=0, ca=None,
            timeout=5, read_only=True, as_json=False, console="localhost:8080",
        )  # fmt: skip
    assert str(refused.value) == (
        "--console localhost:8080: allowed is http(s)://HOST[:PORT], such as http://localhost:8080"
    )
