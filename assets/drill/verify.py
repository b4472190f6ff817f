"""Restore drill: what the restored service holds, as lines for people and one of JSON; ends with 1 if anything is wrong.

verify.py VALUES HELPERS FOLDER: values of the step, folder of alicloud.py, a folder for one object at a time.
Reads the clone (psql), the bucket (this host's role) and DICOMweb on this host's loopback. Writes nothing else.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dicom_file import NotDicom, pixel_data

SHOWN = 20
"""Wrong objects that are named; the rest is counted."""
DICOM_FILE = 0
"""location.object_type of what DICOMweb retrieves."""
COUNTS = """select (select count(*) from study), (select count(*) from series), (select count(*) from instance),
  (select count(*) from location), coalesce((select to_char(max(created_time), 'YYYY-MM-DD"T"HH24:MI:SS') from instance), '')"""
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


def retrieved(values: dict[str, Any], study: str, series: str, instance: str) -> bytes:
    base = os.environ.get("DICOM_ARCHIVE_URL", "http://127.0.0.1:8080")
    path = f"/dcm4chee-arc/aets/{values['ae_title']}/rs/studies/{study}/series/{series}/instances/{instance}"
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


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def span(seconds: float) -> str:
    minutes = int(seconds // 60)
    return f"{minutes // 60} h {minutes % 60} min"


def main(file: str, helpers: str, folder: str) -> int:
    values: dict[str, Any] = json.loads(Path(file).read_text())
    sys.path.insert(0, helpers)
    import alicloud

    ((studies, series, instances, objects, newest),) = rows(values, COUNTS)
    sample = rows(
        values,
        SAMPLE.format(storage_id=values["storage_id"], object_type=DICOM_FILE, limit=int(values["sample"])),
    )
    wrong: list[str] = []
    undigested = whole = pixels = asked = 0
    target = Path(folder) / "object"
    for path, digest, size, study_uid, series_uid, uid in sample:
        try:
            alicloud.oss_get(values["bucket"], path, str(target))
        except alicloud.Failed as error:
            wrong.append(f"{path}: {error}")
            continue
        stored = target.read_bytes()
        undigested += not digest
        if said := judged(stored, digest, int(size)):
            wrong.append(f"{path}: {said}")
            continue
        if asked < int(values["retrieved"]):
            asked += 1
            try:
                said, same = compared(stored, retrieved(values, study_uid, series_uid, uid))
            except (OSError, ValueError) as error:
                said, same = f"not retrieved: {getattr(error, 'reason', error)}", False
            if said:
                wrong.append(f"{uid}: {said}")
            else:
                whole, pixels = whole + same, pixels + (not same)
    target.unlink(missing_ok=True)
    if int(instances) and not sample:
        wrong.append(
            f"storage {values['storage_id']} holds no object of {instances} instances; is storage.storage_id the site's?"
        )
    now = datetime.now(UTC)
    took = (now - moment(values["started"])).total_seconds()
    report = {
        "restored_to": values["restore_time"], "newest_instance": newest, "studies": int(studies), "series": int(series),
        "instances": int(instances), "objects": int(objects), "sampled": len(sample), "without_digest": undigested,
        "retrieved_whole": whole, "retrieved_same_pixels": pixels, "wrong": len(wrong), "rto_seconds": int(took),
    }  # fmt: skip
    print(f"database restored to {values['restore_time']}: {studies} studies, {series} series, {instances} instances")
    print(
        f"newest instance: {newest or 'none'} (the archive's time zone): what came after it, up to the time, is the loss"
    )
    print(
        f"{len(sample)} of {objects} objects fetched and compared with size and digest ({undigested} without a digest)"
    )
    equal = f"{whole} in every byte, {pixels} in pixel data (attributes are the database's)"
    print(f"{whole + pixels} of {asked} retrieved as stored: {equal}")
    print(f"from terraform plan to here: {span(took)}")
    for line in wrong[:SHOWN]:
        print(f"WRONG {line}")
    if len(wrong) > SHOWN:
        print(f"WRONG and {len(wrong) - SHOWN} more")
    print("report " + json.dumps(report, sort_keys=True))
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        code = main(*sys.argv[1:4])
    except Refused as refused:
        code = 1
        print(f"drill-verify: the restored database refuses: {refused}", file=sys.stderr)
    raise SystemExit(code)
