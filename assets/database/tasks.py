#!/usr/bin/env python3
"""tasks.py [EXPORTER]: waits until no task is at work in the archive's queues, and none of EXPORTER or EXPORTER-TENANT waits, for
DICOM_DRAIN_SECONDS.

A task that is at work when its archive ends is begun anew by the next one that starts: nothing is lost, but objects may lie twice.
What EXPORTER has not copied yet lies in the shared folder only. Asks the archive on this host's loopback, which counts for every
archive of its device. Ends with 3 where none answers. Run again it waits again. Python 3.10, standard library.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

ARCHIVE = os.environ.get("DICOM_ARCHIVE_URL", "http://127.0.0.1:8080") + "/dcm4chee-arc/"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
PAUSE = float(os.environ.get("DICOM_PAUSE") or 5)
SECONDS = float(os.environ.get("DICOM_DRAIN_SECONDS") or 900)
AT_WORK, WAITING = ("IN PROCESS",), ("SCHEDULED", "SCHEDULED FOR RETRY")
"""Releases before 5.31 know no word of its own for a task that failed and waits, and refuse it."""
NOBODY = 3
SHOWN = 1000


class Nobody(Exception):
    """No archive answers."""


def asked(path: str, **query: str) -> Any:
    """JSON; None for a question that this release does not know. Raises Nobody."""
    request = urllib.request.Request(f"{ARCHIVE}{path}?{urllib.parse.urlencode(query, quote_via=urllib.parse.quote)}")
    request.add_header("Accept", "application/json")
    try:
        with OPENER.open(request, timeout=30) as answer:
            return json.loads(answer.read() or "null")
    except urllib.error.HTTPError as error:
        if error.code < 500:
            return None
        raise Nobody(f"{path}: HTTP {error.code}") from None
    except (OSError, ValueError) as error:
        raise Nobody(f"{path}: {getattr(error, 'reason', error)}") from None


def queues(statuses: "tuple[str, ...]") -> "dict[str, int]":
    """Tasks of these statuses by queue, of queues that have any. Raises Nobody."""
    found = {}
    for name in [one["name"] for one in asked("queue") or []]:
        answers = [asked(f"queue/{urllib.parse.quote(name)}/count", status=status) for status in statuses]
        count = sum(int(one["count"]) for one in answers if one)
        if count:
            found[name] = count
    return found


def exports(exporter: str, statuses: "tuple[str, ...]") -> "list[dict[str, Any]]":
    """Tasks of an exporter and of the tenants' own, each with `failures` and `errorMessage` where it failed. Raises Nobody."""
    listed = [asked("monitor/export", status=status, limit=str(SHOWN)) or [] for status in statuses]
    names = exporter, f"{exporter}-"
    return [
        one
        for rows in listed
        for one in rows
        if one["ExporterID"] == names[0] or one["ExporterID"].startswith(names[1])
    ]


def words(counts: "dict[str, int]") -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def drained(exporter: str) -> int:
    until, told = time.monotonic() + SECONDS, ""
    while True:
        working, waiting = queues(AT_WORK), exports(exporter, WAITING) if exporter else []
        if not working and not waiting:
            break
        if time.monotonic() + PAUSE > until:
            # One of those that fail may be at its next try.
            trying = exports(exporter, AT_WORK) if exporter else []
            return undrained(working, waiting, [one for one in waiting + trying if one.get("failures")])
        said = f"waiting for tasks at work: {words(working) or 'none'}" + (
            f"; {len(waiting)} series that only the shared folder holds" if waiting else ""
        )
        if said != told:
            print(said, flush=True)
            told = said
        time.sleep(PAUSE)
    left()
    return 0


def undrained(working: "dict[str, int]", waiting: "list[dict[str, Any]]", failing: "list[dict[str, Any]]") -> int:
    """The end of the time: what a walk may not begin with, and what it may."""
    if failing:
        said = next((one["errorMessage"] for one in failing if one.get("errorMessage")), "the archive gives no reason")
        print(
            f"{len(failing)} series cannot be copied into the bucket, and only the shared folder holds them: {said}; a database "
            "restored to before the walk would know them nowhere else. Mend the way to the bucket and apply again",
            file=sys.stderr,
        )
        return 1
    if working:
        print(
            f"tasks are still at work after {SECONDS:.0f} s: {words(working)}; wait for them, or end them in the archive's console "
            "(Monitoring), and apply again. Those of an archive that is gone end when the one on this host starts anew: "
            "docker restart of its container",
            file=sys.stderr,
        )
        return 1
    print(
        f"{len(waiting)} series came in a moment ago and are not in the bucket yet: they stay in the shared folder, and the "
        "new archive copies them"
    )
    left()
    return 0


def left() -> None:
    """What nobody waits for."""
    waiting, failed = queues(WAITING), queues(("FAILED",))
    if waiting:
        print(
            f"tasks that wait for their time stay in the database, and the new archive goes on with them: {words(waiting)}"
        )
    if failed:
        print(f"tasks that failed for good stay as they are: {words(failed)}")
    if not waiting and not failed:
        print("no task is left in the archive's queues")


if __name__ == "__main__":
    try:
        sys.exit(drained(sys.argv[1] if len(sys.argv) > 1 else ""))
    except Nobody as error:
        print(f"tasks: no archive on this host says what is at work: {error}", file=sys.stderr)
        sys.exit(NOBODY)
