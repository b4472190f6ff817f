"""The dashboard of a stack as a preview: its own queries, over lines that a rehearsal's hosts and gateway wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from dicom_cdk import shipped
from dicom_cdk.log_query import Line, NotAQuery, rows
from dicom_cdk.plan.reading.written_json import read_json
from dicom_cdk.plan.state.chains import blocks_of
from dicom_cdk.policy.document import Document
from dicom_cdk.report.chart import Row, chart_svg

RECORDED = "assets/pages/rehearsed-lines.jsonl"
"""Lines of sites/dicom-sh.yaml, one rehearsal: `dicom-cdk rehearse watch gateway --faults --lines FILE`."""
TIME = "__time__"
Lines = Mapping[str, Sequence[Line]]
"""Store → its lines."""


class LinesError(Exception):
    """A file of lines that cannot be read as such."""


@dataclass(frozen=True)
class Panel:
    """One chart: drawn (`svg`), as rows (`table`: head and cells), or why neither (`instead`)."""

    title: str
    svg: str = ""
    head: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    instead: str = ""


@dataclass(frozen=True)
class Dashboard:
    """What the service's operators will see; `groups`: titles of the page's parts with their panels."""

    name: str
    address: str
    groups: tuple[tuple[str, tuple[Panel, ...]], ...]


def recorded(file: Path | None = None) -> Lines:
    """Lines of `file` by store, the shipped recording without one. Raises LinesError."""
    found: dict[str, list[Line]] = {}
    path = file or shipped.path(RECORDED)
    try:
        texts = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LinesError(f"--lines {path}: {error}; name a file that `dicom-cdk rehearse --lines` wrote") from None
    for number, text in enumerate(texts, 1):
        try:
            line = read_json(text)
            found.setdefault(line.pop("store"), []).append(line)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise LinesError(
                f"--lines {path}, line {number}: got {text[:60]!r}, allowed is a JSON object with a `store`, as "
                "`dicom-cdk rehearse --lines` writes them"
            ) from None
    return found


def dashboards(document: Document, lines: Lines) -> list[Dashboard]:
    """Every dashboard of a stack, in order of addresses."""
    columns = _columns(document)
    found = []
    for one in sorted(document.of("alicloud_log_dashboard"), key=lambda one: one.address):
        try:
            charts = read_json(one.values["char_list"])
            panels = [(*_title(chart), _panel(chart, lines, columns)) for chart in charts]
        except (KeyError, TypeError, ValueError, AttributeError):
            # Of somebody else's, or known at apply only.
            continue
        groups = groupby(panels, key=lambda panel: panel[0])
        name = str(one.get("display_name") or one.address)
        found.append(
            Dashboard(
                name,
                one.address,
                tuple((group, tuple(panel for _, _, panel in members)) for group, members in groups),
            )
        )
    return found


def _columns(document: Document) -> dict[str, list[str]]:
    """Store → the fields that its index counts by."""
    found = {}
    for index in document.of("alicloud_log_store_index"):
        store = document.target(index.values.get("logstore"), "alicloud_log_store")
        name = str(store.get("logstore_name") if store else index.get("logstore"))
        found[name] = [TIME, *(str(field.get("name")) for field in blocks_of(index.values, "field_search"))]
    return found


def _title(chart: Mapping[str, Any]) -> tuple[str, str]:
    name = str(chart["display"]["displayName"])
    group, _, title = name.rpartition(": ") if name.count(": ") == 1 else name.partition(": ")
    return group, title


def _panel(chart: Mapping[str, Any], lines: Lines, columns: Mapping[str, Sequence[str]]) -> Panel:
    (_, title), search, display = _title(chart), chart["search"], chart["display"]
    store = search["logstore"]
    try:
        found: list[Row] = rows(search["query"], lines.get(store, ()), columns.get(store, (TIME,)))
    except NotAQuery as error:
        return Panel(title, instead=f"Not shown here: {error}")
    if chart["type"] in ("line", "bar"):
        known = [row for row in found if all(row.get(name) is not None for name in display["yAxis"])]
        if not known:
            return Panel(title, instead="No number of this kind in the rehearsal.")
        return Panel(title, svg=chart_svg(title, chart["type"], known, across=display["xAxis"], up=display["yAxis"]))
    if not found:
        return Panel(title, instead="Nothing in the rehearsal.")
    head = tuple(found[0])
    return Panel(title, head=head, table=tuple(tuple(str(row[name]) for name in head) for row in found))
