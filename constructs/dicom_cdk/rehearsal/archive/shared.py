"""What several archives of one device share: images, kept once, worklist and patients; a folder of files with a lock."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pydicom
from pydicom.dataset import Dataset

UNMARKED = "*"
"""Mark of studies that came in at an AE title without one."""


class Shared:
    """Images, worklist and steps: of all archives of the device."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "images").mkdir(parents=True, exist_ok=True)

    @contextmanager
    def locked(self) -> Iterator[dict[str, Any]]:
        """Worklist and patients, written back at the end."""
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            file = self.folder / "lists.json"
            empty: dict[str, Any] = {"worklist": {}, "patients": {}, "kept": [], "marks": {}}
            lists = json.loads(file.read_text()) if file.exists() else empty
            yield lists
            file.write_text(json.dumps(lists))

    def keep(self, one: Dataset, context: Any, mark: str) -> None:
        """Once, however often it is sent. `mark`: of its study, if it is the first object of it."""
        target = self.folder / "images" / f"{one.SOPInstanceUID}.dcm"
        with self.locked() as lists:
            if target.exists():
                return
            one.file_meta = pydicom.dataset.FileMetaDataset()
            one.file_meta.TransferSyntaxUID = context.transfer_syntax
            one.file_meta.MediaStorageSOPClassUID, one.file_meta.MediaStorageSOPInstanceUID = (
                one.SOPClassUID,
                one.SOPInstanceUID,
            )
            pydicom.dcmwrite(target, one, enforce_file_format=True)
            lists["kept"].append(str(one.SOPInstanceUID))
            lists["marks"].setdefault(str(one.StudyInstanceUID), mark)

    def images(self, sees: frozenset[str] | None = None, **wanted: str) -> list[Dataset]:
        """`sees`: marks of studies that are found; None: all."""
        with self.locked() as lists:
            marks: dict[str, str] = lists["marks"]
        files = sorted((self.folder / "images").glob("*.dcm"))
        found = [pydicom.dcmread(file) for file in files]
        if sees is not None:
            found = [one for one in found if marks[str(one.StudyInstanceUID)] in {UNMARKED, *sees}]
        return [one for one in found if all(str(one.get(name, "")) == value for name, value in wanted.items() if value)]

    def dies_now(self) -> bool:
        """Whether this store is the last of this process."""
        file = self.folder / "die-after"
        if not file.exists():
            return False
        left = int(file.read_text()) - 1
        if left > 0:
            file.write_text(str(left))
            return False
        file.unlink()
        return True
