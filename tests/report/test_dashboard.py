"""The dashboard's preview: the stack's own queries over a rehearsal's lines, and a plain word where there is nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import Document, of_stack
from dicom_cdk.report.chart import chart_svg
from dicom_cdk.report.dashboard import LinesError, dashboards, recorded
from dicom_cdk.service.log_dashboard import CHARTS
from tests.synthesized import Synthesized


@pytest.fixture(scope="module")
def document(default_stack: Synthesized) -> Document:
    return of_stack(Stack(Path("dicom-sh"), default_stack.json))


def test_every_chart_of_the_default_site_is_drawn_from_the_recording(document: Document) -> None:
    (shown,) = dashboards(document, recorded())
    panels = [panel for _, panels in shown.groups for panel in panels]
    assert [panel.title for panel in panels] == [chart.title for chart in CHARTS]
    assert [group for group, _ in shown.groups] == ["health", "traffic", "DIMSE", "storage", "errors"]
    assert [panel.title for panel in panels if panel.instead] == []


def test_the_recording_shows_every_host_and_every_trouble_that_a_chart_is_for() -> None:
    lines = recorded()["health"]
    assert {line["host"] for line in lines} == {"directory-l", "directory-g", "archive"}
    for number in (
        "bad_parts",
        "ldap_lag_seconds",
        "ldap_entries_differ",
        "tasks_queued",
        "stores_failed",
        "associations_rejected",
    ):
        assert max(line.get(number) or 0 for line in lines) > 0, number


def test_no_query_of_a_client_and_no_machine_s_own_name_is_in_the_recording() -> None:
    requests = [json.loads(line["message"]) for line in recorded()["gateway"]]
    assert not [one for one in requests if "?" in one["path"] or "PatientID" in json.dumps(one)]
    assert {one["peer"] for one in requests} == {"198.18.0.30"}


FIELDS = [{"name": "disk"}, {"name": "host"}]


def of(charts: Any, lines: dict[str, Any], fields: Any = FIELDS) -> list[Any]:
    stack = {
        "resource": {
            "alicloud_log_store": {"a": {"logstore_name": "health"}},
            "alicloud_log_store_index": {
                "a": {
                    "logstore": "${alicloud_log_store.a.logstore_name}",
                    "field_search": fields,
                }
            },
            "alicloud_log_dashboard": {"a": {"display_name": "Own", "char_list": charts}},
        }
    }
    return dashboards(of_stack(Stack(Path("site"), stack)), lines)


def chart(query: str, kind: str = "line", **display: Any) -> str:
    about = {"displayName": "health: Disks", "xAxis": ["time"], "yAxis": ["percent"], **display}
    return json.dumps([{"type": kind, "search": {"logstore": "health", "query": query}, "display": about}])


LINES = {"health": [{"__time__": 0, "host": "a", "disk": 10}, {"__time__": 900, "host": "<b>", "disk": 20}]}
BY_HOST = "* | SELECT __time__ AS time, host, max(disk) AS percent FROM log GROUP BY time, host ORDER BY time"


def test_a_chart_by_host_has_a_line_for_each_and_names_are_escaped() -> None:
    ((group, (panel,)),) = of(chart(BY_HOST), LINES)[0].groups
    assert (group, panel.title) == ("health", "Disks")
    assert panel.svg.count("<polyline") == 2
    assert "&lt;b&gt;" in panel.svg
    assert "<b>" not in panel.svg
    assert 'aria-label="Disks. a: 10 at most; &lt;b&gt;: 20 at most"' in panel.svg


def test_a_table_has_the_rows_that_the_query_gives() -> None:
    ((_, (panel,)),) = of(chart("* | SELECT host, disk FROM log", "table"), LINES)[0].groups
    assert (panel.head, panel.table) == (("host", "disk"), (("a", "10"), ("<b>", "20")))


@pytest.mark.parametrize("fields", [[["disk"], 3], "disk", [{}], None])
def test_an_index_of_another_form_counts_by_what_it_names(fields: Any) -> None:
    ((_, (panel,)),) = of(chart("* | SELECT disk FROM log", "table"), LINES, fields)[0].groups
    assert panel.table == ()
    assert "no such column: disk" in panel.instead


@pytest.mark.parametrize(
    ("query", "lines", "said"),
    [
        (
            "* | SELECT elsewhere FROM log",
            LINES,
            "Not shown here: SELECT elsewhere FROM log: no such column: elsewhere",
        ),
        (BY_HOST, {}, "No number of this kind in the rehearsal."),
    ],
)
def test_what_cannot_be_drawn_says_why(query: str, lines: dict[str, Any], said: str) -> None:
    ((_, (panel,)),) = of(chart(query), lines)[0].groups
    assert panel.instead.startswith(said)
    assert not panel.svg


@pytest.mark.parametrize("charts", ["?", "[{}]", 7, None])
def test_a_dashboard_that_another_program_wrote_in_its_own_way_is_left_out(charts: Any) -> None:
    assert of(charts, LINES) == []


def test_bars_of_one_moment_stand_on_each_other_below_the_axis_end() -> None:
    rows = [{"time": 0, "status": "200", "requests": 30}, {"time": 0, "status": "502", "requests": 11}]
    drawn = chart_svg("Requests", "bar", rows, across=["time"], up=["requests"])
    assert ">50</text>" in drawn
    assert drawn.count('<rect class="series0"') == 2, "its bar and its name"
    assert "200: 30 at most; 502: 11 at most" in drawn


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("?", "line 1: got '?', allowed is a JSON object with a `store`"),
        ('{"host": "a"}', 'line 1: got \'{"host": "a"}\', allowed is a JSON object with a `store`'),
        ('{"store": "a"}\n[1]', "line 2: got '[1]', allowed is a JSON object with a `store`"),
    ],
)
def test_a_file_of_something_else_is_refused_by_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "lines"
    file.write_text(text)
    with pytest.raises(LinesError) as told:
        recorded(file)
    assert said in str(told.value)


def test_a_file_that_is_not_there_is_named_with_what_writes_one(tmp_path: Path) -> None:
    with pytest.raises(LinesError) as told:
        recorded(tmp_path / "none")
    assert "name a file that `dicom-cdk rehearse --lines` wrote" in str(told.value)
