"""Database: the schema step on the archive host against a real PostgreSQL over the network, with TLS."""

import threading

from dicom_cdk.rehearsal.archive.stand_in_sql import TABLES
from dicom_cdk.rehearsal.checks import Checks, expect
from dicom_cdk.rehearsal.stage import Stage

ROOM = "database"


def rehearse(stage: Stage, checks: Checks, *, faults: bool) -> None:
    """Once, again, and through faults."""
    schema = next(step for step in stage.site.standing if step.room == ROOM)
    if schema.values["sql_source"] != "image":
        checks.skip(ROOM, "schema", "the site takes its SQL from a bucket of its own, which is not here")
        return
    with checks.check(ROOM, "schema made from the image's SQL") as said:
        database = stage.database()
        said.append(stage.must(schema).strip().splitlines()[-1])
        expect(database.tables() == TABLES, f"tables are {database.tables()}")
    with checks.check(ROOM, "schema again: nothing to do"):
        expect("are there" in stage.must(schema), "the second run did something")
    if not faults:
        return
    files = stage.hosts[schema.host].root.parent / "image-files"
    first = sorted(files.iterdir())[0]
    whole = first.read_text()
    clean = "drop schema public cascade; create schema public authorization pacs"
    with checks.check(ROOM, "broken SQL: nothing stays, and the mended one is made"):
        database.sql(clean)
        first.write_text(whole + "create tabel oops;\n")
        done = stage.run(schema)
        first.write_text(whole)
        expect(
            done.returncode == 1 and "nothing of it stays" in done.stderr,
            f"ended with {done.returncode}: {done.stderr}",
        )
        expect(database.tables() == [], f"left {database.tables()}")
        stage.must(schema)
    with checks.check(ROOM, "sessions killed in the middle: nothing stays, and the next run makes it"):
        database.sql(clean)
        first.write_text(whole + "select pg_sleep(20);\n")
        results: list[tuple[int, str]] = []

        def making() -> None:
            done = stage.run(schema)
            results.append((done.returncode, done.stderr))

        thread = threading.Thread(target=making)
        thread.start()
        killed = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'pacs' and query like '%pg_sleep(20)%'"
        while thread.is_alive():
            database.sql(killed)
            thread.join(0.2)
        first.write_text(whole)
        expect(
            results[0][0] == 1 and "the connection to the database broke" in results[0][1], f"ended with {results[0]}"
        )
        expect(database.tables() == [], f"left {database.tables()}")
        stage.must(schema)
    with checks.check(ROOM, "half-made schema: refused with what to do"):
        database.sql(f"{clean}; create table public.study (pk bigint); alter table public.study owner to pacs")
        done = stage.run(schema)
        expect(done.returncode == 1 and "half-made" in done.stderr, f"ended with {done.returncode}: {done.stderr}")
        database.sql(clean)
    with checks.check(ROOM, "two at once: made once"):
        answers: list[int] = []
        threads = [threading.Thread(target=lambda: answers.append(stage.run(schema).returncode)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        expect(answers == [0, 0], f"ended with {answers}")
        expect(database.tables() == TABLES, f"tables are {database.tables()}")
    with checks.check(ROOM, "no rights: an error, nothing made"):
        database.sql(f"{clean}; alter schema public owner to owner; grant usage on schema public to pacs")
        done = stage.run(schema)
        expect(
            done.returncode == 1 and "permission denied" in done.stderr, f"ended with {done.returncode}: {done.stderr}"
        )
        database.sql(clean)
        stage.must(schema)
    with checks.check(ROOM, "wrong password: said at once"):
        secret = stage.hosts[schema.host].root / "run/dicom/secrets/database"
        right = secret.read_text()
        secret.write_text("wrong")
        done = stage.run(schema)
        secret.write_text(right)
        expect(
            done.returncode == 1 and "the database refuses" in done.stderr,
            f"ended with {done.returncode}: {done.stderr}",
        )
