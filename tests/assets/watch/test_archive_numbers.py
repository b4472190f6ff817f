"""numbers.py on the archive's host: what it asks the archive that runs there, and what it counts in its log."""

import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from tests.assets.watch.conftest import give
from tests.assets.watch.test_numbers import numbers

pytestmark = pytest.mark.server

LOG = "/var/local/dicom/wildfly/log/server.log"


class Archive(BaseHTTPRequestHandler):
    """Answers that a test chooses, by path."""

    answers: dict[str, Any]

    def do_GET(self) -> None:
        found = self.answers.get(self.path.removeprefix("/dcm4chee-arc/"))
        body = json.dumps(found).encode()
        self.send_response(200 if found is not None else 500)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Silent."""


@pytest.fixture(autouse=True)
def archive(host: ScratchHost) -> Iterator[dict[str, Any]]:
    """What the archive answers by path; the host runs one."""
    answers: dict[str, Any] = {}
    server = HTTPServer(("127.0.0.1", 0), type("Answering", (Archive,), {"answers": answers}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    host.environment["DICOM_ARCHIVE_URL"] = f"http://127.0.0.1:{server.server_port}"
    give(host, "archive", ae_title="DCM4CHEE")
    try:
        yield answers
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("there", [True, False])
def test_the_last_dump_of_the_database_has_an_age_on_the_archive_s_host(there: bool, host: ScratchHost) -> None:
    assert "backup_age_hours" not in numbers(host), "a site without another region dumps nothing"
    timer = host.put("/etc/systemd/system/dicom-database-dump.timer", "")
    os.utime(timer, (time.time() - 40 * 3600,) * 2)
    if there:
        os.utime(host.put("/var/local/dicom/database-dump.last", ""), (time.time() - 3 * 3600,) * 2)
    assert numbers(host)["backup_age_hours"] == pytest.approx(3 if there else 40, abs=0.05)


def test_queues_and_associations_of_a_running_archive_are_counted(host: ScratchHost, archive: dict[str, Any]) -> None:
    archive |= {
        "ctrl/status": {"status": "STARTED"},
        "monitor/associations": [{}, {}],
        "queue": [{"name": "Export"}, {"name": "HL7Send"}],
        "queue/Export/count?status=SCHEDULED": {"count": 7},
        "queue/HL7Send/count?status=SCHEDULED": {"count": 5},
        # Only 5.31 and later know this word: of the other queue it is not answered here.
        "queue/Export/count?status=SCHEDULED%20FOR%20RETRY": {"count": 4},
        "queue/Export/count?status=FAILED": {"count": 2},
    }
    line = numbers(host)
    assert line["archive_started"] == 1
    assert (line["associations"], line["tasks_queued"], line["tasks_failed"]) == (2, 16, 2)


def test_an_archive_that_does_not_answer_is_not_started_and_has_no_queues(host: ScratchHost) -> None:
    line = numbers(host)
    assert line["archive_started"] == 0
    assert not {"tasks_queued", "tasks_failed", "associations"} & set(line)


ENTRIES = """\
2026-11-29 12:00:01,123+0800 INFO  [org.dcm4che3.net.Association] (EE-1) DCM4CHEE<-CT1(1) << A-ASSOCIATE-RJ[result: 1]
2026-11-29 12:00:02,123+0800 INFO  [org.dcm4che3.net.Dimse] (EE-1) DCM4CHEE<-CT1(2) << 1:C-STORE-RSP[pcid=1, status=0H
  cuid=1.2.840.10008.5.1.4.1.1.2
2026-11-29 12:00:02,200+0800 INFO  [org.dcm4che3.net.Dimse] (EE-1) DCM4CHEE<-CT1(2) << 2:C-STORE-RSP[pcid=1, status=b007H
2026-11-29 12:00:02,300+0800 INFO  [org.dcm4che3.net.Dimse] (EE-1) DCM4CHEE<-CT1(2) << 3:C-STORE-RSP[pcid=1, status=a700H
2026-11-29 12:00:02,300+0800 INFO  [org.dcm4che3.net.Dimse] (EE-1) DCM4CHEE->PACS(3) >> 3:C-STORE-RSP[pcid=1, status=a700H
2026-11-29 12:00:02,301+0800 WARN  [org.dcm4chee.arc.store] (EE-1) StoreSession{1}: Failed to store received object:
org.dcm4che3.storage.StorageException: ERROR of the object storage
\tat org.dcm4chee.arc.storage.cloud.CloudStorage.open(CloudStorage.java:1)
2026-11-29 12:00:03,000+0800 ERROR [org.jboss.as] (Controller) WFLYSRV0026: started with errors
"""


def test_server_log_is_counted_once_from_where_the_last_line_ended(host: ScratchHost) -> None:
    host.put(LOG, ENTRIES)
    assert numbers(host)["stores"] == 0, "what was there before the first line is not new"
    with (host.root / LOG[1:]).open("a") as file:
        file.write(ENTRIES)
    names = ("associations_rejected", "stores", "stores_failed", "storage_errors", "log_errors")
    assert [numbers(host)[name] for name in ("stores",)] == [3]
    assert [numbers(host)[name] for name in names] == [0, 0, 0, 0, 0]
    with (host.root / LOG[1:]).open("a") as file:
        file.write(ENTRIES)
    line = numbers(host)
    assert [line[name] for name in names] == [1, 3, 1, 1, 1]


def test_a_log_begun_anew_is_counted_from_its_start(host: ScratchHost) -> None:
    path = host.put(LOG, ENTRIES * 3)
    numbers(host)
    path.rename(path.with_name("server.log.2026-11-28"))
    host.put(LOG, ENTRIES)
    assert numbers(host)["stores"] == 3
    assert numbers(host)["stores"] == 0


def test_what_is_logged_between_the_last_line_and_midnight_counts_too(host: ScratchHost) -> None:
    """Else no alarm could fire on it."""
    path = host.put(LOG, ENTRIES)
    assert numbers(host)["stores_failed"] == 0
    with path.open("a") as file:
        file.write(ENTRIES)
    host.put("/var/local/dicom/wildfly/log/server.log.2026-11-27", ENTRIES)
    path.rename(path.with_name("server.log.2026-11-28"))
    host.put(LOG, ENTRIES)
    line = numbers(host)
    assert (line["stores"], line["stores_failed"]) == (6, 2)
    assert numbers(host)["stores"] == 0


@pytest.mark.parametrize("days", [400, 10])
def test_the_key_stores_certificate_has_days_left(days: int, host: ScratchHost) -> None:
    host.put("/run/dicom/secrets/archive-keystore", "word")
    (host.root / "var/local/dicom/keystore").mkdir(parents=True)
    made = [
        "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=a -days $1 -keyout k.pem -out c.pem",
        "openssl pkcs12 -export -in c.pem -inkey k.pem -passout pass:word -out var/local/dicom/keystore/key.p12",
    ]
    subprocess.run(["sh", "-ec", "\n".join(made), "sh", str(days)], cwd=host.root, check=True, capture_output=True)
    assert numbers(host)["keystore_days_left"] in (days - 1, days)


def listed(host: ScratchHost, *days: int) -> None:
    """Certificates of so many days, as the step `tls` leaves them."""
    (host.root / "var/local/dicom/keystore").mkdir(parents=True)
    made = (
        "for days; do openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=$days -keyout k.pem "
        '-days "$days"; done >var/local/dicom/keystore/trust.pem'
    )
    subprocess.run(["sh", "-ec", made, "sh", *map(str, days)], cwd=host.root, check=True, capture_output=True)


def test_of_listed_certificates_the_first_that_ends_has_days_left(host: ScratchHost) -> None:
    listed(host, 400, 10, 90)
    assert "trusted_days_left" not in numbers(host), "the archive does not read this list, which an earlier apply left"
    host.put("/opt/dicom/archive/current/compose.yaml", "      TRUSTSTORE: /opt/keystore/trust.jks\n")
    assert numbers(host)["trusted_days_left"] in (9, 10)
    host.put("/var/local/dicom/keystore/trust.pem", "no certificate\n")
    assert "trusted_days_left" not in numbers(host)
