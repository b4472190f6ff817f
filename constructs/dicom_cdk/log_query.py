"""What a query of the log service finds in lines, by SQLite: the SQL that both have in common.

Of the log service's own functions only the two that our queries use. What SQLite takes otherwise than the log service
is not seen (service/log_alarms, service/log_dashboard).
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

Line = Mapping[str, Any]
SEARCH_AND_SQL = "* | "
"""What stands before the SQL in a query of the log service: all lines, then."""


class NotAQuery(Exception):
    """SQLite does not run it; the text says why."""


def rows(query: str, lines: Sequence[Line], columns: Sequence[str]) -> list[dict[str, Any]]:
    """What `query` makes of `lines`, row by row. `columns`: of the store; what a line leaves out is NULL.

    Raises NotAQuery.
    """
    return _asked(query.removeprefix(SEARCH_AND_SQL), lines, columns)


def fires(query: str, condition: str, lines: Sequence[Line], columns: Sequence[str]) -> bool:
    """Whether a row that an alarm's `query` makes of `lines` meets its `condition`. Raises NotAQuery."""
    counted = f"SELECT count(*) AS found FROM ({query.removeprefix(SEARCH_AND_SQL)}) WHERE {condition}"
    return bool(_asked(counted, lines, columns)[0]["found"])


def _asked(query: str, lines: Sequence[Line], columns: Sequence[str]) -> list[dict[str, Any]]:
    log = sqlite3.connect(":memory:")
    log.row_factory = sqlite3.Row
    try:
        log.create_function("json_extract_scalar", 2, _scalar)
        # The types know aggregates of one argument only.
        log.create_aggregate("approx_percentile", 2, _Percentile)  # type: ignore[arg-type]
        names = ", ".join(f'"{name}"' for name in columns)
        log.execute(f"CREATE TABLE log ({names})")
        marks = ", ".join("?" * len(columns))
        log.executemany(f"INSERT INTO log VALUES ({marks})", [[line.get(name) for name in columns] for line in lines])
        return [dict(row) for row in log.execute(query)]
    except sqlite3.Error as error:
        raise NotAQuery(
            f"{query}: {error}; allowed is SQL that SQLite knows too, over the columns {', '.join(columns)}"
        ) from error
    finally:
        log.close()


class _Percentile:
    """approx_percentile(value, share)."""

    def __init__(self) -> None:
        self.values: list[float] = []
        self.share = 0.0

    def step(self, value: float | None, share: float) -> None:
        self.share = share
        if value is not None:
            self.values.append(value)

    def finalize(self) -> float | None:
        ordered = sorted(self.values)
        return ordered[min(int(self.share * len(ordered)), len(ordered) - 1)] if ordered else None


def _scalar(text: str | None, path: str) -> str | None:
    try:
        found = json.loads(text or "")[path.removeprefix("$.")]
    except (ValueError, KeyError, TypeError):
        return None
    return str(found)
