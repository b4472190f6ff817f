"""A disk without room: a small file system in memory over a folder, filled up to the last block."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dicom_cdk.rehearsal.machines.servers import Postgres
from dicom_cdk.rehearsal.programs import ProgramMissing, need

FILL = "fill"
SMALL = "small"


@contextmanager
def on(folder: Path, *, kilobytes: int = 256, process: str = "") -> Iterator[Path]:
    """`folder` is empty and full for the block, then as before; with `process`, its id, as that one sees it. Yields the file that
    fills it: without it there is room.
    """
    into = [need("nsenter", "util-linux"), "-t", process, "-m"] if process else []
    mount = [*into, need("mount", "mount"), "-t", "tmpfs", "-o", f"size={kilobytes}k", "rehearsal", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True)
    if done.returncode:
        raise ProgramMissing(f"a file system in memory needs root with the right to mount: {done.stderr.strip()}")
    seen = Path(f"/proc/{process}/root{folder}") if process else folder
    try:
        fill(seen)
        yield seen / FILL
    finally:
        subprocess.run([*into, need("umount", "mount"), "-l", str(folder)], check=True)


@contextmanager
def under(database: Postgres, *, kilobytes: int = 8192) -> Iterator[Path]:
    """Tables and indexes that are made in the block lie on a disk of that size, which has room; they are gone afterwards. Yields
    the file that fills it.
    """
    folder = database.folder / SMALL
    folder.mkdir()
    process = (database.folder / "data/postmaster.pid").read_text().split()[0]
    with on(folder, kilobytes=kilobytes, process=process) as filling:
        filling.unlink()
        if os.getuid() == 0:
            shutil.chown(filling.parent, "postgres", "postgres")
        database.sql(f"create tablespace {SMALL} location '{folder}'", database="postgres")
        database.sql(
            f"grant create on tablespace {SMALL} to public; alter database pacsdb set default_tablespace = {SMALL}"
        )
        try:
            yield filling
        finally:
            database.sql("alter database pacsdb reset default_tablespace; drop schema if exists public cascade")
            database.sql("create schema public authorization pacs")
            database.sql(f"drop tablespace {SMALL}", database="postgres")
    folder.rmdir()


def fill(folder: Path, *, but: int = 0) -> None:
    """Write until nothing more goes in, then leave `but` kilobytes."""
    block = b"\0" * 4096
    with (folder / FILL).open("ab", buffering=0) as file:
        while True:
            try:
                file.write(block)
            except OSError:
                break
    os.truncate(folder / FILL, (folder / FILL).stat().st_size - but * 1024)
