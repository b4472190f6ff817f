"""The images of an archive's stand-in: its storage, the two pollers beside it, and what clients ask of it by HTTP.

`pace.json` in its state folder: `minute` (seconds that a minute of the configuration takes), `gigabyte` (bytes), `capacity_gb` (of
the shared folder); without it all are real.
"""

import json
import re
import sys
import threading
import time
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dicom_cdk.rehearsal.archive.configuration import Incomplete, read
from dicom_cdk.rehearsal.archive.objects import NotRead, StoreRefused
from dicom_cdk.rehearsal.archive.storage import ArchiveStorage

FOLDER = "/opt/cache"
POLL_SECONDS = 0.05
RETRIES_APART_SINCE = (5, 31)
Answer = tuple[int, str | bytes]


def mounted(service: Any, host: Path, state: Path, given: Mapping[str, str]) -> "Images | None":
    """None without a shared folder in the compose file, but for a file `images` in `state`: they go straight to the bucket then.
    Ends the process where the entry point would: without the folder's mark.
    """
    source = next(
        (str(one).split(":")[-2].strip("}-") for one in service["volumes"] if str(one).endswith(f":{FOLDER}")), None
    )
    secret = host / "run/dicom/secrets/ldap-root"
    if source is None:
        return Images(None, secret, state, given) if (state / "images").exists() else None
    folder = host / source.lstrip("/")
    mark = re.search(rf"! -e {FOLDER}/(\S+) ", " ".join(service["entrypoint"]))
    if mark and not (folder / mark[1]).exists():
        sys.exit(f"{FOLDER} is not the shared folder")
    return Images(folder, secret, state, given)


def retries_apart(release: str) -> bool:
    """Whether tasks that failed and wait have a status of their own. False for a tag that is no release."""
    found = re.match(r"(\d+)\.(\d+)", release)
    return found is not None and (int(found[1]), int(found[2])) >= RETRIES_APART_SINCE


class Images:
    """What one life of the container does with images."""

    def __init__(self, folder: Path | None, password: Path, state: Path, given: Mapping[str, str]) -> None:
        pace = state / "pace.json"
        kept = json.loads(pace.read_text()) if pace.exists() else {}
        self._tag = given["IMAGE"].rpartition(":")[2]
        apart = retries_apart(self._tag)
        folders = {FOLDER: folder} if folder else {}
        self._storage = ArchiveStorage(state / "archive.db", folders, **kept, retries_apart=apart)
        self._password, self._given = password, given
        self._rejected: set[str] = set()

    def begin(self) -> None:
        """Once deployed: the configuration is read, exports and purges begin."""
        self.configure()
        for poll in (self._storage.export_due, self._storage.purge, self._storage.delete_marked):
            threading.Thread(target=_repeat, args=(poll,), daemon=True).start()

    def configure(self) -> None:
        given = self._given
        where = given["LDAP_URL"], given["LDAP_BASE_DN"], given["ARCHIVE_DEVICE_NAME"]
        self._storage.configuration = read(*where, str(self._password), self._tag)

    def tasks(self, status: str) -> int:
        return self._storage.tasks(status)

    def get(self, target: str) -> Answer | None:
        """Counts of export tasks and studies, a list of objects, and one object; None for what is not of images."""
        asked = urlsplit(target)
        if asked.path == "/dcm4chee-arc/monitor/export/count":
            status = parse_qs(asked.query).get("status", [""])[0]
            return 200, json.dumps({"count": self._storage.tasks(status)})
        if asked.path == "/dcm4chee-arc/monitor/export":
            status = parse_qs(asked.query)["status"][0]
            return 200, json.dumps(
                [
                    {"ExporterID": exporter, "status": status, "StudyInstanceUID": study, "SeriesInstanceUID": series}
                    | ({"failures": failures, "errorMessage": "the bucket answered 503"} if failures else {})
                    for exporter, study, series, failures in self._storage.waiting(status)
                ]
            )
        title = re.match(r"/dcm4chee-arc/aets/[^/]+", asked.path)
        place, query = asked.path[title.end() :] if title else "", parse_qs(asked.query)
        if place == "/rs/studies/count":
            return 200, json.dumps({"count": len({row[0] for row in self._storage.objects()})})
        if place == "/rs/instances":
            rows = self._storage.objects()[: int(query.get("limit", ["1000"])[0])]
            tags = ("0020000D", "0020000E", "00080018")
            return 200, json.dumps(
                [{tag: {"vr": "UI", "Value": [uid]} for tag, uid in zip(tags, row, strict=True)} for row in rows]
            )
        uid = query.get("objectUID", [""])[0] if place == "/wado" else ""
        if found := re.fullmatch(r"/rs/studies/.+/instances/([0-9.]+)", place):
            uid = found[1]
        if not uid:
            return None
        try:
            return 200, self._storage.read(uid)
        except NotRead as error:
            return 500, str(error)

    def changed(self, method: str, target: str, body: bytes) -> Answer | None:
        """What a POST or DELETE is answered; None for what is not of images."""
        return self.delete(target) if method == "DELETE" else self.post(target, body)

    def post(self, target: str, body: bytes) -> Answer | None:
        """STOW-RS of one object, the rejection of a study, and the reschedule of tasks; None for what is not of images."""
        asked = urlsplit(target)
        if asked.path == "/dcm4chee-arc/monitor/export/reschedule":
            return 200, json.dumps({"count": self._storage.reschedule(parse_qs(asked.query)["status"][0])})
        if found := re.fullmatch(r"/dcm4chee-arc/aets/([^/]+)/rs/studies", asked.path):
            import pydicom

            boundary = body.partition(b"\r\n")[0]
            content = body.partition(b"\r\n\r\n")[2].rpartition(b"\r\n" + boundary)[0]
            one = pydicom.dcmread(BytesIO(content), stop_before_pixels=True)
            uids = (str(one.StudyInstanceUID), str(one.SeriesInstanceUID), str(one.SOPInstanceUID))
            try:
                self._storage.store(found[1], *uids, content)
            except (StoreRefused, Incomplete) as error:
                # With one object, all have failed (PS3.18 table 10.5.3-1).
                return 409, str(error)
            return 200, "{}"
        if found := re.fullmatch(r"/dcm4chee-arc/aets/[^/]+/rs/studies/([0-9.]+)/reject/\S+", asked.path):
            self._rejected.add(found[1])
            return 200, json.dumps({"count": 1})
        return None

    def delete(self, target: str) -> Answer | None:
        """A rejected study, for good; one that was not rejected is refused. None for what is no study."""
        found = re.fullmatch(r"/dcm4chee-arc/aets/[^/]+/rs/studies/([0-9.]+)", urlsplit(target).path)
        if found is None:
            return None
        if found[1] not in self._rejected:
            return 403, "not rejected"
        return (204, "") if self._storage.delete(found[1]) else (404, "")


def _repeat(poll: Any) -> None:
    while True:
        poll()
        time.sleep(POLL_SECONDS)
