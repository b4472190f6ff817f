"""Watch: the last step of each host, numbers of a pair and an archive that run, what the collector makes of their files."""

import json
import re
import signal
import time
from pathlib import Path
from typing import Any

from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.rooms import alarms
from dicom_cdk.rehearsal.rooms.troubles import domain
from dicom_cdk.rehearsal.site import Step
from dicom_cdk.rehearsal.stage import Stage

ROOM = "watch"
L, G, ARCHIVE = "directory/l", "directory/g", "archive/host"
WELL_DAYS = 300
TRACE = """\
2026-11-29 12:00:02,301+0800 WARN  [org.dcm4chee.arc.store] (EE-1) StoreSession{1}: Failed to store received object:
org.dcm4che3.storage.StorageException: connection reset
\tat org.dcm4chee.arc.storage.cloud.CloudStorage.open(CloudStorage.java:1)
Caused by: java.net.SocketException: connection reset
\t... 12 more
2026-11-29 12:00:03,000+0800 INFO  [org.dcm4che3.net.Association] (EE-1) DCM4CHEE<-CT1(1) << A-ASSOCIATE-RJ[result: 1]
"""
"""As WildFly writes them: an entry with its stack trace, and the next one."""


def rehearse(stage: Stage, checks: Checks, *, faults: bool) -> None:
    """Steps, numbers when all is well and through troubles, files against the collector's patterns."""
    steps = [step for step in stage.site.steps if step.room == ROOM]
    if not steps:
        checks.skip(ROOM, "everything", "the site collects nothing from its hosts")
        return
    with domain(stage.hosts[ARCHIVE], days=WELL_DAYS) as shown:
        _watched(stage, checks, steps, shown)
        alarms.rehearse(stage, checks, faults=faults)
        if faults:
            _pair_in_trouble(stage, checks)


def _watched(stage: Stage, checks: Checks, steps: list[Step], shown: str) -> None:
    """`shown`: what stands for the gateway's domain, which no name service knows here."""
    with checks.check(ROOM, "the last step of each host, twice: the collector is installed once") as said:
        for step in [*steps, *steps]:
            instead: dict[str, Any] = {"gateway_domain": shown} if "gateway_domain" in step.values else {}
            done = stage.run(step, **instead)
            expect(done.returncode == 0, f"{step.path} ended with {done.returncode}: {done.stdout}{done.stderr}")
        for step in steps:
            calls = stage.hosts[step.host].read("/collector").splitlines()
            expect(calls == [f"install {stage.site.region}"], f"{step.host}: {calls}")
        said.append(f"{len(steps)} hosts")
    with checks.check(ROOM, "numbers of hosts that are well") as said:
        lines = {path: _numbers(stage.hosts[path]) for path in (L, ARCHIVE)}
        for path, line in lines.items():
            # The disks are this machine's own.
            bad = [part for part in line["bad"].split("; ") if part and not part.startswith("disk ")]
            expect(not bad, f"{path}: {bad}")
        pair = lines[L]
        expect((pair["ldap_entries_differ"], pair["ldap_peer_answers"]) == (0, 1), f"{pair}")
        said.append(f"{pair['ldap_entries']} entries, lag {pair['ldap_lag_seconds']} s")
        expect(lines[ARCHIVE]["archive_started"] == 1, "the archive is not started")
    with checks.check(ROOM, "an entry with its stack trace, a rejection: each an entry of the collector, and counted"):
        host = stage.hosts[ARCHIVE]
        log = host.root / "var/local/dicom/wildfly/log/server.log"
        with log.open("a") as file:
            file.write(TRACE)
        line = _numbers(host)
        expect((line["storage_errors"], line["associations_rejected"]) == (1, 1), f"counted {line}")
        entries = collected(stage, "server-log", log)
        expect(len([one for one in entries if "12 more" in one and one.startswith("2026")]) == 1, "the trace was cut")
    with checks.check(
        ROOM, "every file that is collected is there, and its entries are what the collector expects"
    ) as said:
        for name, path in (("health", L), ("health", ARCHIVE), ("server-log", ARCHIVE)):
            detail = _detail(stage, name)
            files = sorted((stage.hosts[path].root / detail["logPath"].lstrip("/")).glob(detail["filePattern"]))
            expect(bool(files), f"{path}: no {detail['logPath']}/{detail['filePattern']}")
            entries = [entry for file in files for entry in collected(stage, name, file)]
            said.append(f"{name} {len(entries)}")


def _pair_in_trouble(stage: Stage, checks: Checks) -> None:
    with checks.check(ROOM, "a peer that is gone, then back: told by the numbers"):
        host = stage.hosts[L]
        process = (stage.hosts[G].root.parent / "container/pid").read_text()
        stage.hosts[G].run("kill", f"-{signal.SIGSTOP.value}", process)
        try:
            line = _numbers(host)
            expect(line["ldap_peer_answers"] == 0 and "ldap_lag_seconds" not in line, f"{line}")
        finally:
            stage.hosts[G].run("kill", f"-{signal.SIGCONT.value}", process)
        deadline = time.monotonic() + 60
        while _numbers(host).get("ldap_entries_differ") != 0:
            expect(time.monotonic() < deadline, "the pair did not agree again")


def _numbers(host: ScratchHost) -> dict[str, Any]:
    """The line that the timer would have the host write."""
    script = host.root / "opt/dicom/watch/current/numbers.py"
    done = host.run("python3", str(script))
    expect(done.returncode == 0, f"numbers ended with {done.returncode}: {done.stderr}")
    line: dict[str, Any] = json.loads(done.stdout)
    return line


def _detail(stage: Stage, name: str) -> dict[str, Any]:
    """What the stack tells the collector of one source."""
    for body in stage.site.resources("alicloud_logtail_config").values():
        if body["name"] == f"{stage.site.name}-{name}":
            found: dict[str, Any] = json.loads(body["input_detail"])
            return found
    raise AssertionError(f"the stack has no configuration {stage.site.name}-{name}")


def collected(stage: Stage, name: str, file: Path) -> list[str]:
    """The entries that the collector makes of `file` by the stack's own configuration; raises Expected for what it cannot parse."""
    detail, entries = _detail(stage, name), list[str]()
    for number, line in enumerate(file.read_text().splitlines(), 1):
        if detail["logType"] == "json_log":
            expect(isinstance(json.loads(line), dict), f"{file}:{number} is no JSON object")
            entries.append(line)
        elif re.fullmatch(detail["logBeginRegex"], line):
            entries.append(line)
        else:
            expect(bool(entries), f"{file}:{number} belongs to no entry: {line}")
            entries[-1] += f"\n{line}"
    return entries
