"""Queries of the log service by SQLite: what both know, and a plain word where one does not run."""

import json

import pytest

from dicom_cdk.log_query import NotAQuery, fires, rows

LINES = [
    {"__time__": 0, "host": "a", "disk": 10, "message": json.dumps({"seconds": 1.5})},
    {"__time__": 900, "host": "a", "disk": 90, "message": "FC Invoke Start"},
    {"__time__": 900, "host": "b"},
]
COLUMNS = ("__time__", "host", "disk", "message")


def test_rows_have_the_names_of_the_query_and_what_a_line_leaves_out_is_null() -> None:
    query = "* | SELECT host, max(disk) AS percent FROM log GROUP BY host ORDER BY host"
    assert rows(query, LINES, COLUMNS) == [{"host": "a", "percent": 90}, {"host": "b", "percent": None}]


def test_an_alarm_fires_by_a_row_that_meets_its_condition() -> None:
    query = "SELECT host, min(disk) AS number FROM log GROUP BY host"
    assert fires(query, "number >= 10", LINES, COLUMNS)
    assert not fires(query, "number > 10", LINES, COLUMNS)


def test_a_field_of_json_and_a_percentile_are_as_the_log_service_has_them() -> None:
    query = (
        "SELECT approx_percentile(CAST(json_extract_scalar(message, '$.seconds') AS double), 0.95) AS seconds FROM log"
    )
    assert rows(query, LINES, COLUMNS) == [{"seconds": 1.5}]
    assert rows(query, [], COLUMNS) == [{"seconds": None}]


def test_a_query_that_names_another_field_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(NotAQuery) as told:
        rows("SELECT elsewhere FROM log", LINES, COLUMNS)
    assert str(told.value) == (
        "SELECT elsewhere FROM log: no such column: elsewhere; "
        "allowed is SQL that SQLite knows too, over the columns __time__, host, disk, message"
    )
