"""The nightly sample against an archive that answers as the real one: what is read back, what is kept, what dicom-health says."""

import ast
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.host_bundle import host_bundle
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from tests.assets.docker_host.test_lint import shellcheck

pytestmark = pytest.mark.server
ASSETS = Path(__file__).resolve().parents[3] / "assets/verification"


class Archive(BaseHTTPRequestHandler):
    """Studies with the number of their objects that are well and that are not; None answers 500."""

    studies: dict[str, tuple[int, int] | None]
    asked: list[str]

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if asked.path.endswith("/count"):
            self._answer(200, {"count": len(self.studies)})
            return
        query = parse_qs(asked.query)
        assert query["orderby"] == ["StudyInstanceUID"], "places would mean another study at each call"
        study = sorted(self.studies)[int(query["offset"][0])]
        self._answer(200, [{"0020000D": {"vr": "UI", "Value": [study]}}])

    def do_POST(self) -> None:
        asked = urlsplit(self.path)
        assert asked.path.startswith("/dcm4chee-arc/aets/DCM4CHEE/rs/studies/")
        assert asked.query == "storageVerificationPolicy=OBJECT_CHECKSUM"
        study = asked.path.split("/")[-2]
        self.asked.append(study)
        counts = self.studies.get(study)
        if counts is None:
            self._answer(500 if study in self.studies else 404, {})
            return
        tags = zip(("00081199", "00081198"), counts, strict=True)
        self._answer(200, {tag: {"vr": "SQ", "Value": [{}] * number} for tag, number in tags if number})

    def log_message(self, format: str, *arguments: object) -> None:
        """Silent."""

    def _answer(self, status: int, value: Any) -> None:
        text = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Archive)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def host(tmp_path: Path, url: str) -> ScratchHost:
    Archive.studies, Archive.asked = {f"1.2.{number}": (3, 0) for number in range(20)}, []
    host = ScratchHost(tmp_path / "host/root", {"DICOM_ARCHIVE_URL": url})
    rooms = ["verification"]
    host.install(host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="nat", health=rooms))
    host.install(Bundle.from_assets("verification"))
    host.put("/opt/dicom/verification/values.json", '{"ae_title": "DCM4CHEE", "studies": 5}')
    host.put("/etc/dicom/secrets.json", "{}")
    host.put("/var/local/dicom/wildfly/log/server.log", "")
    for name, body in {
        "systemctl": "echo active",
        "timedatectl": "echo yes",
        "docker": "true",
        "flock": 'shift 2; exec "$@"',
    }.items():
        host.stand_in(name, body)
    return host


def night(host: ScratchHost) -> "subprocess.CompletedProcess[str]":
    """What cron runs, as the step wrote it."""
    (host.root / "run").mkdir(exist_ok=True)
    assert host.script("nightly.sh", room="verification").returncode == 0
    line = next(one for one in host.read("/etc/cron.d/dicom-verification").splitlines() if "sample.py" in one)
    return host.run("sh", "-c", line.partition(" root ")[2])


def kept(host: ScratchHost) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(host.read("/var/local/dicom/verification.json"))
    return found


def said(host: ScratchHost) -> str:
    lines = host.script("health.sh").stdout.splitlines()
    return next(" ".join(line.split()) for line in lines if "images read back" in line)


def test_as_many_studies_as_the_site_says_are_read_back_each_once(host: ScratchHost) -> None:
    assert said(host) == "ok images read back none yet"
    done = night(host)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(Archive.asked) == len(set(Archive.asked)) == 5
    assert {key: kept(host)[key] for key in ("studies", "objects", "failed", "unknown")} == {
        "studies": 5, "objects": 15, "failed": {}, "unknown": 0,
    }  # fmt: skip
    assert said(host) == "ok images read back 15 objects of 5 studies 0 h ago, 0 failed, 0 studies unknown"
    assert (host.root / "var/local/dicom/verification.json").stat().st_mode & 0o777 == 0o600


def test_a_small_archive_is_read_back_whole_and_an_empty_one_is_well(host: ScratchHost) -> None:
    Archive.studies = {"1.2.1": (1, 0), "1.2.2": (1, 0)}
    assert night(host).returncode == 0
    assert sorted(Archive.asked) == ["1.2.1", "1.2.2"]
    Archive.studies = {}
    assert night(host).returncode == 0


def test_a_study_that_fails_is_asked_again_every_night_until_it_is_well(host: ScratchHost) -> None:
    Archive.studies = {"1.2.9": (1, 2)}
    assert night(host).returncode == 1
    assert said(host) == "BAD images read back 3 objects of 1 studies 0 h ago, 2 failed, 0 studies unknown"
    Archive.studies |= {f"1.3.{number}": (1, 0) for number in range(500)}
    Archive.asked.clear()
    assert night(host).returncode == 1
    assert Archive.asked[0] == "1.2.9"
    assert kept(host)["failed"] == {"1.2.9": 2}
    Archive.studies["1.2.9"] = (3, 0)
    assert night(host).returncode == 0
    assert said(host).startswith("ok")


def test_a_study_that_failed_and_was_deleted_is_asked_for_no_more(host: ScratchHost) -> None:
    Archive.studies = {"1.2.9": (1, 2)}
    night(host)
    Archive.studies = {}
    assert night(host).returncode == 0
    assert kept(host)["failed"] == {}


def test_silence_is_no_good_news(host: ScratchHost) -> None:
    Archive.studies = {"1.2.9": (1, 2)}
    night(host)
    Archive.studies["1.2.9"] = None
    done = night(host)
    assert done.returncode == 1
    assert "HTTP Error 500" in done.stderr
    assert (kept(host)["failed"], kept(host)["unknown"]) == ({"1.2.9": 2}, 1)
    assert said(host).startswith("BAD")


def test_nights_that_do_not_come_are_bad_after_two_days(host: ScratchHost) -> None:
    night(host)
    host.put("/var/local/dicom/verification.json", json.dumps({**kept(host), "at": int(time.time()) - 50 * 3600}))
    assert said(host) == "BAD images read back 15 objects of 5 studies 50 h ago, 0 failed, 0 studies unknown"
    done = host.run(
        "python3", str(host.root / "opt/dicom/verification/current/sample.py"),
        str(host.root / "opt/dicom/verification/values.json"), str(host.root / "var/local/dicom/verification.json"),
        more={"DICOM_ARCHIVE_URL": "http://127.0.0.1:1"},
    )  # fmt: skip
    assert done.returncode == 1
    assert "Connection refused" in done.stderr
    assert said(host).startswith("BAD"), "an archive that is away is no night"


def test_the_files_are_sound() -> None:
    for name in ("nightly.sh", "health.sh"):
        shellcheck(ASSETS / name)
    tree = ast.parse((ASSETS / "sample.py").read_text(), feature_version=(3, 10))
    modules = {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    assert modules <= sys.stdlib_module_names
