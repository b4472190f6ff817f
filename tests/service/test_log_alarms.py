"""Alarms on logs: each query runs as it stands, by SQLite; each alarm fires on its trouble and on nothing else."""

import json
import re
from collections.abc import Sequence

import pytest

from dicom_cdk import log_query
from dicom_cdk.handoff.alarm_pages import sections
from dicom_cdk.log_query import Line
from dicom_cdk.service.log_alarms import LogAlarm, log_alarms
from dicom_cdk.service.log_stores import HEALTH_COLUMNS, STORES
from dicom_cdk.service.metrics import METRICS

ALARMS = {alarm.key: alarm for alarm in log_alarms(hosts=3, disk_percent=80)}
COLUMNS = {store.name: tuple(store.columns) for store in STORES}

DIRECTORY = {
    "bad": "", "bad_parts": 0, "disk_system_percent": 20, "disk_data_percent": 30, "clock_synchronised": 1, "clock_offset_ms": 0.5,
    "ldap_peer_answers": 1, "ldap_entries": 1500, "ldap_entries_differ": 0, "ldap_lag_seconds": 0.0, "backup_age_hours": 12.0,
}  # fmt: skip
ARCHIVE = {
    "bad": "", "bad_parts": 0, "disk_system_percent": 20, "disk_data_percent": 30, "clock_synchronised": 1, "clock_offset_ms": 0.5,
    "archive_started": 1, "tasks_queued": 3, "tasks_failed": 1, "associations": 2, "associations_rejected": 0, "stores": 40,
    "stores_failed": 0, "storage_errors": 0, "log_errors": 0, "keystore_days_left": 3000, "trusted_days_left": 300,
    "gateway_certificate_days_left": 80,
}  # fmt: skip
HOSTS = {"directory-l": DIRECTORY, "directory-g": DIRECTORY, "archive": ARCHIVE}
TROUBLES: dict[str, Sequence[Line]] = {
    "host-unwell": [{"bad_parts": 1, "bad": "dcm4chee-arc-1"}] * 2,
    "host-full": [{"disk_data_percent": 80}],
    "clock-off": [{"clock_synchronised": 0}, {"clock_offset_ms": 501.0}],
    "directory-peer": [{"ldap_peer_answers": 0, "ldap_lag_seconds": None, "ldap_entries_differ": None}] * 2,
    "directory-lag": [{"ldap_lag_seconds": 61.0}] * 4,
    "directory-differs": [{"ldap_entries_differ": 1}] * 4,
    "directory-backup": [{"backup_age_hours": 30.5}] * 4,
    "archive-down": [{"archive_started": 0, "tasks_queued": None, "tasks_failed": None}] * 2,
    "queue-grows": [{"tasks_queued": 1001}] * 4,
    "tasks-failed": [{"tasks_failed": 2}],
    "stores-failed": [{"stores_failed": 1}],
    "storage-errors": [{"storage_errors": 1}],
    "associations-rejected": [{"associations_rejected": 4}] * 3,
    "keystore-ends": [{"keystore_days_left": 20, "trusted_days_left": None}],
    "gateway-certificate-ends": [{"gateway_certificate_days_left": 20}],
}
"""Alarm → what some of a host's four lines say; the others say that all is well."""


def fires(alarm: LogAlarm, lines: Sequence[Line]) -> bool:
    """Whether a row that the query makes of `lines` meets the condition."""
    return log_query.fires(alarm.query, alarm.condition, lines, COLUMNS[alarm.store])


def lines(trouble: Sequence[Line] = (), at: str = "") -> list[Line]:
    """Four lines of each host; those of `at` end with `trouble`."""
    found: list[Line] = []
    for host, well in HOSTS.items():
        told: list[Line] = [well] * 4
        if host == at and trouble:
            told = [*told[: 4 - len(trouble)], *({**well, **one} for one in trouble)]
        found += [{"host": host, **one} for one in told]
    return found


def host_of(trouble: Sequence[Line]) -> str:
    """The host whose lines have such numbers."""
    return "directory-g" if set(trouble[0]) <= set(DIRECTORY) else "archive"


@pytest.mark.parametrize("key", [key for key, alarm in ALARMS.items() if alarm.store == "health"])
def test_hosts_that_are_well_raise_no_alarm(key: str) -> None:
    assert not fires(ALARMS[key], lines())


