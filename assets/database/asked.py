#!/usr/bin/env python3
"""asked.py FILE AE_TITLE [ONLY]: how many studies an archive finds before a walk, and some images that it gives, kept in FILE.

ONLY: a file with images to ask for first, a line each: UIDs of study, series, object.
Asks the archive on this host's loopback. Python 3.10, standard library.
"""

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ARCHIVE = os.environ.get("DICOM_ARCHIVE_URL", "http://127.0.0.1:8080") + "/dcm4chee-arc/aets/"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
SAMPLE = 10
STUDY, SERIES, OBJECT = "0020000D", "0020000E", "00080018"


class Wrong(Exception):
    """What the archive answers is not what it should."""


def asked(path: str, *, body: "bytes | None" = None, headers: "dict[str, str] | None" = None) -> "tuple[int, bytes]":
    """Status and content. Raises Wrong where nobody answers, or with 5xx."""
    request = urllib.request.Request(ARCHIVE + path, body, headers or {})
    try:
        with OPENER.open(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        if error.code < 500:
            return error.code, error.read()
        raise Wrong(f"{path}: HTTP {error.code}") from None
    except OSError as error:
        raise Wrong(f"{path}: {getattr(error, 'reason', error)}") from None


def studies(title: str) -> int:
    status, text = asked(f"{title}/rs/studies/count", headers={"Accept": "application/json"})
    if status != 200:
        raise Wrong(f"count of studies: HTTP {status}")
    return int(json.loads(text)["count"])


def image(title: str, uids: "tuple[str, ...] | list[str]") -> bytes:
    """One object as a file; WADO-URI, which every release answers. Raises Wrong."""
    names = ("studyUID", "seriesUID", "objectUID")
    query = urllib.parse.urlencode(
        [("requestType", "WADO"), *zip(names, uids, strict=True), ("contentType", "application/dicom")]
    )
    status, content = asked(f"{title}/wado?{query}", headers={"Accept": "application/dicom"})
    if status != 200 or content[128:132] != b"DICM" or uids[-1].encode() not in content:
        raise Wrong(f"object {uids[-1]}: HTTP {status}, {len(content)} bytes")
    return content


def before(file: Path, title: str, only: "list[list[str]]") -> None:
    status, text = asked(f"{title}/rs/instances?limit={SAMPLE}", headers={"Accept": "application/dicom+json"})
    rows = json.loads(text) if status == 200 and text else []
    given = []
    for uids in only + [[row[tag]["Value"][0] for tag in (STUDY, SERIES, OBJECT)] for row in rows]:
        if uids in given:
            continue
        try:
            image(title, uids)
        except Wrong as error:
            print(f"not given before the walk either: {error}", file=sys.stderr)
            continue
        given.append(uids)
    found = {"studies": studies(title), "images": given}
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    new.write_text(json.dumps(found))
    new.replace(file)
    print(f"the archive finds {found['studies']} studies and gives {len(given)} images that were asked for")


if __name__ == "__main__":
    try:
        lines = Path(sys.argv[3]).read_text().splitlines() if len(sys.argv) > 3 else []
        before(Path(sys.argv[1]), sys.argv[2], [line.split() for line in lines])
    except (Wrong, KeyError, ValueError, TypeError) as error:
        sys.exit(f"asked: {error if isinstance(error, Wrong) else repr(error)}")
