"""What the archive does with images, after what was seen and read of it (facts: archive 2): how it stores, exports, purges, reads.

It follows the directory's entries as the real one does, its errors included: a study on another archive's folder is not found, a
wrong archive's purge fails and says so, a queue that fails too often fails for good, an archive that starts takes over what runs.

Over 200 lines: one cycle of an image's life, each part short of meaning without the others; tables (`records`), folders and
buckets (`storage_systems`) stand apart.
"""

import hashlib
import sqlite3
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from dicom_cdk.rehearsal.archive import configuration as directory
from dicom_cdk.rehearsal.archive.configuration import Configuration, Incomplete, every, one, seconds
from dicom_cdk.rehearsal.archive.objects import NotRead, StoreRefused
from dicom_cdk.rehearsal.archive.records import (
    COMPLETED,
    FAILED,
    FAILED_TO_DELETE,
    FOR_RETRY,
    IN_PROCESS,
    OK,
    SCHEDULED,
    TO_DELETE,
    Records,
)
from dicom_cdk.rehearsal.archive.storage_systems import StorageSystems

MINUTE = 60.0


class ArchiveStorage:
    """One archive's part. Archives of one device share `database`; `folders`: path in the container → folder of the host.

    `minute`, `gigabyte`: seconds and bytes that those of the configuration take; `capacity_gb`: what each folder holds;
    `retries_apart`: whether the release has a status of its own for tasks that failed and wait.
    """

    def __init__(
        self,
        database: Path,
        folders: Mapping[str, Path],
        *,
        minute: float = MINUTE,
        gigabyte: int = 10**9,
        capacity_gb: int = 1 << 30,
        retries_apart: bool = False,
    ) -> None:
        self.configuration = Configuration()
        self._minute, self._gigabyte = minute, gigabyte
        self._systems = StorageSystems(folders, capacity_gb * gigabyte)
        self._retried = FOR_RETRY if retries_apart else SCHEDULED
        self.records = Records(database)

    def store(self, title: str, study: str, series: str, uid: str, content: bytes) -> None:
        """An object comes in by an AE title. Raises StoreRefused."""
        with self.records.lock:
            entry = self.configuration.titles.get(title)
            if entry is None:
                raise StoreRefused(f"Called AE title not recognised: {title}")
            storage = one(entry, "dcmObjectStorageID")
            path = self._write(storage, study, series, uid, content)
            now = time.time()
            # An object without its task would never leave the folder.
            with self.records.transaction() as made:
                made.execute(
                    "insert into location values (?, ?, ?, ?, ?, ?, ?, ?)",
                    (uid, study, series, storage, path, len(content), OK, now),
                )
                rule = self.configuration.rules.get(title)
                if rule is not None:
                    due = now + self._seconds(one(rule, "dcmDuration", "PT0S"))
                    made.execute(
                        "insert into task values (?, ?, ?, ?, 0, ?) on conflict (series, exporter) "
                        "do update set status = excluded.status, due = excluded.due, failures = 0",
                        (study, series, one(rule, "dcmExporterID"), SCHEDULED, due),
                    )

    def read(self, uid: str) -> bytes:
        """A copy, of storages that are ONLINE first. Raises NotRead."""
        found = self.records.run("select storage, path from location where uid = ? and status = ?", uid, OK)
        online = sorted(found, key=lambda row: self._availability(row["storage"]) != "ONLINE")
        for row in online:
            try:
                content = self._get(row["storage"], row["path"])
            except OSError:
                continue
            self.records.run("update location set accessed = ? where uid = ?", time.time(), uid)
            return content
        raise NotRead(f"{uid}: {len(found)} locations, none could be read")

    def objects(self) -> list[tuple[str, str, str]]:
        """Study, series and object of each, as queries find them."""
        rows = self.records.run(
            "select distinct study, series, uid from location where status = ? order by study, series, uid", OK
        )
        return [(row["study"], row["series"], row["uid"]) for row in rows]

    def tasks(self, status: str) -> int:
        return int(self.records.run("select count(*) as n from task where status = ?", status)[0]["n"])

    def waiting(self, status: str) -> list[tuple[str, str, str, int]]:
        """Exporter, study, series and number of failures of each task of this status."""
        rows = self.records.run("select * from task where status = ? order by rowid", status)
        return [(row["exporter"], row["study"], row["series"], row["failures"]) for row in rows]

    def reschedule(self, status: str) -> int:
        changed = self.tasks(status)
        self.records.run(
            "update task set status = ?, failures = 0, due = ? where status = ?", SCHEDULED, time.time(), status
        )
        return changed

    def export_due(self) -> int:
        """One poll of the queue: takes what is due; how many ended well."""
        done = 0
        for task in self.records.run(
            "select rowid, * from task where status in (?, ?) and due <= ?", SCHEDULED, FOR_RETRY, time.time()
        ):
            taken = self.records.run(
                "update task set status = ? where rowid = ? and status = ? returning rowid",
                *(IN_PROCESS, task["rowid"], task["status"]),
            )
            if taken:
                done += self._export(task)
        return done

    def purge(self) -> int:
        """One poll: deletes what is marked, then studies while space is short; how many files went."""
        gone = 0
        for name, entry in self.configuration.storages.items():
            duration = one(entry, "dcmStorageDuration", "PERMANENT")
            threshold = one(entry, "dcmDeleterThreshold", "")
            if duration == "PERMANENT" or not threshold or name in self._elsewhere:
                continue
            with self.records.lock:
                for study in self._oldest(name):
                    if self._systems.free(entry) >= int(threshold.removesuffix("GB")) * self._gigabyte:
                        break
                    if not self._may_go(study, every(entry, "dcmExportStorageID")):
                        continue
                    gone += self._delete(name, study, from_database=duration == "TEMPORARY")
        return gone

    @property
    def _elsewhere(self) -> set[str]:
        """Storages whose URI is no folder."""
        return {
            name for name, entry in self.configuration.storages.items() if not one(entry, "dcmURI").startswith("file:")
        }

    def _export(self, task: sqlite3.Row) -> bool:
        exporter = self.configuration.exporters[task["exporter"]]
        target = one(exporter, "dcmURI").removeprefix("storage:")
        copies = self.records.run(
            "select * from location where series = ? and storage != ? and status = ? "
            "and uid not in (select uid from location where storage = ? and status = ?)",
            *(task["series"], target, OK, target, OK),
        )
        try:
            for row in copies:
                content = self._get(row["storage"], row["path"])
                path = self._write(target, row["study"], row["series"], row["uid"], content)
                self.records.run(
                    "insert into location values (?, ?, ?, ?, ?, ?, ?, ?)",
                    *(row["uid"], row["study"], row["series"], target, path, row["size"], OK, row["accessed"]),
                )
        except (OSError, StoreRefused, Incomplete):
            failures = task["failures"] + 1
            delay = directory.retry_delay(self.configuration.queues[one(exporter, "dcmQueueName")], failures)
            status = self._retried if delay >= 0 else FAILED
            self.records.run(
                "update task set status = ?, failures = ?, due = ? where rowid = ? and status = ?",
                *(status, failures, time.time() + max(delay, 0) * self._minute / MINUTE, task["rowid"], IN_PROCESS),
            )
            return False
        # A series that grew meanwhile was scheduled anew, which stays.
        self.records.run(
            "update task set status = ? where rowid = ? and status = ?", COMPLETED, task["rowid"], IN_PROCESS
        )
        return True

    def _write(self, storage: str, study: str, series: str, uid: str, content: bytes) -> str:
        """Returns the path in the storage. Raises StoreRefused."""
        entry = self.configuration.storages.get(storage)
        if entry is None:
            raise StoreRefused(f"no storage {storage}")
        named = "/".join(hashlib.sha256(part.encode()).hexdigest()[:8].upper() for part in (study, series, uid))
        return self._systems.write(entry, directory.below(entry) + named, content)

    def _get(self, storage: str, path: str) -> bytes:
        return self._systems.read(self.configuration.storages[storage], path)

    def _oldest(self, storage: str) -> list[str]:
        rows = self.records.run(
            "select study from location where storage = ? and status = ? group by study order by min(accessed)",
            *(storage, OK),
        )
        return [row["study"] for row in rows]

    def _may_go(self, study: str, needed: Sequence[str]) -> bool:
        """Whether every object of a study lies on a storage that it has to be on."""
        marks = ", ".join("?" * len(needed))
        missing = self.records.run(
            f"select distinct uid from location where study = ? except "
            f"select uid from location where study = ? and status = ? and storage in ({marks})",
            *(study, study, OK, *needed),
        )
        return not needed or not missing

    def _delete(self, storage: str, study: str, *, from_database: bool) -> int:
        gone = 0
        asked = "select rowid, storage, path from location where study = ? and storage = ?"
        for row in self.records.run(asked, study, storage):
            self.records.run("update location set status = ? where rowid = ?", FAILED_TO_DELETE, row["rowid"])
            gone += self._remove(row)
        if from_database:
            self.records.run("delete from location where study = ?", study)
        return gone

    def delete(self, study: str) -> bool:
        """A study that was rejected, for good: no query finds it from now on. Its objects are marked, and go at the next poll;
        those that do not stay where they are, known as FAILED_TO_DELETE."""
        found = self.records.run("update location set status = ? where study = ? returning rowid", TO_DELETE, study)
        self.records.run("delete from task where study = ?", study)
        return bool(found)

    def delete_marked(self) -> int:
        """One poll: how many objects went."""
        claim = "update location set status = ? where status = ? returning rowid, storage, path"
        return sum(self._remove(row) for row in self.records.run(claim, FAILED_TO_DELETE, TO_DELETE))

    def _remove(self, row: sqlite3.Row) -> bool:
        """An object that was marked as failed before it is tried, and is forgotten once it is gone."""
        entry = self.configuration.storages[row["storage"]]
        try:
            self._systems.remove(entry, row["path"])
        except OSError:
            return False
        self.records.run("delete from location where rowid = ?", row["rowid"])
        return True

    def failed_to_delete(self) -> int:
        return int(self.records.run("select count(*) as n from location where status = ?", FAILED_TO_DELETE)[0]["n"])

    def _availability(self, storage: str) -> str:
        return one(self.configuration.storages.get(storage, {}), "dcmInstanceAvailability", "ONLINE")

    def _seconds(self, duration: str) -> float:
        return seconds(duration) * self._minute / MINUTE
