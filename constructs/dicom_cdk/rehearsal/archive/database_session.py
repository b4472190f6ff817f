"""A session of the archive's pool with the database, as the image's data source keeps it: one that broke is found when it is next
used or within ten seconds (`background-validation-millis`, exception sorter), and another takes its place.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from dicom_cdk.rehearsal.programs import need


class DatabaseSession:
    """Opened at the first question. `given`: what compose gives the container; `password`: a file."""

    def __init__(self, given: Mapping[str, str], password: Path) -> None:
        self._given, self._password = given, password
        self._psql: subprocess.Popen[str] | None = None

    def answers(self) -> bool:
        """Whether the database answered on the session there is; a broken one costs this question only."""
        if self._psql is None:
            self._psql = self._open()
        psql = self._psql
        assert psql.stdin is not None
        assert psql.stdout is not None
        try:
            psql.stdin.write("select 1;\n")
            psql.stdin.flush()
            if psql.stdout.readline() == "1\n":
                return True
        except OSError:
            pass
        psql.kill()
        psql.wait()
        self._psql = None
        return False

    def _open(self) -> "subprocess.Popen[str]":
        given = self._given
        where = [f"-h{given['POSTGRES_HOST']}", f"-p{given['POSTGRES_PORT']}", f"-U{given['POSTGRES_USER']}"]
        return subprocess.Popen(
            [need("psql", "postgresql-client"), "-XAtqw", *where, f"-d{given['POSTGRES_DB']}"],
            env={
                "PATH": os.environ["PATH"],
                "PGPASSWORD": self._password.read_text().strip(),
                "PGCONNECT_TIMEOUT": "10",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            errors="replace",
        )
