"""Where the archive's storages lead: folders of the container, which the host has, and buckets."""

from collections.abc import Mapping
from pathlib import Path

from dicom_cdk.rehearsal.archive import configuration as directory
from dicom_cdk.rehearsal.archive import objects
from dicom_cdk.rehearsal.archive.configuration import Entry, one
from dicom_cdk.rehearsal.archive.objects import StoreRefused


class StorageSystems:
    """`folders`: path in the container → the host's; `capacity`: bytes of each. `entry`: of a storage in the directory."""

    def __init__(self, folders: Mapping[str, Path], capacity: int) -> None:
        self._folders, self._capacity = folders, capacity

    def write(self, entry: Entry, path: str, content: bytes) -> str:
        """Returns the path that it got. Raises StoreRefused."""
        if not one(entry, "dcmURI").startswith("file:"):
            try:
                path = objects.free_name(entry, path)
                objects.request("PUT", entry, path, content)
            except OSError as error:
                raise StoreRefused(str(error)) from error
            return path
        folder = self._folder(entry)
        for guard in directory.guards(entry):
            if (folder / guard).exists():
                raise StoreRefused(f"{folder / guard} is there: not mounted")
        if objects.used(folder) + len(content) > self._capacity:
            raise StoreRefused("No space left on device")
        return objects.write_file(folder, path, content)

    def read(self, entry: Entry, path: str) -> bytes:
        """Raises OSError."""
        if one(entry, "dcmURI").startswith("file:"):
            return (self._folder(entry) / path).read_bytes()
        return objects.request("GET", entry, path)

    def remove(self, entry: Entry, path: str) -> None:
        """Raises OSError."""
        objects.remove(entry, self._folder(entry), path)

    def free(self, entry: Entry) -> int:
        """Bytes that a folder still takes."""
        return self._capacity - objects.used(self._folder(entry))

    def _folder(self, entry: Entry) -> Path:
        inside = one(entry, "dcmURI").removeprefix("file://").rstrip("/")
        return self._folders.get(inside, Path("/nowhere") / inside.lstrip("/"))
