"""`dicom-cdk rehearse`: which rooms, in which order, what is said, which exit code.

Over 200 lines: the rooms with what each needs, and the way through them.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from dicom_cdk.payload.host_bundle import API_CLIENT, ROOM
from dicom_cdk.plan.stack import CannotWrite, NotAStack, hand_out
from dicom_cdk.rehearsal import side_by_side
from dicom_cdk.rehearsal.checks import Checks, RoomFailed
from dicom_cdk.rehearsal.cloud.function_compute import GUESSES
from dicom_cdk.rehearsal.display import Lines
from dicom_cdk.rehearsal.programs import ProgramMissing
from dicom_cdk.rehearsal.rooms import (
    archive,
    database,
    directory,
    drill,
    gateway,
    hosts,
    modalities,
    receiving,
    recovery,
    storage,
    upgrades,
    viewer,
    watch,
)
from dicom_cdk.rehearsal.rooms import filter as hospitals_filter
from dicom_cdk.rehearsal.rooms.walk import faults as walk_faults
from dicom_cdk.rehearsal.rooms.walk.walking import walk_of
from dicom_cdk.rehearsal.site import Site
from dicom_cdk.rehearsal.stage import Stage, staged

OK, FAILED, NOTHING_RUN = 0, 1, 69
SECONDS_TO_REMOVE = 10.0
ROOMS: dict[str, Callable[..., None]] = {
    "hosts": hosts.rehearse,
    "directory": directory.rehearse,
    "database": database.rehearse,
    "storage": storage.rehearse,
    "archive": archive.rehearse,
    "modalities": modalities.rehearse,
    "watch": watch.rehearse,
    "gateway": gateway.rehearse,
    "filter": hospitals_filter.rehearse,
    "recovery": recovery.rehearse,
    "drill": drill.rehearse,
    "viewer": viewer.rehearse,
    "upgrades": upgrades.rehearse,
}
"""In apply order."""
OF_A_DRILL = ("hosts", "drill")
BY_NAME = frozenset({"viewer", "upgrades", "modalities", "drill"})
"""Rooms that run only where somebody names them: a browser takes its time, and OHIF has to be fetched before; a walk is for sites
that have one before them, and runs unasked for one that is in it; modalities for one that lists them or HL7 partners.
"""
NEEDS = {
    "hosts": (),
    "directory": ("hosts",),
    "database": ("hosts",),
    "storage": ("hosts", "directory"),
    "archive": ("hosts", "directory", "database", "storage"),
    "modalities": ("hosts", "directory"),
    "watch": ("hosts", "directory", "database", "storage", "archive"),
    "gateway": ("hosts",),
    "filter": ("hosts", "directory", "database", "storage", "archive", "gateway"),
    "recovery": ("hosts", "database"),
    "drill": ("hosts",),
    "viewer": ("hosts",),
    "upgrades": ("hosts", "directory", "database", "storage", "archive"),
}
"""Rooms whose checks set up what a room needs."""
NOT_SHOWN = (
    "the images themselves (no container engine here); WildFly and dcm4chee: reload, RetrieveURL, key store",
    "jclouds against OSS and its signature version",
    "the archive's own SQL and directory data, RDS and SAE themselves: room upgrades has stand-ins for them",
    "the vendor's collector itself: its rules are applied here to the files that are written here",
    "Function Compute's own limits, prefix and cold start; SAE; balancers' health checks",
    "the vendor's clone of a database, its backups and snapshots, replication of a bucket",
    "RDS parameters, RAM policies, ACR and KMS beyond signatures; cloud-init's real order of boot; systemd",
)


class WrongRooms(Exception):
    """Rooms that a rehearsal does not know, or a wrong number of places to break."""


def run_all(
    folders: Sequence[Path],
    rooms: Sequence[str],
    *,
    faults: bool,
    every: int,
    quiet: bool,
    lines: Path | None = None,
    identity: str = "own",
) -> int:
    """Rehearse every stack of `folders` that has hosts; the worst exit code. `lines`: a file for what the last of them wrote
    into its log stores; `identity`: who lets people in, own or keycloak. Raises NotAStack, WrongRooms, CannotWrite.
    """
    unknown = sorted(set(rooms) - set(ROOMS))
    if unknown:
        raise WrongRooms(f"rehearse: no room {', '.join(unknown)}; allowed: {', '.join(ROOMS)}")
    if every < 1:
        raise WrongRooms(f"rehearse: --every {every}; allowed: 1 (every program that a script starts) or more")
    if identity != "own" and viewer.ROOM not in rooms:
        raise WrongRooms(f"rehearse: --identity {identity} without room {viewer.ROOM}, which it is of; name that room")
    if not folders:
        raise NotAStack("cdktf.out/stacks: no stack there; synthesize first, or name a stack's folder by --stack-dir")
    sites = [Site(folder) for folder in folders]
    with_hosts = [site for site in sites if site.hosts]
    if not with_hosts:
        blind = "".join(f"; {name} is not looked into" for site in sites for name in site.modules)
        raise NotAStack(
            f"{folders[0]}/cdk.tf.json: holds no host of ours, so there is nothing to rehearse; name a site's stack{blind}"
        )
    if lines is not None:
        _refuse_unwritable(lines)
    codes = []
    for site in with_hosts:
        print(f"{site.name}:")
        if site.modules:
            print(f"  not rehearsed, only what the stack itself says is: {', '.join(site.modules)}")
        kept = Path(".work/rehearsal") / site.name
        written: list[dict[str, Any]] = []
        every_or_none = every if faults else None
        codes.append(run(site, rooms, kept=kept, every=every_or_none, quiet=quiet, lines=written, identity=identity))
        if lines is not None:
            hand_out("".join(f"{json.dumps(line, sort_keys=True)}\n" for line in written), lines)
    return max(codes, key=(OK, NOTHING_RUN, FAILED).index)


def _refuse_unwritable(file: Path) -> None:
    """Told before minutes of work, not after them; what stands in the file stays."""
    try:
        file.open("a").close()
    except OSError as error:
        raise CannotWrite(f"{file}: {error.strerror}; name a file that can be written") from None


def run(
    site: Site,
    rooms: Sequence[str],
    *,
    kept: Path,
    every: int | None = None,
    quiet: bool = False,
    lines: list[dict[str, Any]] | None = None,
    workers: int = 0,
    identity: str = "own",
) -> int:
    """Rehearse `rooms` (all but those of BY_NAME without any) of `site`. What failed, and pictures, are kept below `kept`.

    `every` is None without faults; `lines` gets what was written into the log stores; `workers` break scripts side by side, as
    many as there are processors where it is 0.

    Returns 0; 1 when a check failed; 69 when nothing of what was asked could be run.
    """
    checks, began = Checks(Lines(sys.stdout, quiet=quiet)), time.monotonic()
    asked = {"upgrades": walk_of(site), "modalities": modalities.steps_of(site)[0]}
    by_name = BY_NAME - {room for room, there in asked.items() if there}
    wanted = [room for room in ROOMS if (room in rooms if rooms else room not in by_name)]
    if site.drill:
        for room in sorted(set(rooms) - set(OF_A_DRILL)):
            checks.skip(room, "everything", f"this stack is a drill, which has rooms {' and '.join(OF_A_DRILL)}")
        wanted = [room for room in OF_A_DRILL if room in rooms or not rooms]
    order = [room for room in ROOMS if room in {*wanted, *(need for each in wanted for need in NEEDS[each])}]
    shutil.rmtree(kept, ignore_errors=True)
    with _scratch(checks, kept) as folder, _named_skips(checks, order), staged(site, folder) as stage:
        stage.pictures, stage.identity = kept / "pictures", identity
        _rooms(stage, checks, order, with_faults=wanted if every is not None else ())
        if lines is not None:
            lines += stage.lines
    if every is not None and site.drill:
        checks.skip(drill.ROOM, "faults", "a drill's scripts are broken by tests of theirs; run the drill again")
    elif every is not None:
        with _scratch(checks, kept) as folder, _named_skips(checks, order):
            side_by_side.rehearse(site, folder, checks, wanted, every, workers or len(os.sched_getaffinity(0)))
        if "upgrades" in wanted:
            with _scratch(checks, kept) as folder, _named_skips(checks, order), staged(site, folder) as stage:
                _broken_walk(stage, checks, every)
    return _summary(checks, kept, wanted, time.monotonic() - began)


@contextmanager
def _scratch(checks: Checks, kept: Path) -> Iterator[Path]:
    """A folder that is gone afterwards, but for a copy at `kept` when a check failed; without secrets and databases."""
    before = len(checks.failed)
    folder = Path(tempfile.mkdtemp(prefix="dicom-rehearsal-"))
    try:
        # Servers that give up root look in.
        folder.chmod(0o755)
        yield folder
        if len(checks.failed) > before:
            ignored = shutil.ignore_patterns("secrets", "lib", "*.mdb", "dicomweb", "snapshot", "programs", "data")
            shutil.copytree(folder, kept, symlinks=True, ignore=ignored, dirs_exist_ok=True)
    finally:
        _remove(folder)


def _remove(folder: Path) -> None:
    """As often as it takes: a server that ends late still writes while its folder goes."""
    until = time.monotonic() + SECONDS_TO_REMOVE
    shutil.rmtree(folder, ignore_errors=True)
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.1)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _named_skips(checks: Checks, rooms: Sequence[str]) -> Iterator[None]:
    try:
        yield
    except ProgramMissing as missing:
        for room in rooms:
            checks.skip(room, "everything", str(missing))


def _broken_walk(stage: Stage, checks: Checks, every: int) -> None:
    with suppress(RoomFailed):
        for path in stage.site.hosts:
            stage.first_boot(path)
        for step in stage.site.standing:
            if step.room in (API_CLIENT, ROOM):
                stage.must(step)
        walk_faults.stopped_anywhere(stage, checks, every)
        if receiving.steps_of(stage.site):
            checks.skip("upgrades", "steps beside archives, killed", "of a site that stores into its bucket at once")
            return
        walk_faults.stopped_beside_archives(stage, checks, every)


def _rooms(stage: Stage, checks: Checks, order: Sequence[str], *, with_faults: Sequence[str]) -> None:
    broken: set[str] = set()
    for room in order:
        lacking = [need for need in NEEDS[room] if need in broken]
        if lacking:
            checks.skip(room, "everything", f"room {lacking[0]} did not come up")
            broken.add(room)
            continue
        try:
            ROOMS[room](stage, checks, faults=room in with_faults)
        except RoomFailed:
            broken.add(room)


def _summary(checks: Checks, kept: Path, wanted: Sequence[str], seconds: float) -> int:
    count = {verdict: sum(check.verdict == verdict for check in checks.done) for verdict in ("ok", "failed", "skipped")}
    print(f"\n{count['ok']} ok, {count['failed']} failed, {count['skipped']} skipped in {seconds:.0f} s")
    print("A rehearsal cannot show:")
    guessed = GUESSES if viewer.ROOM in wanted else ()
    for line in (*NOT_SHOWN, *(f"guessed of Function Compute: {guess}" for guess in guessed)):
        print(f"  - {line}")
    if (kept / "pictures").is_dir():
        print(f"Pictures of the pages: {kept / 'pictures'}")
    if checks.failed:
        print(f"Logs of what failed: {kept}")
        return FAILED
    ran = any(check.verdict == "ok" and check.room in wanted for check in checks.done)
    return OK if ran else NOTHING_RUN
