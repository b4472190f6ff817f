"""What can go wrong with a walk to another release: what is refused before it begins, what hinders it, where it is killed."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from dicom_cdk.rehearsal.archive.stand_in_updates import files
from dicom_cdk.rehearsal.breaking.shims import Shims, equal_states
from dicom_cdk.rehearsal.breaking.states import States
from dicom_cdk.rehearsal.breaking.trials import WAITING_SECONDS
from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.machines import full_disk
from dicom_cdk.rehearsal.rooms.walk.directory import WALK_SECONDS
from dicom_cdk.rehearsal.rooms.walk.walking import AT_ONCE, QUIET, Walking
from dicom_cdk.rehearsal.site import Step
from dicom_cdk.rehearsal.stage import Stage

ROOM = "upgrades"
BESIDE = ("drain", "backup", "walked", "resume")
"""Steps that an archive may run beside."""


def _fails(walking: Walking, words: str, old: str = "5.25.2", new: str = "5.33.1", **more: Any) -> None:
    done = walking.stage.run(walking.step("upgrade", old, new), limit=WALK_SECONDS, **{**QUIET, **more})
    expect(done.returncode == 1 and words in done.stderr, f"ended with {done.returncode}: {done.stderr[-600:]}")


def refused(walking: Walking, checks: Checks) -> None:
    stage, database = walking.stage, walking.stage.database()
    with checks.check(ROOM, "what cannot be walked is said before anything is touched: order, release, scripts, twins"):
        walking.born("5.33.0")
        shape = walking.shape()
        _fails(walking, "newer than 5.29.2", new="5.29.2")
        walking.born("5.25.2")
        _fails(walking, "is of archive 5.25, archive.upgrade_from says 5.28.0", old="5.28.0")
        shape = walking.shape()
        for name, text, words in (
            ("update-5.29-2-psql.sql", " \n", "update-5.29-2-psql.sql in the image is empty, and nothing was changed"),
            ("update-5.27-psql.sql", None, "no update-5.27-psql.sql in the image, and nothing was changed"),
        ):
            walking.scripts(
                {key: value for key, value in (files() | {name: text or ""}).items() if key != name or text}
            )
            _fails(walking, words)
        expect(walking.shape() == shape, "something was changed")
        walking.born("5.33.0")
        database.sql("insert into patient values (1, 1), (2, 1)")
        database.sql("insert into patient_id (pk, pat_id, patient_fk) values (1, 'P1', 1), (2, 'P1', 2)")
        _fails(walking, "1 patients are there twice", old="5.33.1", new="5.34.3")
    with checks.check(
        ROOM, "a statement that fails in the middle: nothing of its release stays, and the mended one goes on"
    ):
        walking.born("5.25.2")
        rows = walking.rows()
        walking.scripts(
            files() | {"update-5.30-2-psql.sql": files()["update-5.30-2-psql.sql"] + "create tabel oops;\n"}
        )
        _fails(walking, "update 5.30 failed, nothing of it stays, and those before it do")
        walking.scripts(files())
        told = stage.must(walking.step("upgrade", "5.25.2", "5.33.1"), limit=WALK_SECONDS, **QUIET)
        expect("update 5.29 is in" not in told and "update 5.30 is in" in told, f"it said {told}")
        expect(walking.rows() == rows, "rows changed")
    with (
        checks.check(
            ROOM, "the database's disk fills in the middle of an update: nothing of it stays, with more room it goes on"
        ) as said,
        full_disk.under(database) as filling,
    ):
        walking.born("5.32.0")
        database.sql("insert into series select at, null, '1.2.3.' || at from generate_series(1, 20000) as at")
        rows, shape = walking.rows(), walking.shape()
        full_disk.fill(filling.parent, but=256)
        _fails(walking, "update 5.33 failed, nothing of it stays", old="5.32.0")
        _fails(walking, "the database's disk is full; raise database.storage_gb and apply again", old="5.32.0")
        expect(walking.shape() == shape and walking.rows() == rows, "something of the update stayed")
        filling.unlink()
        told = stage.must(walking.step("upgrade", "5.32.0", "5.33.1"), limit=WALK_SECONDS, **QUIET)
        expect("update 5.33 is in" in told and walking.rows() == rows, f"it said {told}")
        said.append(", ".join(rows))


def hindered(walking: Walking, checks: Checks) -> None:
    stage, database, services = walking.stage, walking.stage.database(), walking.stage.api.services
    with checks.check(ROOM, "no rights in the database: said, nothing changed; with them it goes on"):
        walking.born("5.25.2")
        shape = walking.shape()
        database.sql("alter table study owner to owner; grant select on study to pacs")
        _fails(walking, "must be owner of table study")
        database.sql("alter table study owner to pacs")
        stage.must(walking.step("upgrade", "5.25.2", "5.33.1"), limit=WALK_SECONDS, **QUIET)
        expect(walking.shape() != shape, "nothing was changed")
    with checks.check(ROOM, "RDS refuses a backup: a dump on the host's disk; no room for it: said"):
        walking.born("5.25.2")
        services.refuses = {"CreateBackup": "Forbidden.RAM"}
        try:
            told = stage.must(walking.step("backup", "5.25.2", "5.33.1"), limit=WALK_SECONDS, more=AT_ONCE)
            expect("is dumped to" in told, f"it said {told}")
            walking.host.stand_in("df", "printf 'Avail\\n1000\\n'")
            done = stage.run(walking.step("backup", "5.25.2", "5.33.1"), limit=WALK_SECONDS, more=AT_ONCE)
            expect(done.returncode == 1 and "give the disk more room" in done.stderr, done.stderr)
        finally:
            services.refuses = {}
            (walking.host.programs / "df").unlink(missing_ok=True)
    with checks.check(
        ROOM, "SAE refuses the stop: the application is named, and the updates wait for nobody who is not connected"
    ):
        walking.born("5.25.2")
        services.refuses = {"StopApplication": "Forbidden.RAM"}
        try:
            told = stage.must(
                walking.step("upgrade", "5.25.2", "5.33.1"), limit=WALK_SECONDS, more=AT_ONCE, ae_title=""
            )
            expect(f"stop it in the console of SAE, namespace {walking.tier.namespace}" in told, f"it said {told}")
        finally:
            services.refuses = {}


def stopped_anywhere(stage: Stage, checks: Checks, every: int) -> None:
    """The `upgrade` step killed at every `every`-th program that it starts, then run again: every update in, every row there."""
    walking = Walking(stage)
    old, new = "5.31.0", "5.33.1"
    walking.born(new)
    wanted = walking.shape()
    walking.born(old)
    rows = walking.rows()
    with checks.check(ROOM, f"{old} → {new}: killed at each program that it starts, and run again") as said:
        for place, _ in _killed(
            stage, walking.step("upgrade", old, new), every, lambda: walking.born(old), said, QUIET
        ):
            expect(walking.shape() == wanted and walking.rows() == rows, f"after place {place} the database is another")


def stopped_beside_archives(stage: Stage, checks: Checks, every: int, entries: Sequence[str] = BESIDE) -> None:
    """Steps around the updates, killed at every `every`-th program that they start while an archive runs, then run again."""
    walking = Walking(stage)
    old, new = "5.25.2", "5.33.1"
    with checks.check(ROOM, f"a site of {old} stands, whose archive keeps images"):
        stage.database()
        for each in stage.site.standing:
            if each.room in ("directory", "storage", "archive"):
                stage.must(each)
        walking.directory.at(old)
        stage.must(walking.up, image=walking.image(old))
        # It keeps images from its next start on.
        walking.restarted()
        walking.stored(old)
        stage.must(walking.check)
        sent = [walking.send() for _ in range(2)]
    before = walking.host.root / "var/local/dicom/wildfly.before"
    left: dict[str, Path] = {"drain": before / f"asked-{old}-{new}.json", "walked": before / "may-go"}

    def as_before(entry: str) -> None:
        walking.born(old, sent)
        walking.tier.status, walking.tier.running, walking.tier.becomes = "STOPPED", 0, ""
        if entry in left:
            left[entry].unlink(missing_ok=True)

    def reached(entry: str) -> bool:
        if entry == "backup":
            return stage.api.services.backups[-1] == ["Finished"]
        if entry == "resume":
            return (walking.tier.status, walking.tier.running) == ("RUNNING", walking.tier.replicas)
        return left[entry].exists()

    for entry in entries:
        with checks.check(ROOM, f"step {entry}: killed at each program that it starts, and run again") as said:
            for place, told in _killed(
                stage, walking.step(entry, old, new), every, partial(as_before, entry), said, {}
            ):
                expect(reached(entry), f"after place {place} what the step is for is not there: {told}")
                walking.given(sent)


def _killed(
    stage: Stage, step: Step, every: int, as_before: Callable[[], None], said: list[str], more: dict[str, Any]
) -> Iterator[tuple[int, str]]:
    """After each place at which the step was killed and run again: the place, and what the second run ended with."""
    shims, before = Shims(stage, step), dict[int, str]()
    as_before()
    states = States(stage, [*(host.root.parent for host in stage.hosts.values()), stage.registry])
    states.begin()

    def look(number: int) -> None:
        before[number] = states.now(database="psql" in shims.calls())

    with shims.looking(look) as given:
        done = stage.run(step, more=given, limit=WALK_SECONDS, **more)
    expect(done.returncode == 0, f"ended with {done.returncode}: {done.stderr[-1500:]}")
    groups = equal_states(shims.calls(), before, every)
    for (place, _), *_ in groups:
        as_before()
        stage.run(step, more=shims.breaking("kill", place), seconds=WAITING_SECONDS, **more)
        again = stage.run(step, limit=WALK_SECONDS, **more)
        told = f"{again.returncode}: {again.stderr[-800:]}"
        expect(again.returncode == 0, f"after place {place} it ended with {told}")
        yield place, told
    said.append(f"{sum(map(len, groups))} places, {len(groups)} states")
