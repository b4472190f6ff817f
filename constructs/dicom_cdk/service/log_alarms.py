"""Alarms on what the hosts and the gateway say of themselves: one table, each row a query over a log store.

The SQL is the subset that the log service and SQLite have in common, so that tests run it as it stands on lines of a rehearsal.
A number that a host leaves out is NULL and fires nothing: `host-silent` and `host-unwell` are there for hosts that cannot say it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

LINE_MINUTES = 5
"""A host writes a line of numbers so often (assets/watch/numbers.timer)."""


@dataclass(frozen=True)
class LogAlarm:
    """One alarm. `key` is its section in the runbook; `query` gives rows, one of which has to meet `condition`."""

    key: str
    title: str
    store: Literal["health", "gateway"]
    minutes: int
    query: str
    condition: str
    severity: Literal[6, 8, 10] = 8
    """6 medium, 8 high, 10 critical."""


def log_alarms(*, hosts: int, disk_percent: int) -> Sequence[LogAlarm]:
    """Of a site with so many hosts that write lines. `disk_percent`: what of a disk may be used."""
    return (
        *(_of_hosts(hosts, disk_percent) if hosts else ()),
        LogAlarm(
            "gateway-errors",
            "Gateway or filter answers with errors of the service",
            "gateway",
            15,
            f"SELECT count(*) AS failed FROM log WHERE {_SAID.format('status')} >= '500'",
            "failed > 5",
        ),
        LogAlarm(
            "gateway-slow",
            "Gateway or filter answers slowly",
            "gateway",
            15,
            f"SELECT approx_percentile(CAST({_SAID.format('seconds')} AS double), 0.95) AS seconds FROM log",
            "seconds > 20",
            6,
        ),
    )


_SAID = "json_extract_scalar(coalesce(message, content), '$.{}')"
"""A field of a line of NGINX, which Function Compute brings as `message` and SAE as `content`."""


def _times(key: str, title: str, where: str, severity: Literal[6, 8, 10] = 8) -> LogAlarm:
    """Twice within four lines: once may be a restart."""
    query = f"SELECT host, count(*) AS times FROM log WHERE {where} GROUP BY host"
    return LogAlarm(key, title, "health", 4 * LINE_MINUTES, query, "times > 1", severity)


def _number(
    key: str,
    title: str,
    number: str,
    condition: str,
    *,
    minutes: int = 3 * LINE_MINUTES,
    severity: Literal[6, 8, 10] = 8,
) -> LogAlarm:
    """`condition` on `number`, an aggregate over a host's lines."""
    return LogAlarm(
        key, title, "health", minutes, f"SELECT host, {number} AS number FROM log GROUP BY host", condition, severity
    )


def _of_hosts(hosts: int, disk_percent: int) -> Sequence[LogAlarm]:
    fuller = "CASE WHEN disk_data_percent > disk_system_percent THEN disk_data_percent ELSE disk_system_percent END"
    sooner = "CASE WHEN trusted_days_left < keystore_days_left THEN trusted_days_left ELSE keystore_days_left END"
    return (
        LogAlarm(
            "host-silent",
            "A host sends no numbers",
            "health",
            4 * LINE_MINUTES,
            "SELECT count(DISTINCT host) AS hosts FROM log",
            f"hosts < {hosts}",
            10,
        ),
        _times("host-unwell", "A container, unit, secret or the engine of a host is not well", "bad_parts > 0"),
        _number("host-full", "A disk of a host fills up", f"max({fuller})", f"number >= {disk_percent}"),
        _times("clock-off", "The clock of a host is off", "clock_synchronised = 0 OR clock_offset_ms > 500"),
        _times("directory-peer", "One node of the LDAP pair does not answer the other", "ldap_peer_answers = 0", 10),
        _number("directory-lag", "Changes of an LDAP node arrive late", "min(ldap_lag_seconds)", "number > 60"),
        _number("directory-differs", "The LDAP nodes differ", "min(ldap_entries_differ)", "number > 0", severity=10),
        _number("directory-backup", "The last backup of directory or database is too old", "min(backup_age_hours)", "number > 30"),
        _times("archive-down", "The archive on its host does not answer", "archive_started = 0", 10),
        _number("queue-grows", "Tasks of the archive wait", "min(tasks_queued)", "number > 1000", minutes=60, severity=6),
        _number("tasks-failed", "Tasks of the archive fail", "max(tasks_failed) - min(tasks_failed)", "number > 0", minutes=60),
        _number("stores-failed", "The archive refuses images", "sum(stores_failed)", "number > 0", severity=10),
        _number("storage-errors", "The archive cannot write to the bucket", "sum(storage_errors)", "number > 0", severity=10),
        _number("associations-rejected", "Associations are rejected", "sum(associations_rejected)", "number > 10", severity=6),
        _number("keystore-ends", "A certificate of DIMSE and HL7 over TLS ends", f"min({sooner})", "number < 21"),
        _number(
            "gateway-certificate-ends", "The certificate of the gateway ends", "min(gateway_certificate_days_left)", "number < 21"
        ),
    )  # fmt: skip
