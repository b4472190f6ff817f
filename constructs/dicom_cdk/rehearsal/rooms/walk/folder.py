"""The shared folder in a walk to another release: what it alone holds stays in it, and reaches the bucket by the new archive."""

import json
import time
from collections.abc import Callable, Sequence

from pydicom.dataset import Dataset

from dicom_cdk.payload.cache import EXPORTER, GUARD, STORAGE_ID
from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.rooms.receiving import Receiving
from dicom_cdk.rehearsal.rooms.walk.walking import Walking
from dicom_cdk.releases.table import checks_mounts_by_attribute

ROOM = "upgrades"
WAIT_SECONDS = 30.0
SLOW = 3000.0
"""Seconds that a minute takes: what comes in then is quiet for none."""


def folder_before(walking: Walking, checks: Checks, old: str, new: str, sent: Sequence[Dataset]) -> list[Dataset]:
    """Between the backups and the stop, with the images `sent` so far; gives those that it sends."""
    stage, here = walking.stage, _folder(walking)
    more: list[Dataset] = []
    with checks.check(
        ROOM,
        f"{old} → {new}: a bucket that takes nothing stops the walk, with what only the folder holds; then it is waited for",
    ):
        here.bucket.away = True
        more += [walking.send() for _ in range(2)]
        _until(lambda: _failures(walking) == 2, "two series that could not be copied")
        done = stage.run(walking.step("drain", old, new), more={"DICOM_DRAIN_SECONDS": "0.2"})
        expect(
            done.returncode == 1
            and "series cannot be copied into the bucket, and only the shared folder" in done.stderr,
            f"ended with {done.returncode}: {done.stderr[-600:]}",
        )
        expect(walking.found() == len(sent) + 2 and walking.tier.status == "RUNNING", "an archive was stopped")
        here.bucket.away = False
        stage.must(walking.step("drain", old, new))
        expect(here.bucket.images == len(sent) + 2, f"{here.bucket.images} images are in the bucket")
    with checks.check(
        ROOM, f"{old} → {new}: an image of the last minute holds nobody up, and is among those asked for"
    ) as said:
        here.pace(minute=SLOW)
        walking.restarted()
        more.append(walking.send())
        walking.born(old, [*sent, *more], in_folder=1)
        told = stage.must(walking.step("drain", old, new), more={"DICOM_DRAIN_SECONDS": "0.2"})
        expect("1 series came in a moment ago and are not in the bucket yet" in told, f"it said {told}")
        asked = f"/var/local/dicom/wildfly.before/asked-{old}-{new}.json"
        expect(
            json.loads(walking.host.read(asked))["images"][0][2] == more[-1].SOPInstanceUID,
            "another image is asked for first",
        )
        said.append(f"{len(here.files())} images in the folder, {here.bucket.images} in the bucket")
    return more


def folder_after(walking: Walking, checks: Checks, old: str, new: str, sent: Sequence[Dataset]) -> None:
    """Once the new image answers."""
    stage, here = walking.stage, _folder(walking)
    with checks.check(
        ROOM, f"{old} → {new}: what the folder alone held is there, and the new archive copies it"
    ) as said:
        files, objects = len(here.files()), here.bucket.images
        expect(objects == len(sent) - 1, f"{objects} images are in the bucket, {len(sent) - 1} were")
        walking.given(sent)
        walking.stored(new)
        entry = stage.ldap(
            "directory/l", "ldapsearch", "-LLL", "-b", walking.storage_dn(STORAGE_ID), "-s", "base"
        ).stdout
        wanted = (
            f"dcmCheckMountFilePath: {GUARD}"
            if checks_mounts_by_attribute(new)
            else f"dcmProperty: checkMountFile={GUARD}"
        )
        expect(wanted in entry and "dcmExportStorageID" in entry, f"the folder's entry is {entry}")
        here.pace()
        walking.restarted()
        status, _ = walking.ask("POST", "monitor/export/reschedule?status=SCHEDULED")
        expect(status == 200, f"the queue answered {status}")
        _until(lambda: here.bucket.images == len(sent), "every image in the bucket")
        walking.given(sent)
        expect(len(here.files()) == files, f"{files} images were in the folder, {len(here.files())} are")
        said.append(f"{len(here.files())} in the folder, {here.bucket.images} in the bucket")


def _folder(walking: Walking) -> Receiving:
    assert walking.receiving is not None
    return walking.receiving


def _failures(walking: Walking) -> int:
    """Series that could not be copied so far."""
    asked = (
        f"monitor/export?ExporterID={EXPORTER}&status={status}" for status in ("SCHEDULED", "SCHEDULED%20FOR%20RETRY")
    )
    rows = [row for target in asked for row in json.loads(walking.ask("GET", target)[1])]
    return sum(bool(row.get("failures")) for row in rows)


def _until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        expect(time.monotonic() < deadline, f"no {what} after {WAIT_SECONDS:.0f} s")
        time.sleep(0.05)
