"""What dicom-health says of the folder and of exports, from what the archive's queue answers."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.host_bundle import host_bundle
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost

pytestmark = pytest.mark.server


class Queue(BaseHTTPRequestHandler):
    """The archive's counts of export tasks; a reschedule moves FAILED ones back."""

    counts: dict[str, int]

    retry = False
    """Whether the release has a status of its own for what failed and waits."""

    def do_GET(self) -> None:
        status = parse_qs(urlsplit(self.path).query).get("status", [""])[0]
        if status == "SCHEDULED FOR RETRY" and not self.retry:
            self.send_error(400)
        else:
            self._answer(json.dumps({"count": self.counts.get(status, 0)}))

    def do_POST(self) -> None:
        assert self.path == "/dcm4chee-arc/monitor/export/reschedule?status=FAILED"
        self.counts["SCHEDULED"] = self.counts.get("SCHEDULED", 0) + self.counts.pop("FAILED", 0)
        self._answer('{"count":1}')

    def _answer(self, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *arguments: object) -> None:
        """Silent."""


@pytest.fixture(scope="module")
def archive() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Queue)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def host(tmp_path: Path, archive: str) -> ScratchHost:
    Queue.counts = {}
    host = ScratchHost(tmp_path / "host/root", {"DICOM_ARCHIVE_URL": archive})
    host.install(host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat", health=["cache"]))
    host.install(Bundle.from_assets("cache"))
    host.put("/etc/dicom/secrets.json", "{}")
    values = {"free_gb": 100, "mark": ".dicom-cache", "site": "clinic", "storage_endpoint": archive, "receive": "cache"}
    host.put("/opt/dicom/cache/values.json", json.dumps(values))
    host.put("/mnt/dicom-cache/.dicom-cache", "clinic\n")
    for name, body in {
        "systemctl": "echo active", "timedatectl": "echo yes", "docker": "true",
        "df": 'case "$*" in *avail*) printf "Avail\\n 240G\\n" ;; *) printf "Use%%\\n 12%%\\n" ;; esac',
    }.items():  # fmt: skip
        host.stand_in(name, body)
    return host


def watched(host: ScratchHost) -> dict[str, str]:
    done = host.script("exports.sh", room="cache")
    assert done.returncode == 0, done.stderr
    return dict(line.split("=") for line in host.read("/run/dicom/exports").splitlines())


def health(host: ScratchHost) -> tuple[int, dict[str, str]]:
    done = host.script("health.sh")
    rows = [(line[:4].strip(), line[5:39].strip(), line[40:]) for line in done.stdout.splitlines()]
    return done.returncode, {what: f"{word} {state}" for word, what, state in rows}


def test_all_well_is_said_line_by_line(host: ScratchHost) -> None:
    watched(host)
    code, said = health(host)
    assert code == 0, said
    assert said["folder of images"] == "ok mounted, of this site"
    assert said["folder of images: free"] == "ok 240 GiB, purge below 100"
    assert said["exports failed"] == "ok 0"
    assert said["exports waiting"] == "ok 0, never none for 0 min"
    assert said["bucket's endpoint"].startswith("ok HTTP ")


def test_exports_that_wait_for_long_are_bad_until_none_waits(host: ScratchHost) -> None:
    Queue.counts = {"SCHEDULED": 7, "IN PROCESS": 1}
    first = watched(host)
    assert first["waiting"] == "8"
    hours = int(time.time()) - 2 * 3600
    host.put("/run/dicom/exports", f"failed=0\nwaiting=8\nsince={hours}\nseen={int(time.time())}\n")
    assert watched(host)["since"] == str(hours), "it was forgotten since when"
    code, said = health(host)
    assert code == 1
    assert said["exports waiting"] == "BAD 8, never none for 120 min"
    Queue.counts = {}
    watched(host)
    assert health(host)[1]["exports waiting"] == "ok 0, never none for 0 min"


def test_what_failed_and_waits_is_counted_whatever_its_release_calls_it(
    host: ScratchHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    Queue.counts = {"SCHEDULED FOR RETRY": 3, "SCHEDULED": 2}
    assert watched(host)["waiting"] == "2", "a release before 5.31 knows no such status"
    monkeypatch.setattr(Queue, "retry", True)
    assert watched(host)["waiting"] == "5"


def test_what_failed_for_good_is_said_and_begun_again(host: ScratchHost) -> None:
    Queue.counts = {"FAILED": 2}
    watched(host)
    code, said = health(host)
    assert (code, said["exports failed"]) == (1, "BAD 2")
    assert Queue.counts == {"SCHEDULED": 2}
    assert watched(host)["failed"] == "0"


def test_a_folder_that_is_not_the_sites_a_full_one_and_a_bucket_that_is_away_are_bad(host: ScratchHost) -> None:
    watched(host)
    host.put("/mnt/dicom-cache/.dicom-cache", "other\n")
    host.put("/mnt/dicom-cache/2026/11/29/ABCD", "an image")
    host.stand_in("df", 'case "$*" in *avail*) printf "Avail\\n 49G\\n" ;; *) printf "Use%%\\n 12%%\\n" ;; esac')
    values = {
        "free_gb": 100,
        "mark": ".dicom-cache",
        "site": "clinic",
        "storage_endpoint": "http://127.0.0.1:1",
        "receive": "drain",
    }
    host.put("/opt/dicom/cache/values.json", json.dumps(values))
    code, said = health(host)
    assert code == 1
    assert said["folder of images"].startswith("BAD")
    assert said["folder of images: free"] == "BAD 49 GiB, purge below 100"
    assert said["bucket's endpoint"] == "BAD HTTP 000"
    assert said["folder of images: files left"] == "ok 1, images not in the bucket yet, or rejection notes"


def test_an_archive_that_is_away_is_seen_by_the_age_of_what_is_known(host: ScratchHost) -> None:
    watched(host)
    old = int(time.time()) - 600
    host.put("/run/dicom/exports", f"failed=0\nwaiting=0\nsince={old}\nseen={old}\n")
    done = host.script("exports.sh", room="cache", more={"DICOM_ARCHIVE_URL": "http://127.0.0.1:1"})
    assert done.returncode == 0, done.stderr
    code, said = health(host)
    assert code == 1
    assert said["exports watched"] == "BAD last 10 min ago"


def test_a_host_without_the_folder_says_nothing_of_it() -> None:
    text = host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat").text("health.sh")
    assert "cache" not in text
