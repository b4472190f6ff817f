"""Objects of the archive's storages, in a folder or a bucket: nothing is overwritten in either."""

import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path

from dicom_cdk.rehearsal.archive import configuration as directory
from dicom_cdk.rehearsal.archive.configuration import Entry, one


class StoreRefused(Exception):
    """The sender has to send again."""


class NotRead(Exception):
    """No copy could be read: HTTP 500."""


def request(method: str, storage: Entry, path: str, content: bytes | None = None) -> bytes:
    """To the storage's bucket, whose name leads the path, without a signature. Raises OSError."""
    url = directory.address(storage, path)
    with urllib.request.urlopen(urllib.request.Request(url, content, method=method), timeout=5) as answer:
        got: bytes = answer.read()
    return got


def free_name(storage: Entry, path: str) -> str:
    """`path`, or one beside it: the bucket is asked first whether a name is taken. Raises OSError."""
    number = 0
    while True:
        name = f"{path}-{number}" if number else path
        try:
            request("HEAD", storage, name)
        except urllib.error.HTTPError as error:
            if error.code == HTTPStatus.NOT_FOUND:
                return name
            raise
        number += 1


def write_file(folder: Path, path: str, content: bytes) -> str:
    """The path below `folder` that it has. Raises StoreRefused."""
    file, number = folder / path, 0
    while file.exists():
        number += 1
        file = folder / f"{path}-{number}"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise StoreRefused(str(error)) from error
    return str(file.relative_to(folder))


def remove(storage: Entry, folder: Path, path: str) -> None:
    """Raises OSError. `folder`: of a storage that is one."""
    if one(storage, "dcmURI").startswith("file:"):
        (folder / path).unlink()
    else:
        request("DELETE", storage, path)


def used(folder: Path) -> int:
    """Bytes of its files, but for those of the host's own."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.name.startswith("."))
