"""Writes a hand-off: all or nothing, never over something, with checksums and one archive that is the same on every machine."""

import gzip
import hashlib
import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

from dicom_cdk.handoff.errors import HandoffError

CHECKSUMS = "SHA256SUMS"


def archive_of(destination: Path) -> Path:
    """The archive's place, beside the folder."""
    return destination.parent / f"{destination.name}.tar.gz"


def refuse_taken(destination: Path) -> None:
    """Raises HandoffError where something is that would be lost."""
    if destination.is_dir() and any(destination.iterdir()):
        raise HandoffError(
            f"{destination}: not empty, and nothing is overwritten; name a new folder, or empty this one"
        )
    if destination.exists() and not destination.is_dir():
        raise HandoffError(f"{destination}: is a file; name a new folder")
    if archive_of(destination).exists():
        raise HandoffError(
            f"{archive_of(destination)}: is there already, and nothing is overwritten; name another folder"
        )
    parent = destination.absolute().parent
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise HandoffError(f"{parent}: no folder that can be written; make it, or name another one")


def write(destination: Path, files: Mapping[str, str]) -> None:
    """Folder and archive of `files` (path → text), with checksums of all. Raises HandoffError."""
    refuse_taken(destination)
    whole = {**files, CHECKSUMS: checksums(files)}
    work = Path(tempfile.mkdtemp(prefix=f".{destination.name}-", dir=destination.absolute().parent))
    try:
        made = work / destination.name
        for name, text in whole.items():
            file = made / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, newline="")
        (work / "archive").write_bytes(packed(destination.name, whole))
        if destination.exists():
            destination.rmdir()
        made.rename(destination)
        (work / "archive").rename(archive_of(destination))
    except OSError as error:
        raise HandoffError(f"{destination}: {error.strerror}; name a folder that can be written") from None
    finally:
        shutil.rmtree(work, ignore_errors=True)


def checksums(files: Mapping[str, str]) -> str:
    """As `sha256sum --check` reads them."""
    return "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in sorted(files.items()))


def packed(top: str, files: Mapping[str, str]) -> bytes:
    """A tar.gz without times, owners and order of the disk."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, text in sorted(files.items()):
            data = text.encode()
            entry = tarfile.TarInfo(f"{top}/{name}")
            entry.size, entry.mode = len(data), 0o644
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(plain.getvalue(), compresslevel=9, mtime=0)
