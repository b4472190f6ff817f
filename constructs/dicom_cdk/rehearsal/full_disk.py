"""A disk without room: a small file system in memory over a folder, filled up to the last block."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dicom_cdk.rehearsal.programs import ProgramMissing, need

FILL = "fill"


@contextmanager
def on(folder: Path, *, kilobytes: int = 256) -> Iterator[Path]:
    """`folder` is empty and full for the block, then as before. Yields the file that fills it: without it there is room."""
    mount = need("mount", "mount")
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={kilobytes}k", "rehearsal", str(folder)], capture_output=True, text=True
    )
    if done.returncode:
        raise ProgramMissing(f"a file system in memory needs root with the right to mount: {done.stderr.strip()}")
    try:
        fill(folder)
        yield folder / FILL
    finally:
        subprocess.run([need("umount", "mount"), "-l", str(folder)], check=True)


def fill(folder: Path) -> None:
    """Write until nothing more goes in."""
    block = b"\0" * 4096
    with (folder / FILL).open("ab", buffering=0) as file:
        while True:
            try:
                file.write(block)
            except OSError:
                return
