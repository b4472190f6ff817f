"""What a walk waits for before it stops an archive: tasks at work, and series that only the shared folder holds."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.server

Counts = dict[str, dict[str, list[int]]]


class Archive(BaseHTTPRequestHandler):
    """Queues by name: of each status the counts that it answers one after the other, the last for ever; export tasks by status.

    `retry`: whether this release knows SCHEDULED FOR RETRY.
    """

    queues: Counts
    exports: list[list[dict[str, Any]]]
    trying: list[dict[str, Any]]
    retry: bool

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        status = parse_qs(asked.query).get("status", [""])[0]
        if status == "SCHEDULED FOR RETRY" and not self.retry:
            self._answer(400, {"errorMessage": "status: must match"})
        elif asked.path == "/dcm4chee-arc/queue":
            self._answer(200, [{"name": name} for name in self.queues])
        elif asked.path == "/dcm4chee-arc/monitor/export":
            rows = self.exports[0] if status == "SCHEDULED" else self.trying if status == "IN PROCESS" else []
            if status == "SCHEDULED" and len(self.exports) > 1:
                self.exports.pop(0)
            self._answer(200, rows) if rows else self._answer(204, None)
        else:
            counts = self.queues[unquote(asked.path.split("/")[3])].get(status, [0])
            self._answer(200, {"count": counts.pop(0) if len(counts) > 1 else counts[0]})

    def _answer(self, status: int, what: Any) -> None:
        content = b"" if what is None else json.dumps(what).encode()
        self.send_response(status)
        if what is not None:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        """Silent."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Archive)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def drained(
    url: str,
    queues: Counts,
    *,
    exports: list[list[dict[str, Any]]] | None = None,
    trying: list[dict[str, Any]] | None = None,
    retry: bool = False,
    seconds: str = "20",
) -> "subprocess.CompletedProcess[str]":
    """With `exports`, lists that are given one after the other, the exporter's tasks are waited for, too; `trying` are at work."""
    Archive.queues, Archive.exports, Archive.trying, Archive.retry = queues, exports or [[]], trying or [], retry
    return subprocess.run(
        [sys.executable, str(ROOT / "assets/database/tasks.py"), *(["to-oss"] if exports else [])],
        env={"PATH": "/usr/bin:/bin", "DICOM_ARCHIVE_URL": url, "DICOM_PAUSE": "0.01", "DICOM_DRAIN_SECONDS": seconds},
        capture_output=True,
        text=True,
        check=False,
    )


def test_tasks_at_work_are_waited_for_whatever_queue_they_are_in(url: str) -> None:
    done = drained(url, {"Export": {"IN PROCESS": [2, 1, 0]}, "HL7Send": {"IN PROCESS": [1, 0]}})
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "waiting for tasks at work: Export 2, HL7Send 1",
        "waiting for tasks at work: Export 1",
        "no task is left in the archive's queues",
    ]


def test_tasks_that_wait_for_their_time_and_failed_ones_are_counted_and_not_waited_for(url: str) -> None:
    queues: Counts = {"Retrieve": {"SCHEDULED": [3]}, "HL7Send": {"SCHEDULED FOR RETRY": [1], "FAILED": [2]}}
    done = drained(url, queues, retry=True)
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [
            "tasks that wait for their time stay in the database, and the new archive goes on with them: HL7Send 1, Retrieve 3",
            "tasks that failed for good stay as they are: HL7Send 2",
        ],
    )
    before_531 = drained(url, queues)
    assert "goes on with them: Retrieve 3" in before_531.stdout, "an unknown status ends it"


def test_tasks_that_never_end_keep_the_archives_running_and_are_named(url: str) -> None:
    done = drained(url, {"Export": {"IN PROCESS": [1]}}, seconds="0.1")
    assert done.returncode == 1
    assert (
        "tasks are still at work after 0 s: Export 1; wait for them, or end them in the archive's console"
        in done.stderr
    )
    assert "docker restart of its container" in done.stderr


def test_series_that_only_the_folder_holds_are_waited_for(url: str) -> None:
    one = {"ExporterID": "to-oss", "status": "SCHEDULED"}
    done = drained(url, {"Export": {}}, exports=[[one, one], [one], []])
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:2] == [
        "waiting for tasks at work: none; 2 series that only the shared folder holds",
        "waiting for tasks at work: none; 1 series that only the shared folder holds",
    ]


def test_a_bucket_that_takes_nothing_stops_it_with_the_archives_own_reason(url: str) -> None:
    away = {"ExporterID": "to-oss", "failures": 3, "errorMessage": "HTTP 503 from the bucket"}
    done = drained(url, {"Export": {"SCHEDULED": [1]}}, exports=[[away, {"ExporterID": "to-oss"}]], seconds="0.1")
    assert done.returncode == 1
    assert "1 series cannot be copied into the bucket, and only the shared folder holds them: HTTP 503" in done.stderr
    assert "Mend the way to the bucket and apply again" in done.stderr
    silent = drained(url, {"Export": {}}, exports=[[{"ExporterID": "to-oss-north", "failures": 1}]], seconds="0.1")
    assert "1 series" in silent.stderr, "a tenant's are as much in the folder alone"
    assert "holds them: the archive gives no reason" in silent.stderr
    others = drained(url, {"Export": {}}, exports=[[{"ExporterID": "to-partner", "failures": 1}]])
    assert others.returncode == 0, "another exporter reads what lies in the bucket too"


def test_a_bucket_that_takes_nothing_is_the_reason_also_while_the_next_try_is_at_work(url: str) -> None:
    trying = {"ExporterID": "to-oss", "failures": 1, "errorMessage": "HTTP 503 from the bucket"}
    done = drained(url, {"Export": {"IN PROCESS": [1]}}, exports=[[]], trying=[trying], seconds="0.1")
    assert done.returncode == 1
    assert done.stderr.startswith("1 series cannot be copied into the bucket")


def test_series_of_the_last_minute_do_not_hold_it_up_for_ever(url: str) -> None:
    done = drained(url, {"Export": {"SCHEDULED": [1]}}, exports=[[{"ExporterID": "to-oss"}]], seconds="0.1")
    assert done.returncode == 0, done.stderr
    assert "1 series came in a moment ago and are not in the bucket yet: they stay in the shared folder" in done.stdout
    assert "the new archive goes on with them: Export 1" in done.stdout


def test_an_archive_that_nobody_reaches_is_an_end_of_its_own() -> None:
    done = drained("http://127.0.0.1:1", {})
    assert done.returncode == 3
    assert done.stderr.startswith("tasks: no archive on this host says what is at work: queue: ")
