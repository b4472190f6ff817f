"""Objects of one storage: a sample of them fetched, compared with what the database says, some retrieved through DICOMweb.

Reads the database (psql), the storage's bucket (this host's role) and DICOMweb on this host's loopback.
"""

import hashlib
import os
import re
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from dicom_file import NotDicom, pixel_data

DICOM_FILE = 0
"""location.object_type of what DICOMweb retrieves."""
# By a digest of the key: another sample for another database, the same one when the step runs again.
SAMPLE = """select location.storage_path, coalesce(location.digest, ''), location.object_size, study.study_iuid, series.series_iuid,
  instance.sop_iuid from location join instance on instance.pk = location.instance_fk join series on series.pk = instance.series_fk
  join study on study.pk = series.study_fk where location.storage_id = '{storage_id}' and location.object_type = {object_type}
  order by md5(location.pk::text) limit {limit}"""
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Refused(Exception):
    """The database does not answer; the text says why."""


def rows(values: dict[str, Any], query: str) -> list[list[str]]:
    command = ["psql", "-X", "-w", "-q", "-At", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", values["database_host"]]
    command += ["-p", str(values["database_port"]), "-U", values["database_user"], "-d", values["database_name"]]
    # A clone's owner could write: here nothing does.
    done = subprocess.run(
        [*command, "-c", f"set default_transaction_read_only = on; {query}"],
        capture_output=True,
        text=True,
        env=os.environ,
    )
    if done.returncode:
        raise Refused(
            done.stderr.strip().splitlines()[0] if done.stderr.strip() else f"psql ended with {done.returncode}"
        )
    return [line.split("\t") for line in done.stdout.splitlines()]


def judged(content: bytes, digest: str, size: int) -> str:
    """What is wrong with an object, or nothing."""
    if len(content) != size:
        return f"has {len(content)} bytes, the database says {size}"
    if digest and hashlib.md5(content).hexdigest() != digest:
        return "has another digest than the database says: changed after it was stored"
    return ""


def part(body: bytes, kind: str) -> bytes:
    """The first part of a multipart answer."""
    boundary = re.search(r'boundary="?([^";]+)', kind)
    if boundary is None:
        return body
    mark = b"--" + boundary[1].encode()
    _, _, rest = body.partition(mark + b"\r\n")
    _, _, rest = rest.partition(b"\r\n\r\n")
    return rest.partition(b"\r\n" + mark)[0]


def retrieved(title: str, study: str, series: str, instance: str) -> bytes:
    base = os.environ.get("DICOM_ARCHIVE_URL", "http://127.0.0.1:8080")
    path = f"/dcm4chee-arc/aets/{title}/rs/studies/{study}/series/{series}/instances/{instance}"
    accept = {"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'}
    with OPENER.open(urllib.request.Request(base + path, headers=accept), timeout=60) as answer:
        return part(answer.read(), answer.headers.get("content-type", ""))


def compared(stored: bytes, got: bytes) -> tuple[str, bool]:
    """What is wrong with a retrieved instance, or nothing; and whether it is the stored one in every byte."""
    if got == stored:
        return "", True
    try:
        mine, theirs = pixel_data(stored), pixel_data(got)
    except NotDicom as error:
        return f"retrieved bytes are not comparable: {error}", False
    if mine != theirs:
        return "pixel data retrieved differs from that stored", False
    return "", False


class Look:
    """What was looked at in one storage."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.bucket, self.storage_id, self.title = told["bucket"], told["storage_id"], told["ae_title"]
        self.sampled = self.undigested = self.whole = self.pixels = self.asked = 0
        self.wrong: list[str] = []

    def over(self, values: dict[str, Any], alicloud: Any, target: Path) -> None:
        query = SAMPLE.format(storage_id=self.storage_id, object_type=DICOM_FILE, limit=int(values["sample"]))
        for path, digest, size, *uids in rows(values, query):
            self.sampled += 1
            try:
                alicloud.oss_get(self.bucket, path, str(target))
            except alicloud.Failed as error:
                self.wrong.append(f"{path}: {error}")
                continue
            stored = target.read_bytes()
            self.undigested += not digest
            if said := judged(stored, digest, int(size)):
                self.wrong.append(f"{path}: {said}")
            elif self.asked < int(values["retrieved"]):
                self.retrieve(stored, *uids)

    def retrieve(self, stored: bytes, study: str, series: str, uid: str) -> None:
        self.asked += 1
        try:
            said, same = compared(stored, retrieved(self.title, study, series, uid))
        except (OSError, ValueError) as error:
            said, same = f"not retrieved: {getattr(error, 'reason', error)}", False
        if said:
            self.wrong.append(f"{uid}: {said}")
        else:
            self.whole, self.pixels = self.whole + same, self.pixels + (not same)
