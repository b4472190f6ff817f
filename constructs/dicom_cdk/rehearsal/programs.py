"""The system programs that a rehearsal runs, and the Debian packages that bring them (tools/system-programs.sh)."""

import os
import shutil
from pathlib import Path

_POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
# /usr/bin/psql of Debian is a program in Perl that looks for the one meant: a third of the time of each call.
SYSTEM_PATH = ":".join([*(str(path.parent) for path in _POSTGRES[-1:]), "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"])


class ProgramMissing(Exception):
    """A program of the rehearsal is not installed; the text names it and its package."""


def need(program: str, package: str) -> str:
    """The path of a system program, before one that a user's shell puts in its way. Raises ProgramMissing."""
    found = shutil.which(program, path=f"{SYSTEM_PATH}:{os.environ.get('PATH', '')}")
    if found is None:
        raise ProgramMissing(
            f"{program} is not installed: Debian package {package}; run tools/system-programs.sh as root"
        )
    return found


def postgres_programs() -> Path:
    """The folder of the newest PostgreSQL's programs, where Debian keeps them. Raises ProgramMissing."""
    if not _POSTGRES:
        raise ProgramMissing(
            "postgres is not installed: Debian package postgresql; run tools/system-programs.sh as root"
        )
    return _POSTGRES[-1].parent


def faketime() -> str:
    """The library that gives a program another clock. Raises ProgramMissing."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    if not found:
        raise ProgramMissing(
            "libfaketime is not installed: Debian package faketime; run tools/system-programs.sh as root"
        )
    return str(found[0])
