"""The dashboard: one table of charts over the log stores, each a query (facts: cloud 4.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

WIDTH, HEIGHT = 10, 6
"""Of a chart on the vendor's grid; two beside each other."""
DAY = "-86400s"


@dataclass(frozen=True)
class Chart:
    """One chart. `across` names the column along which it runs, `up` those that are drawn."""

    title: str
    group: Literal["health", "traffic", "DIMSE", "storage", "errors"]
    store: Literal["health", "gateway"]
    kind: Literal["line", "bar", "table", "number"]
    query: str
    across: tuple[str, ...] = ()
    up: tuple[str, ...] = ()


_SAID = "json_extract_scalar(coalesce(message, content), '$.{}')"
_TIME = "__time__ - __time__ % 900 AS time"


def _by_host(title: str, group: Any, number: str, name: str) -> Chart:
    query = f"SELECT {_TIME}, host, {number} AS {name} FROM log GROUP BY time, host ORDER BY time"
    return Chart(title, group, "health", "line", query, ("time",), (name,))


CHARTS: Sequence[Chart] = (
    Chart(
        "Parts that are not well",
        "health",
        "health",
        "table",
        "SELECT host, max(bad) AS bad, count(*) AS times FROM log WHERE bad_parts > 0 GROUP BY host",
        up=("host", "bad", "times"),
    ),
    _by_host("Disks, percent used", "health", "max(disk_data_percent)", "percent"),
    _by_host("LDAP: seconds behind", "health", "max(ldap_lag_seconds)", "seconds"),
    _by_host("LDAP: entries that differ", "health", "max(ldap_entries_differ)", "entries"),
    _by_host("Hours since the last backup (directory) or dump (database)", "health", "max(backup_age_hours)", "hours"),
    Chart(
        "Requests by status",
        "traffic",
        "gateway",
        "bar",
        f"SELECT {_TIME}, {_SAID.format('status')} AS status, count(*) AS requests FROM log "
        f"WHERE {_SAID.format('status')} IS NOT NULL GROUP BY time, status ORDER BY time",
        ("time",),
        ("requests",),
    ),
    Chart(
        "Seconds that nineteen of twenty requests take at most",
        "traffic",
        "gateway",
        "line",
        f"SELECT {_TIME}, approx_percentile(CAST({_SAID.format('seconds')} AS double), 0.95) AS seconds FROM log "
        "GROUP BY time ORDER BY time",
        ("time",),
        ("seconds",),
    ),
    _by_host("Images received", "DIMSE", "sum(stores)", "images"),
    _by_host("Images refused", "DIMSE", "sum(stores_failed)", "images"),
    _by_host("Open associations", "DIMSE", "max(associations)", "associations"),
    _by_host("Associations rejected", "DIMSE", "sum(associations_rejected)", "associations"),
    _by_host("Tasks that wait", "storage", "max(tasks_queued)", "tasks"),
    _by_host("Writes to the object storage that failed", "storage", "sum(storage_errors)", "writes"),
    _by_host("Tasks that failed for good", "errors", "max(tasks_failed)", "tasks"),
    _by_host("ERROR entries of server.log", "errors", "sum(log_errors)", "entries"),
)
"""In the order of the page, by group."""


def char_list(charts: Sequence[Chart] = CHARTS) -> list[dict[str, Any]]:
    """The argument of that (the vendor's) name."""
    return [
        {
            "action": {},
            "title": f"chart-{number}",
            "type": chart.kind,
            "search": {
                "logstore": chart.store,
                "topic": "",
                "query": f"* | {chart.query}",
                "start": DAY,
                "end": "now",
            },
            "display": {
                "displayName": f"{chart.group}: {chart.title}",
                "xAxis": list(chart.across),
                "yAxis": list(chart.up),
                "xPos": WIDTH * (number % 2),
                "yPos": HEIGHT * (number // 2),
                "width": WIDTH,
                "height": HEIGHT,
            },
        }
        for number, chart in enumerate(charts)
    ]
