"""sample.py VALUES RESULT: studies at random, each read back by the archive and compared with its checksums; then those that failed
before, until they are well. RESULT holds when, how many, and which failed. Python 3.10, standard library.
"""

import json
import os
import random
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ARCHIVE = os.environ.get("DICOM_ARCHIVE_URL", "http://127.0.0.1:8080") + "/dcm4chee-arc/aets/"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
POLICY = "OBJECT_CHECKSUM"
"""Reads the object: DB_RECORD_EXISTS, OBJECT_EXISTS and OBJECT_SIZE would not see a changed one."""
STUDY, GOOD, FAILED = "0020000D", "00081199", "00081198"
"""Study instance UID; referenced and failed SOP sequence of a storage commitment (PS3.3 C.14)."""
SECONDS = 1800


class Silent(Exception):
    """The archive did not answer as it should: nothing is known of the study."""


def asked(path: str, *, method: str = "GET") -> object:
    request = urllib.request.Request(ARCHIVE + path, method=method, headers={"Accept": "application/json"})
    try:
        with OPENER.open(request, timeout=SECONDS) as answer:
            text = answer.read()
            return json.loads(text) if text else []
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return []
        raise Silent(f"{path}: {error}") from error
    except (OSError, ValueError) as error:
        raise Silent(f"{path}: {error}") from error


def sample(title: str, wanted: int) -> "list[str]":
    """Study instance UIDs, each once; all of them where there are no more than wanted."""
    there = int(dict(asked(f"{title}/rs/studies/count"))["count"])
    places = random.sample(range(there), min(wanted, there))
    found = []
    for place in places:
        rows = asked(f"{title}/rs/studies?limit=1&offset={place}&includefield={STUDY}&orderby=StudyInstanceUID")
        found += [row[STUDY]["Value"][0] for row in list(rows)]
    return list(dict.fromkeys(found))


def verified(title: str, study: str) -> "tuple[int, int]":
    """Objects that are well and that are not. A study that is gone has neither."""
    path = f"{title}/rs/studies/{urllib.parse.quote(study)}/stgver?storageVerificationPolicy={POLICY}"
    answer = asked(path, method="POST")
    data = answer[0] if isinstance(answer, list) and answer else answer
    if not isinstance(data, dict):
        return 0, 0
    return tuple(len(data.get(tag, {}).get("Value", [])) for tag in (GOOD, FAILED))


def main(values_file: str, result_file: str) -> int:
    values, result = json.loads(Path(values_file).read_text()), Path(result_file)
    title = values["ae_title"]
    before = json.loads(result.read_text())["failed"] if result.exists() else {}
    try:
        studies = sample(title, int(values["studies"]))
    except Silent as error:
        print(f"verification: {error}", file=sys.stderr)
        return 1
    objects, failed, unknown = 0, {}, 0
    for study in dict.fromkeys([*before, *studies]):
        try:
            good, bad = verified(title, study)
        except Silent as error:
            # What failed before is not well because nobody answers.
            failed |= {study: before[study]} if study in before else {}
            unknown += 1
            print(f"verification: {error}", file=sys.stderr)
            continue
        objects += good + bad
        if bad:
            failed[study] = bad
    kept = {"at": int(time.time()), "studies": len(studies), "objects": objects, "failed": failed, "unknown": unknown}
    new = result.with_suffix(".new")
    # Study instance UIDs lead to patients.
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(kept, file)
    new.replace(result)
    print(
        f"{len(studies)} studies, {objects} objects, {sum(failed.values())} of {len(failed)} studies failed, {unknown} unknown"
    )
    return 1 if failed or unknown else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
