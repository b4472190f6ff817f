"""Where the archive's objects lie and what waits to be exported: its database, which archives of one device share."""

import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OK, TO_DELETE, FAILED_TO_DELETE = "OK", "TO_DELETE", "FAILED_TO_DELETE"
SCHEDULED, IN_PROCESS, COMPLETED, FAILED = "SCHEDULED", "IN PROCESS", "COMPLETED", "FAILED"
FOR_RETRY = "SCHEDULED FOR RETRY"
"""From 5.31 on what failed and waits; SCHEDULED before."""
_TABLES = """
create table if not exists location (
  uid text, study text, series text, storage text, path text, size integer, status text, accessed real);
create table if not exists task (
  study text, series text, exporter text, status text, failures integer, due real, unique (series, exporter));
"""


class Records:
    """The tables `location` and `task`. Threads of one archive take `lock`; other archives are other processes."""

    def __init__(self, database: Path) -> None:
        self.lock = threading.RLock()
        self._open = sqlite3.connect(database, timeout=20, isolation_level=None, check_same_thread=False)
        """One connection for all threads, each of which holds the lock: every poll of a new one would read the schema anew."""
        weakref.finalize(self, self._open.close)
        self._open.row_factory = sqlite3.Row
        # A process that is killed leaves what it wrote; only a machine that loses power would not, and this one is none.
        self._open.execute("pragma synchronous = off")
        self._open.executescript(_TABLES)
        # An archive that starts takes over what another one is at.
        self.run("update task set status = ? where status = ?", SCHEDULED, IN_PROCESS)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing; for who holds the lock."""
        self._open.execute("begin immediate")
        try:
            yield self._open
        except BaseException:
            self._open.execute("rollback")
            raise
        self._open.execute("commit")

    def run(self, text: str, *values: object) -> list[sqlite3.Row]:
        """One statement, and its rows."""
        with self.lock:
            return self._open.execute(text, values).fetchall()
