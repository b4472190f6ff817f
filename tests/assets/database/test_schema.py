"""Step `schema` against a real PostgreSQL: all tables or none, once, whatever goes wrong."""

import hashlib
import io
import json
import secrets
import subprocess
import threading
import time
import zipfile
from pathlib import Path

import pytest

from dicom_cdk.rehearsal.archive.stand_in_sql import SQL, TABLES
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.machines.servers import Postgres, free_port, postgres
from tests.assets.database.conftest import Prepared

pytestmark = pytest.mark.server

SQL_IMAGE = "registry.example.com/dicom/postgres-dcm4chee:14.1-25"
PREFIX = {"create-psql.sql": "10_", "create-fk-index.sql": "20_", "create-case-insensitive-index.sql": "30_"}
IMAGE = {f"{PREFIX[name]}{name}": text for name, text in SQL.items()}


@pytest.fixture
def database(cluster: Postgres) -> Postgres:
    cluster.sql("drop schema if exists public cascade; create schema public authorization pacs")
    return cluster


@pytest.fixture
def host(tmp_path: Path, database: Postgres, prepared: Prepared) -> ScratchHost:
    host = prepared(tmp_path, database, IMAGE)
    give(host, database)
    return host


def give(host: ScratchHost, database: Postgres, **more: object) -> None:
    values = {
        "database_host": "127.0.0.1",
        "database_port": str(database.port),
        "database_name": "pacsdb",
        "database_user": "pacs",
        "sql_source": "image",
        "sql_image": SQL_IMAGE,
        **more,
    }
    host.put("/opt/dicom/database/values.json", json.dumps(values))


def schema(host: ScratchHost, **more: str) -> "subprocess.CompletedProcess[str]":
    return host.script("schema.sh", room="database", more={"DICOM_SECONDS": "20", **more})


def test_it_makes_all_tables_and_indexes_from_the_image(host: ScratchHost, database: Postgres) -> None:
    done = schema(host)
    assert done.returncode == 0, done.stderr
    assert "made 3 tables" in done.stdout
    assert database.tables() == TABLES
    assert database.sql("select count(*) from pg_indexes where tablename = 'study'") == ["3"]
    assert database.sql("select distinct tableowner from pg_tables where schemaname = 'public'") == ["pacs"]


def test_a_second_and_third_run_change_nothing(host: ScratchHost, database: Postgres) -> None:
    assert schema(host).returncode == 0
    database.sql("insert into patient values (1, 'DOE^J1')")
    for _ in range(2):
        done = schema(host)
        assert done.returncode == 0, done.stderr
        assert "all 3 tables are there" in done.stdout
    assert database.sql("select name from patient") == ["DOE^J1"]


