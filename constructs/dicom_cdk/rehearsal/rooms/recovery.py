"""Recovery: what a backup has to hold, counted, compared and retrieved by the drill's own step; a tampered object is found.

The clone itself is the vendor's. Where the site dumps its database for another region, the dump stands for it: taken, the database
emptied, restored. Elsewhere the database stays as it is.
"""

import hashlib
import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.clients.dicom_objects import as_file, image
from dicom_cdk.rehearsal.gateway.wado_server import wado
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.site import DATABASE, Step
from dicom_cdk.rehearsal.stage import Stage, machine_of

ROOM, DRILL = "recovery", "drill"
PORT = 8090
RETRIEVED_AT = {"DICOM_ARCHIVE_URL": f"http://127.0.0.1:{PORT}"}
Verified = tuple[int, dict[str, Any], list[str]]
"""Code, report and lines of the drill's last step."""
COUNT = 6
EMPTY = "drop schema public cascade; create schema public authorization pacs"
TABLES = f"""{EMPTY}; set role pacs;
create table study (pk bigint primary key, study_iuid text);
create table series (pk bigint primary key, series_iuid text, study_fk bigint);
create table instance (pk bigint primary key, sop_iuid text, series_fk bigint, created_time timestamp);
create table location (pk bigint primary key, storage_id text, storage_path text, digest text, object_size bigint,
  object_type int, instance_fk bigint);
"""
"""The columns of dcm4chee's tables that the drill reads."""


def rehearse(stage: Stage, checks: Checks, *, faults: bool) -> None:
    """A whole backup, then one that is not."""
    del faults
    entries = next(
        step for step in stage.site.steps if step.room in ("storage", "cache") and "storage_id" in step.values
    )
    host, database = stage.hosts[entries.host], stage.database()
    before = database.tables()
    kept = stored(stage, [(entries.values["bucket"], entries.values["storage_id"])])
    _installed(stage, entries)
    try:
        dumps = [step for step in stage.site.steps if step.room == ROOM]
        for step in dumps:
            with checks.check(
                ROOM, "the database dumped, emptied, restored from its dump; a tampered part is refused"
            ) as said:
                said.append(_dumped_and_restored(stage, step))
        with retrieved_from(stage, entries.host, kept):
            judged(stage, checks, ROOM, kept, partial(_verified, host))
    finally:
        for path in kept:
            stage.api.objects.pop(path, None)
        database.sql(EMPTY)
        if before:
            stage.must(next(step for step in stage.site.steps if step.room == "database"))


def judged(
    stage: Stage,
    checks: Checks,
    room: str,
    kept: dict[str, bytes],
    verify: Callable[[], Verified],
    sample: int = COUNT,
    whole: int = 3,
) -> None:
    """The drill's step on what is whole, then on what is not: a whole study of COUNT instances is there before."""
    of = "" if room == DRILL else f"{DRILL}: "
    with checks.check(
        room, f"{of}studies counted, objects compared with their digests, retrieved byte for byte"
    ) as said:
        code, report, lines = verify()
        expect(code == 0, f"ended with {code}: {lines}")
        counts = {name: report[name] for name in ("studies", "series", "instances", "objects", "sampled", "wrong")}
        wanted = {"studies": 1, "series": 1, "instances": COUNT, "objects": COUNT, "sampled": sample, "wrong": 0}
        expect(counts == wanted, f"it counts {counts}")
        expect(report["retrieved_whole"] == whole, f"retrieved {report['retrieved_whole']} whole")
        said.append(f"newest instance {report['newest_instance']} (RPO), {report['rto_seconds']} s (RTO)")
    with checks.check(room, f"{of}a tampered object and a lost one are found and named"):
        (tampered, lost), objects = sorted(kept)[:2], stage.api.objects
        objects[tampered] = objects[tampered][:-1] + bytes([objects[tampered][-1] ^ 1])
        del objects[lost]
        code, report, lines = verify()
        expect((code, report["wrong"]) == (1, 2), f"ended with {code}: {lines}")
        for path, why in ((tampered, "has another digest"), (lost, "HTTP 404")):
            name = path.split("/", 2)[2]
            expect(any(name in line and why in line for line in lines), f"{name}: not {why}: {lines}")


