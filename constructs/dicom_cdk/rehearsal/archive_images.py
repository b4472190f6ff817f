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

from dicom_cdk.rehearsal.archive_configuration import Incomplete, read
from dicom_cdk.rehearsal.archive_storage import ArchiveStorage, NotRead, StoreRefused

FOLDER = "/opt/cache"
POLL_SECONDS = 0.05
Answer = tuple[int, str | bytes]


def mounted(service: Any, host: Path, state: Path, given: Mapping[str, str]) -> "Images | None":
    """None without a shared folder in the compose file. Ends the process where the entry point would: without the folder's mark."""
    source = next(
        (str(one).split(":")[-2].strip("}-") for one in service["volumes"] if str(one).endswith(f":{FOLDER}")), None
    )
    if source is None:
        return None
    folder = host / source.lstrip("/")
    mark = re.search(rf"! -e {FOLDER}/(\S+) ", " ".join(service["entrypoint"]))
    if mark and not (folder / mark[1]).exists():
        sys.exit(f"{FOLDER} is not the shared folder")
    return Images(folder, host / "run/dicom/secrets/ldap-root", state, given)


class Images:
    """What one life of the container does with images."""

    def __init__(self, folder: Path, password: Path, state: Path, given: Mapping[str, str]) -> None:
        pace = state / "pace.json"
        kept = json.loads(pace.read_text()) if pace.exists() else {}
        self._storage = ArchiveStorage(state / "archive.db", {FOLDER: folder}, **kept)
        self._password, self._given = password, given

    def begin(self) -> None:
        """Once deployed: the configuration is read, exports and purges begin."""
        self.configure()
        for poll in (self._storage.export_due, self._storage.purge):
            threading.Thread(target=_repeat, args=(poll,), daemon=True).start()

    def configure(self) -> None:
        given = self._given
        where = given["LDAP_URL"], given["LDAP_BASE_DN"], given["ARCHIVE_DEVICE_NAME"]
        self._storage.configuration = read(*where, str(self._password))

    def get(self, target: str) -> Answer | None:
        """Counts of export tasks, and one object; None for what is not of images."""
        asked = urlsplit(target)
        if asked.path == "/dcm4chee-arc/monitor/export/count":
            status = parse_qs(asked.query).get("status", [""])[0]
            return 200, json.dumps({"count": self._storage.tasks(status)})
        if found := re.fullmatch(r"/dcm4chee-arc/aets/[^/]+/rs/studies/.+/instances/([0-9.]+)", asked.path):
            try:
                return 200, self._storage.read(found[1])
            except NotRead as error:
                return 500, str(error)
        return None

    def post(self, target: str, body: bytes) -> Answer | None:
        """STOW-RS of one object, and the reschedule of tasks; None for what is not of images."""
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
        return None


def _repeat(poll: Any) -> None:
    while True:
        poll()
        time.sleep(POLL_SECONDS)