@pytest.mark.parametrize("key", TROUBLES)
def test_each_trouble_raises_its_alarm_and_no_other(key: str) -> None:
    told = lines(TROUBLES[key], at=host_of(TROUBLES[key]))
    assert [name for name, alarm in ALARMS.items() if alarm.store == "health" and fires(alarm, told)] == [key]


@pytest.mark.parametrize("key", [key for key in TROUBLES if len(TROUBLES[key]) > 1])
def test_what_is_over_at_once_raises_none(key: str) -> None:
    once = TROUBLES[key][:1]
    assert not fires(ALARMS[key], lines(once, at=host_of(once)))


@pytest.mark.parametrize(("days", "told"), [(20, True), (-3, True), (21, False)])
def test_a_listed_devices_certificate_that_ends_is_told_as_the_archives_own(days: int, told: bool) -> None:
    assert fires(ALARMS["keystore-ends"], lines([{"trusted_days_left": days}], at="archive")) is told


@pytest.mark.parametrize("left", [0, 1, 2])
def test_a_host_that_is_silent_is_told_also_when_none_speaks(left: int) -> None:
    speaking = list(HOSTS)[:left]
    assert fires(ALARMS["host-silent"], [line for line in lines() if line["host"] in speaking])


def test_every_alarm_on_numbers_has_a_trouble_here() -> None:
    assert set(TROUBLES) | {"host-silent"} == {key for key, alarm in ALARMS.items() if alarm.store == "health"}


def access(status: int, seconds: float, *, field: str = "message") -> Line:
    """A line of the gateway, as Function Compute (message) or SAE (content) brings it."""
    return {field: json.dumps({"side": "gateway", "status": status, "seconds": seconds})}


@pytest.mark.parametrize("field", ["message", "content"])
def test_errors_of_gateway_and_filter_are_counted_by_status(field: str) -> None:
    well = (
        [access(200, 0.2, field=field)] * 50 + [access(404, 0.1, field=field)] * 50 + [{"message": "FC Invoke Start"}]
    )
    assert not fires(ALARMS["gateway-errors"], [*well, *[access(502, 1, field=field)] * 5])
    assert fires(ALARMS["gateway-errors"], [*well, *[access(502, 1, field=field)] * 6])


def test_a_gateway_is_slow_when_one_request_of_twenty_is_and_not_by_a_single_one() -> None:
    assert fires(ALARMS["gateway-slow"], [access(200, 0.2)] * 90 + [access(200, 25)] * 10)
    assert not fires(ALARMS["gateway-slow"], [access(200, 0.2)] * 99 + [access(200, 25)])
    assert not fires(ALARMS["gateway-slow"], [])


def test_a_query_names_no_field_that_its_store_does_not_count() -> None:
    words = {
        "SELECT",
        "FROM",
        "WHERE",
        "GROUP",
        "BY",
        "AS",
        "OR",
        "CASE",
        "WHEN",
        "THEN",
        "ELSE",
        "END",
        "DISTINCT",
        "CAST",
        "double",
        "log",
        "count",
        "min",
        "max",
        "sum",
        "coalesce",
        "approx_percentile",
        "json_extract_scalar",
        "times",
        "number",
        "hosts",
        "failed",
        "seconds",
        "status",
    }
    for alarm in ALARMS.values():
        assert set(re.findall(r"[A-Za-z_]\w*", alarm.query)) - words <= set(COLUMNS[alarm.store])


def test_a_site_that_collects_nothing_from_hosts_has_alarms_on_the_gateway_only() -> None:
    assert {alarm.store for alarm in log_alarms(hosts=0, disk_percent=80)} == {"gateway"}


def test_every_alarm_has_its_section_in_the_runbook_and_every_section_its_alarm() -> None:
    assert set(sections()) == set(METRICS) | set(ALARMS)


@pytest.mark.parametrize("key", sorted(sections()))
def test_a_section_says_what_is_broken_who_is_affected_where_to_look_how_to_mend_and_whom_to_call(key: str) -> None:
    section = sections()[key]
    assert set(section) == {"title", "meaning", "affects", "look", "mend", "escalate"}
    assert all(section.values())
    assert section["look"]
    assert section["mend"]


def test_numbers_that_alarms_look_at_are_numbers_that_hosts_write() -> None:
    assert set(DIRECTORY) | set(ARCHIVE) <= set(HEALTH_COLUMNS)