def stored(stage: Stage, places: Sequence[tuple[str, str]]) -> dict[str, bytes]:
    """One study in database and buckets, `places` (bucket, storage id) in turn; its objects by bucket and path."""
    kept, rows = {}, "insert into study values (1, '1.2.3'); insert into series values (1, '1.2.3.1', 1);"
    for number in range(1, COUNT + 1):
        bucket, storage_id = places[number % len(places)]
        made = image(f"REHEARSED-DRILL-{number}", rows=32)
        content, path = as_file(made), f"drill/{number}"
        kept[f"/{bucket}/{path}"] = content
        digest = hashlib.md5(content).hexdigest()
        rows += (
            f"insert into instance values ({number}, '{made.SOPInstanceUID}', 1, '2026-11-29 11:0{number}:00');"
            f"insert into location values ({number}, '{storage_id}', '{path}', '{digest}', {len(content)}, 0, {number});"
        )
    stage.api.objects.update(kept)
    stage.database().sql(f"{TABLES}{rows}")
    return kept


def _installed(stage: Stage, entries: Step) -> None:
    """The drill's step on the archive's host of a site, where a drill's stack would bring it."""
    values, host = entries.values, stage.hosts[entries.host]
    connection = next(step.values for step in stage.site.steps if "database_user" in step.values)
    host.install(Bundle.from_assets(DRILL))
    told = {name: value for name, value in connection.items() if name.startswith("database_")}
    told |= {
        "database_host": DATABASE,
        "bucket": values["bucket"],
        "storage_id": values["storage_id"],
        "ae_title": "DCM4CHEE",
    }
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    host.put(
        f"/opt/dicom/{DRILL}/values.json",
        json.dumps({**told, "restore_time": now, "started": now, "sample": 10, "retrieved": 3}),
    )


def _verified(host: ScratchHost) -> Verified:
    return reported(host.script("verify.sh", room=DRILL, more={**RETRIEVED_AT, "DICOM_SECONDS": "50"}))


def reported(done: "subprocess.CompletedProcess[str]") -> Verified:
    """What a run of the drill's last step said."""
    lines = done.stdout.splitlines()
    report = lines[-1].removeprefix("report ") if lines else ""
    expect(report.startswith("{"), f"no report, ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.returncode, json.loads(report), lines


def _dumped_and_restored(stage: Stage, step: Step) -> str:
    stage.must(step)
    host, database, objects = stage.hosts[step.host], stage.database(), stage.api.objects
    count = "select (select count(*) from study), (select count(*) from instance), (select count(*) from location)"
    before = database.sql(count)

    def script(name: str) -> tuple[int, str]:
        done = host.script(name, room=ROOM, more={"DICOM_SECONDS": "50"})
        return done.returncode, done.stdout + done.stderr

    code, said = script("dump.sh")
    expect(code == 0, f"dump ended with {code}: {said}")
    database.sql(EMPTY)
    part = next(path for path in objects if path.endswith("/part-0000"))
    whole = objects[part]
    objects[part] = whole[:-1] + bytes([whole[-1] ^ 1])
    code, refused = script("restore.sh")
    expect(code == 1 and "is not what was dumped" in refused, f"a tampered part: ended with {code}: {refused}")
    expect(database.tables() == [], "something of a tampered dump is in the database")
    objects[part] = whole
    code, restored = script("restore.sh")
    expect(code == 0, f"restore ended with {code}: {restored}")
    expect(database.sql(count) == before, f"{database.sql(count)} after, {before} before")
    return said.strip().splitlines()[-1]


@contextmanager
def retrieved_from(stage: Stage, path: str, kept: dict[str, bytes]) -> Iterator[None]:
    """WADO-RS of single instances on the host's loopback, as a restored archive gives them."""
    import io

    from pydicom import dcmread

    with wado(PORT, partial(stage.network.inside, machine_of(path))) as server:
        server.instances = {str(dcmread(io.BytesIO(each)).SOPInstanceUID): each for each in kept.values()}
        yield
