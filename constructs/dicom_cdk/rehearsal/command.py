"""`dicom-cdk rehearse`: which rooms, in which order, what is said, which exit code."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from dicom_cdk.rehearsal.checks import Checks, RoomFailed
from dicom_cdk.rehearsal.display import Lines
from dicom_cdk.rehearsal.programs import ProgramMissing
from dicom_cdk.rehearsal.rooms import archive, database, directory, gateway, hosts, storage
from dicom_cdk.rehearsal.site import Site
from dicom_cdk.rehearsal.stage import Stage, staged

OK, FAILED, NOTHING_RUN = 0, 1, 69
ROOMS: dict[str, Callable[..., None]] = {
    "hosts": hosts.rehearse,
    "directory": directory.rehearse,
    "database": database.rehearse,
    "storage": storage.rehearse,
    "archive": archive.rehearse,
    "gateway": gateway.rehearse,
}
"""In apply order."""
NEEDS = {
    "hosts": (),
    "directory": ("hosts",),
    "database": ("hosts",),
    "storage": ("hosts", "directory"),
    "archive": ("hosts", "directory", "database", "storage"),
    "gateway": ("hosts",),
}
"""Rooms whose checks set up what a room needs."""
NOT_SHOWN = (
    "the images themselves (no container engine here); WildFly and dcm4chee: reload, RetrieveURL, key store",
    "jclouds against OSS and its signature version",
    "Function Compute's own limits, prefix and cold start; SAE; balancers' health checks",
    "RDS parameters, RAM policies, ACR and KMS beyond signatures; cloud-init's real order of boot; systemd",
)


def run(folder: Path, rooms: Sequence[str], *, faults: bool, kept: Path, quiet: bool = False) -> int:
    """Rehearse `rooms` (all without any) of the stack in `folder`; what failed is kept below `kept`.

    Raises NotAStack. Returns 0; 1 when a check failed; 69 when nothing of what was asked could be run.
    """
    site = Site(folder)
    checks = Checks(Lines(sys.stdout, quiet=quiet))
    wanted = [room for room in ROOMS if not rooms or room in rooms]
    order = [room for room in ROOMS if room in {*wanted, *(need for each in wanted for need in NEEDS[each])}]
    scratch = Path(tempfile.mkdtemp(prefix="dicom-rehearsal-"))
    try:
        scratch.chmod(0o755)
        with staged(site, scratch) as stage:
            _rooms(stage, checks, order, faults=faults)
    except ProgramMissing as missing:
        for room in order:
            checks.skip(room, "everything", str(missing))
    failed = [check for check in checks.done if check.verdict == "failed"]
    if failed:
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(scratch, kept, symlinks=True, ignore=shutil.ignore_patterns("secrets", "lib"))
    shutil.rmtree(scratch, ignore_errors=True)
    return _summary(checks, kept if failed else None, wanted)


def _rooms(stage: Stage, checks: Checks, order: Sequence[str], *, faults: bool) -> None:
    broken: set[str] = set()
    for room in order:
        lacking = [need for need in NEEDS[room] if need in broken]
        if lacking:
            checks.skip(room, "everything", f"room {lacking[0]} did not come up")
            broken.add(room)
            continue
        try:
            ROOMS[room](stage, checks, faults=faults)
        except RoomFailed:
            broken.add(room)


def _summary(checks: Checks, kept: Path | None, wanted: Sequence[str]) -> int:
    count = {verdict: sum(check.verdict == verdict for check in checks.done) for verdict in ("ok", "failed", "skipped")}
    seconds = sum(check.seconds for check in checks.done)
    print(f"\n{count['ok']} ok, {count['failed']} failed, {count['skipped']} skipped in {seconds:.0f} s")
    print("A rehearsal cannot show:")
    for line in NOT_SHOWN:
        print(f"  - {line}")
    if kept is not None:
        print(f"Logs of what failed: {kept}")
        return FAILED
    ran = any(check.verdict == "ok" and check.room in wanted for check in checks.done)
    return OK if ran else NOTHING_RUN