def test_two_at_once_make_it_once(host: ScratchHost, database: Postgres, prepared: Prepared, tmp_path: Path) -> None:
    other = prepared(tmp_path / "other", database, IMAGE)
    give(other, database)
    for name, text in SQL.items():
        # Slow enough for the other to come in the middle.
        host.put(f"/image/{PREFIX[name]}{name}", text + "select pg_sleep(0.5);\n")
        other.put(f"/image/{PREFIX[name]}{name}", text + "select pg_sleep(0.5);\n")
    answers: list[subprocess.CompletedProcess[str]] = []
    threads = [threading.Thread(target=lambda each=each: answers.append(schema(each))) for each in (host, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.returncode for each in answers] == [0, 0], [each.stderr for each in answers]
    assert sorted(each.stdout.splitlines()[-1] for each in answers) == ["all 3 tables are there", "made 3 tables"]
    assert database.tables() == TABLES


@pytest.mark.parametrize("broken", sorted(SQL))
def test_a_broken_statement_leaves_nothing(broken: str, host: ScratchHost, database: Postgres) -> None:
    host.put(f"/image/{PREFIX[broken]}{broken}", SQL[broken] + "create tabel oops (pk bigint);\n")
    done = schema(host)
    assert done.returncode == 1
    assert "syntax error" in done.stderr
    assert "nothing of it stays" in done.stderr
    assert database.tables() == []
    host.put(f"/image/{PREFIX[broken]}{broken}", SQL[broken])
    assert schema(host).returncode == 0
    assert database.tables() == TABLES


def test_a_session_that_is_killed_leaves_all_or_nothing_and_is_said_as_such(
    host: ScratchHost, database: Postgres
) -> None:
    name = sorted(SQL)[0]
    host.put(f"/image/{PREFIX[name]}{name}", SQL[name] + "select pg_terminate_backend(pg_backend_pid());\n")
    done = schema(host)
    assert done.returncode == 1
    assert (
        "database-schema: the connection to the database broke while the schema was made: all of it is there, or nothing; "
        "apply again"
    ) in done.stderr
    assert database.tables() == []
    host.put(f"/image/{PREFIX[name]}{name}", SQL[name])
    assert schema(host).returncode == 0


def test_a_half_made_schema_is_refused_with_what_to_do(host: ScratchHost, database: Postgres) -> None:
    database.sql("create table public.study (pk bigint); alter table public.study owner to pacs")
    done = schema(host)
    assert done.returncode == 1
    assert "has 1 of the 3 tables and 1 of the 6 columns" in done.stderr
    assert "half-made" in done.stderr
    assert "drop schema public cascade" in done.stderr
    assert database.tables() == ["study"]


def test_a_column_that_is_missing_is_seen_although_all_tables_are_there(host: ScratchHost, database: Postgres) -> None:
    assert schema(host).returncode == 0
    database.sql("alter table public.series drop column name")
    done = schema(host)
    assert done.returncode == 1
    assert "has 3 of the 3 tables and 5 of the 6 columns of the archive, not for instance series.name" in done.stderr


@pytest.mark.parametrize("filled", ["patient", "study"])
def test_nobody_is_told_to_drop_a_schema_that_holds_patients_or_studies(
    filled: str, host: ScratchHost, database: Postgres
) -> None:
    assert schema(host).returncode == 0
    database.sql(f"alter table public.series drop column name; insert into public.{filled} values (1, 'DOE^J1')")
    done = schema(host)
    assert done.returncode == 1
    assert "drop schema" not in done.stderr
    assert "it holds patients or studies, and nothing was changed" in done.stderr
    assert database.sql(f"select name from public.{filled}") == ["DOE^J1"]


# By name and columns as dcm4che's update scripts leave them, each on top of the one before.
STEPS = {
    25: "create table public.issuer (pk bigint);",
    26: "drop table public.issuer; create table public.rel_ups_station_name_code (ups_fk bigint);",
    27: "create table public.instance_req (pk bigint);",
    28: "create table public.key_value (pk bigint);",
    29: "drop table public.key_value; create table public.key_value2 (pk bigint);",
    30: "create table public.mwl_item (pk bigint, worklist_label text);",
    31: "create table public.patient_id (pk bigint, patient_fk bigint);",
    32: "alter table public.study add study_deleting boolean;",
    33: "alter table public.series add access_control_id text;",
    34: "alter table public.patient_id add pat_name text;",
    35: "create table public.study_access_control_id (study_fk bigint);",
}


def of_release(minor: int) -> str:
    """SQL that makes the stand-in's tables as of 5.<minor>."""
    plain = "".join(f"create table public.{name} (pk bigint, name text);" for name in TABLES)
    return plain + "".join(text for each, text in STEPS.items() if each <= minor)


@pytest.mark.parametrize("minor", [25, 26, 29, 33, 34])
def test_an_older_database_is_called_older_and_nothing_is_done_to_it(
    minor: int, host: ScratchHost, database: Postgres
) -> None:
    host.put(
        "/image/10_create-psql.sql",
        "create table patient (pk bigint, name text); create table study (pk bigint, name text, study_deleting boolean);"
        "create table series (pk bigint, name text, access_control_id text);"
        "create table study_access_control_id (study_fk bigint);",
    )
    database.sql(of_release(minor))
    before = database.tables()
    done = schema(host)
    assert done.returncode == 1
    assert (
        f"database pacsdb is of archive 5.{minor}, the SQL of 5.35: it is older, and nothing was changed" in done.stderr
    )
    assert f"from 5.{minor + 1} to 5.35, in order, with every archive stopped" in done.stderr
    assert "drop schema" not in done.stderr
    assert database.tables() == before


def test_a_newer_database_is_refused_although_every_column_is_there(host: ScratchHost, database: Postgres) -> None:
    host.put("/image/10_create-psql.sql", SQL["create-psql.sql"] + "create table issuer (pk bigint);\n")
    database.sql(of_release(25).replace("(pk bigint, name text)", "(pk bigint primary key, name text)"))
    assert "all 4 tables are there" in schema(host).stdout
    database.sql("create table public.key_value2 (pk bigint)")
    done = schema(host)
    assert done.returncode == 1
    assert "is of archive 5.29, the SQL of 5.25: it is newer" in done.stderr


def test_tables_without_their_indexes_and_sequences_are_not_passed_over_in_silence(
    host: ScratchHost, database: Postgres
) -> None:
    assert schema(host).returncode == 0
    assert "warning" not in schema(host).stdout
    database.sql("drop index public.study_upper_idx; drop sequence public.study_pk_seq")
    done = schema(host)
    assert done.returncode == 0, done.stderr
    assert (
        "warning: 2 indexes, constraints or sequences of this release are not in database pacsdb, such as study_pk_seq "
        "study_upper_idx: where no update made others in their place, make them from 10_create-psql.sql and the files beside it"
    ) in done.stdout
    assert done.stdout.splitlines()[-1] == "all 3 tables are there"


def test_what_a_killed_run_left_of_the_image_is_taken_away_with_its_volume(host: ScratchHost) -> None:
    assert schema(host).returncode == 0
    called = [call for call in host.calls() if call.startswith(("docker rm", "docker create"))]
    assert called == [
        "docker rm -f -v dicom-sql",
        f"docker create --name dicom-sql {SQL_IMAGE}",
        "docker rm -f -v c0ffee",
    ]


def test_tables_of_others_are_left_alone(host: ScratchHost, database: Postgres) -> None:
    database.sql("create table public.hospital_extra (pk bigint)")
    assert schema(host).returncode == 0
    assert database.tables() == sorted([*TABLES, "hospital_extra"])


def test_killed_in_the_middle_it_leaves_nothing_and_the_next_run_makes_all(
    host: ScratchHost, database: Postgres
) -> None:
    host.put("/image/20_create-fk-index.sql", SQL["create-fk-index.sql"] + "select pg_sleep(30);\n")
    script = host.root / "opt/dicom/database/current/schema.sh"
    running = subprocess.Popen(
        ["bash", str(script)],
        env=host.variables({"DICOM_ROOM": "database", "DICOM_SECONDS": "60"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while not database.sql("select 1 from pg_stat_activity where query like 'select pg_sleep%'"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    # Everything that the step started, as when the host goes down.
    subprocess.run(["pkill", "-KILL", "-s", str(running.pid)], check=False)
    running.communicate()
    database.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'pacs'")
    assert database.tables() == []
    host.put("/image/20_create-fk-index.sql", SQL["create-fk-index.sql"])
    done = schema(host)
    assert done.returncode == 0, done.stderr
    assert database.tables() == TABLES


def test_a_wrong_password_is_said_at_once(host: ScratchHost) -> None:
    host.put("/run/dicom/secrets/database", secrets.token_hex(16))
    done = schema(host)
    assert done.returncode == 1
    assert "the database refuses" in done.stderr
    assert "password authentication failed" in done.stderr


def test_an_account_without_rights_is_an_error_and_leaves_nothing(host: ScratchHost, database: Postgres) -> None:
    database.sql(
        "alter schema public owner to owner; revoke all on schema public from pacs, public; grant usage on schema public to pacs"
    )
    done = schema(host)
    assert done.returncode == 1
    assert "permission denied" in done.stderr
    assert database.tables() == []


def test_a_server_that_is_late_is_waited_for_until_the_deadline(host: ScratchHost, database: Postgres) -> None:
    give(host, database, database_port=str(free_port()))
    done = schema(host, DICOM_SECONDS="2")
    assert done.returncode == 1
    assert "still waiting for the database at 127.0.0.1" in done.stderr
    assert "Connection refused" in done.stderr


def test_a_server_without_tls_is_refused(host: ScratchHost) -> None:
    with postgres(secrets.token_hex(16), tls=False) as plain:
        host.put("/run/dicom/secrets/database", plain.password)
        give(host, plain)
        done = schema(host, DICOM_SECONDS="2")
    assert done.returncode == 1
    assert "server does not support SSL" in done.stderr


def test_the_password_is_in_no_argument_and_no_output_and_stays_nowhere(host: ScratchHost, database: Postgres) -> None:
    done = schema(host)
    assert database.password not in done.stdout + done.stderr + "\n".join(host.calls())
    kept = [
        path
        for path in host.root.rglob("*")
        if path.is_file() and database.password in path.read_text(errors="replace")
    ]
    assert [path.relative_to(host.root).as_posix() for path in kept] == ["run/dicom/secrets/database"]
    assert [path.name for path in (host.root / "run/dicom").iterdir()] == ["secrets"]


def test_an_image_without_the_files_is_refused(host: ScratchHost, database: Postgres) -> None:
    (host.root / "image/20_create-fk-index.sql").unlink()
    done = schema(host)
    assert done.returncode == 1
    assert "no create-fk-index.sql in the image" in done.stderr
    assert database.tables() == []


def packed() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in SQL.items():
            archive.writestr(f"dcm4chee-arc-5.25.0-psql/sql/{name}", text)
    return data.getvalue()


def test_the_sql_can_come_from_a_bucket_with_its_checksum(host: ScratchHost, database: Postgres) -> None:
    zipped = packed()
    (host.root / "zip").write_bytes(zipped)
    host.stand_in(
        "python3",
        'case $2 in oss-get) cp "$HOST_ROOT/zip" "$5" ;; *) exec /usr/bin/env -S PATH=/usr/bin:/bin python3 "$@" ;; esac',
    )
    source = {"sql_source": "oss", "sql_bucket": "own", "sql_key": "psql.zip"}
    give(host, database, **source, sql_sha256="0" * 64)
    done = schema(host)
    assert done.returncode == 1
    assert "oss://own/psql.zip has sha256" in done.stderr
    assert database.tables() == []
    give(host, database, **source, sql_sha256=hashlib.sha256(zipped).hexdigest())
    done = schema(host)
    assert done.returncode == 0, done.stderr
    assert database.tables() == TABLES
    assert any("oss-get own psql.zip" in call for call in host.calls())
