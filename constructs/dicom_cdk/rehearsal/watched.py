"""What the hosts and the gateway of a rehearsal write into the log stores, and what the stack's own alarms make of it.

A trouble that lasts says the same every five minutes, so that a line is measured once and stands for an alarm's whole time.
"""

import json
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from dicom_cdk.log_query import fires
from dicom_cdk.rehearsal.checks import expect
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.stage import Stage

ROOM = "watch"
LINE_SECONDS = 300
"""A host writes a line so often (assets/watch/numbers.timer)."""
COUNTED = ("associations_rejected", "stores", "stores_failed", "storage_errors", "log_errors")
"""Numbers of what came since the last line: they do not last."""


@dataclass(frozen=True)
class Alarm:
    """One alarm on a log store, as the stack has it."""

    store: str
    query: str
    condition: str
    minutes: int


class Watched:
    """Lines of all hosts, as the store `health` gets them, and what the stack's alarms make of the last of them."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.paths = [
            path for path in stage.site.hosts if any(s.host == path and s.room == ROOM for s in stage.site.steps)
        ]
        self.alarms, self.columns = _alarms(stage)
        self.last: dict[str, dict[str, Any]] = {}
        self.well: dict[str, dict[str, Any]] = {}
        """The first line of each host."""
        self._moment, self._since = 0, 0

    def tell(self, *paths: str, lines: int = 1) -> None:
        """Lines of all hosts: those of `paths` (without any, all) are measured now, the others say again that they are well."""
        measured = {path: _numbers(self.stage.hosts[path]) for path in paths or self.paths}
        self.last |= measured
        self.well = measured if not self.well else self.well
        self.say(self.well | measured, lines, new=measured)

    def say(self, said: Mapping[str, Mapping[str, Any]], lines: int, *, new: Container[str] = ()) -> None:
        """`lines` times what is `said`, by host; what came since the last line comes once, and from hosts of `new` only."""
        for number in range(lines):
            for path, line in said.items():
                nothing = {} if number == 0 and path in new else {name: 0 for name in COUNTED if name in line}
                self.stage.lines.append({"store": "health", **line, **nothing, "__time__": self._moment})
            self._moment += LINE_SECONDS

    def request(self, *texts: str) -> None:
        """Lines of the gateway's log, as Function Compute brings them, all of the next quarter of an hour."""
        self.stage.lines += [
            {"store": "gateway", "message": text, "__time__": self._moment + number * 900 // len(texts)}
            for number, text in enumerate(texts)
        ]
        self._moment += 900

    def another_day(self) -> None:
        """What was before is over, and no alarm looks at it."""
        self._since = self._moment

    def fired(self, store: str = "health") -> set[str]:
        """Alarms that fire now."""
        found = set()
        for key, alarm in self.alarms.items():
            start = max(self._since, self._moment - alarm.minutes * 60)
            seen = [line for line in self.stage.lines if line["store"] == store and line["__time__"] >= start]
            if alarm.store == store and fires(alarm.query, alarm.condition, seen, self.columns[store]):
                found.add(key)
        return found


def _alarms(stage: Stage) -> tuple[dict[str, Alarm], dict[str, list[str]]]:
    """The stack's alarms by section of the runbook, and the columns of the stores that they ask."""
    found, columns = {}, {}
    for body in stage.site.resources("alicloud_log_alert").values():
        (asked,), (severity,) = body["query_list"], body["severity_configurations"]
        key = next(one["value"] for one in body["annotations"] if one["key"] == "runbook")
        store = _store(stage, asked["store"])
        minutes = int(asked["start"].strip("-s")) // 60
        found[key] = Alarm(store, asked["query"], severity["eval_condition"]["condition"], minutes)
    for index in stage.site.resources("alicloud_log_store_index").values():
        columns[_store(stage, index["logstore"])] = [
            "__time__",
            *(one["name"] for one in index.get("field_search") or []),
        ]
    return found, columns


def _store(stage: Stage, reference: str) -> str:
    kind, _, rest = reference.removeprefix("${").partition(".")
    found: str = stage.site.resources(kind)[rest.partition(".")[0]]["logstore_name"]
    return found


def _numbers(host: ScratchHost) -> dict[str, Any]:
    done = host.run("python3", str(host.root / "opt/dicom/watch/current/numbers.py"))
    expect(done.returncode == 0, f"numbers ended with {done.returncode}: {done.stderr}")
    line: dict[str, Any] = json.loads(done.stdout)
    line.pop("time")
    return line
