"""Step `upgrade` against a real PostgreSQL: the schema walks to another release, an update at a time, or stays as it was."""

import json
import subprocess
from pathlib import Path

import pytest

from dicom_cdk.rehearsal.archive.stand_in_updates import BORN, UPDATES, files
from dicom_cdk.rehearsal.cloud.vendor_api import REGION, vendor_api
from dicom_cdk.rehearsal.cloud.vendor_walk import Application
from dicom_cdk.rehearsal.machines import full_disk
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.machines.servers import Postgres
from dicom_cdk.rehearsal.rooms.walk.walking import SHAPE
from dicom_cdk.releases.updates import SQL_UPDATES, number, sql_between
from tests.assets.database.conftest import Prepared

pytestmark = pytest.mark.server

STUDIES = """
insert into issuer values (1, 'HOSPITAL');
insert into person_name values (1, 'DOE^JANE'), (2, 'DOE^JOHN');
insert into patient_id values (1, 'P1', 1), (2, 'P2', 1);
insert into patient values (1, 1, 1), (2, 2, 2);
insert into study values (1, 1, '1.2.3'), (2, 2, '1.2.4');
"""


def as_pacs(cluster: Postgres, text: str) -> list[str]:
    return cluster.sql(f"set role pacs; {text}")


@pytest.fixture
def database(cluster: Postgres) -> Postgres:
    """A schema of 5.25 with two patients and their studies."""
    cluster.sql("drop schema if exists public cascade; create schema public authorization pacs")
    as_pacs(cluster, BORN + STUDIES)
    return cluster


@pytest.fixture
def host(tmp_path: Path, database: Postgres, prepared: Prepared) -> ScratchHost:
    host = prepared(tmp_path, database, files())
    give(host, database)
    return host


def give(host: ScratchHost, database: Postgres, old: str = "5.25.2", new: str = "5.33.1", **more: str) -> None:
    values = {
        "database_host": "127.0.0.1",
        "database_port": str(database.port),
        "database_name": "pacsdb",
        "database_user": "pacs",
        "sql_source": "image",
        "sql_image": "registry.example.com/dicom/postgres-dcm4chee:17.1-33",
        "upgrade_from": old,
        "upgrade_to": new,
        "updates": [f"{each.name}={each.marker}" for each in sql_between(old, new)],
    }
    host.put("/opt/dicom/database/values.json", json.dumps(values | more))


def upgrade(host: ScratchHost, **more: str) -> "subprocess.CompletedProcess[str]":
    return host.script("upgrade.sh", room="database", more={"DICOM_SECONDS": "120", **more})


def shape(database: Postgres) -> list[str]:
    return database.sql(SHAPE)


def born_at(database: Postgres, release: str) -> None:
    """The schema walked to `release` without the step."""
    for name, parts in UPDATES.items():
        if number(name)[:2] <= number(release)[:2] and number(name) <= number(release):
            as_pacs(database, "".join(parts))


def ins(done: "subprocess.CompletedProcess[str]") -> list[str]:
    return [line.split()[1] for line in done.stdout.splitlines() if line.startswith("update ")]


def test_a_schema_walks_every_update_in_order_and_keeps_its_studies(host: ScratchHost, database: Postgres) -> None:
    done = upgrade(host)
    assert done.returncode == 0, done.stderr
    assert ins(done) == ["5.26", "5.27", "5.28", "5.29", "5.30", "5.31", "5.31.1", "5.32", "5.33"]
    assert done.stdout.splitlines()[-1] == "database pacsdb is of 5.33.1"
    assert "restore the database to 20" in done.stdout
    assert "rows are as before: patient 2, study 2, series 0, instance 0, location 0" in done.stdout
    found = database.sql(
        "select study_iuid, pat_id, entity_id from study join patient on patient.pk = patient_fk "
        "join patient_id on patient_id.patient_fk = patient.pk order by 1"
    )
    assert found == ["1.2.3|P1|HOSPITAL", "1.2.4|P2|HOSPITAL"]


def test_a_second_run_changes_nothing_and_asks_for_no_script(host: ScratchHost, database: Postgres) -> None:
    assert upgrade(host).returncode == 0
    before = shape(database)
    host.forget()
    done = upgrade(host)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "database pacsdb is of 5.33.1 already")
    assert shape(database) == before
    assert not [call for call in host.calls() if call.startswith("docker create")]


# The first, the one of a patch release, the last of the walk: each takes all before it.
@pytest.mark.parametrize("at", ["5.26", "5.31.1", "5.33"])
def test_a_statement_that_fails_in_the_middle_leaves_nothing_of_its_release(
    at: str, host: ScratchHost, database: Postgres
) -> None:
    last = max(name for name in files() if name.startswith(f"update-{at}-"))
    host.put(f"/image/{last}", files()[last] + "create tabel oops (pk bigint);\n")
    done = upgrade(host)
    assert done.returncode == 1
    assert f"update {at} failed, nothing of it stays, and those before it do" in done.stderr
    names = [each.name for each in sql_between("5.25.2", "5.33.1")]
    assert ins(done) == names[: names.index(at)]
    host.put(f"/image/{last}", files()[last])
    again = upgrade(host)
    assert again.returncode == 0, again.stderr
    assert ins(again) == names[names.index(at) :]
    assert database.sql("select count(*) from study") == ["2"]


def test_a_disk_that_fills_in_the_middle_of_an_update_leaves_nothing_of_it_and_a_larger_one_lets_it_go_on(
    host: ScratchHost, cluster: Postgres
) -> None:
    names = [each.name for each in sql_between("5.25.2", "5.33.1")]
    with full_disk.under(cluster) as filling:
        cluster.sql("drop schema public cascade; create schema public authorization pacs")
        series = "insert into series select at, 1, '1.2.3.' || at from generate_series(1, 20000) as at;"
        as_pacs(cluster, BORN + STUDIES + series)
        # Room for all updates of a few rows, and not for the one that writes every series anew.
        full_disk.fill(filling.parent, but=768)
        done = upgrade(host)
        assert done.returncode == 1
        assert "No space left on device" in done.stderr
        assert (
            "update 5.33 failed, nothing of it stays, and those before it do: the database's disk is full; raise "
            "database.storage_gb and apply again, it goes on with this update" in done.stderr
        )
        assert ins(done) == names[:-1]
        assert "series.access_control_id" not in shape(cluster)
        filling.unlink()
        again = upgrade(host)
        assert again.returncode == 0, again.stderr
        assert ins(again) == ["5.33"]
        assert "rows are as before: patient 2, study 2, series 20000," in again.stdout


def test_a_database_that_takes_no_writes_is_said_to_be_locked(host: ScratchHost, database: Postgres) -> None:
    before = shape(database)
    database.sql("alter role pacs set default_transaction_read_only = on")
    try:
        done = upgrade(host)
    finally:
        database.sql("alter role pacs reset default_transaction_read_only")
    assert done.returncode == 1
    assert "update 5.26 failed, nothing of it stays" in done.stderr
    assert "the database takes no writes, as RDS locks one whose disk is full; raise database.storage_gb" in done.stderr
    assert shape(database) == before


def test_a_step_killed_after_any_update_goes_on_where_it_was(host: ScratchHost, database: Postgres) -> None:
    # Dies with its update in, before it says so: the third call of psql -f and every further one.
    host.stand_in("psql", '/usr/bin/psql "$@" || exit; case "$*" in *update.sql*) kill -KILL $PPID; exit 1 ;; esac')
    for _ in range(9):
        assert upgrade(host).returncode != 0
    done = upgrade(host)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "database pacsdb is of 5.33.1 already")
    assert database.sql("select count(*) from study where study_deleting = false") == ["2"]


def test_a_script_that_is_missing_or_empty_is_said_before_anything_is_touched(
    host: ScratchHost, database: Postgres
) -> None:
    before = shape(database)
    text = files()["update-5.32-2-psql.sql"]
    host.put("/image/update-5.32-2-psql.sql", " \n")
    done = upgrade(host)
    assert done.returncode == 1
    assert "update-5.32-2-psql.sql in the image is empty, and nothing was changed" in done.stderr
    host.put("/image/update-5.32-2-psql.sql", text)
    for part in (1, 2, 3):
        (host.root / f"image/update-5.30-{part}-psql.sql").unlink()
    done = upgrade(host)
    assert done.returncode == 1
    assert (
        "no update-5.30-psql.sql in the image, and nothing was changed; take the image or zip of 5.33.1" in done.stderr
    )
    assert shape(database) == before


def test_a_script_that_leaves_no_marker_is_not_the_archives(host: ScratchHost) -> None:
    host.put("/image/update-5.27-psql.sql", "select 1;\n")
    done = upgrade(host)
    assert done.returncode == 1
    assert "update 5.27 ran and left no instance_req.pk: its script is not that of dcm4chee-arc" in done.stderr


def test_an_archive_that_is_connected_is_waited_for_and_named(host: ScratchHost, database: Postgres) -> None:
    before = shape(database)
    with subprocess.Popen(
        ["psql", "-X", "-q", "-h", "127.0.0.1", "-p", str(database.port), "-U", "pacs", "-d", "pacsdb"],
        env={"PATH": "/usr/bin:/bin", "PGPASSWORD": database.password},
        stdin=subprocess.PIPE,
    ) as archive:
        assert archive.stdin is not None
        while database.sql("select count(*) from pg_stat_activity where usename = 'pacs'") == ["0"]:
            pass
        done = upgrade(host, DICOM_SECONDS="2")
        archive.stdin.close()
    assert done.returncode == 1
    assert (
        "still waiting for every archive to leave the database; last answer: connected as pacs: 127.0.0.1"
        in done.stderr
    )
    assert "stop the DICOMweb application in the console of SAE" in done.stderr
    assert shape(database) == before


@pytest.mark.usefixtures("database")
def test_an_update_that_loses_rows_is_told_and_told_again_until_the_database_is_restored(host: ScratchHost) -> None:
    host.put("/image/update-5.33-1-psql.sql", files()["update-5.33-1-psql.sql"] + "delete from study where pk = 2;\n")
    for _ in range(2):
        done = upgrade(host)
        assert done.returncode == 1
        assert "rows were added or lost: before patient 2,study 2," in done.stderr
        assert "now patient 2,study 1," in done.stderr


def test_rows_that_cannot_be_counted_stop_it_before_the_first_update(host: ScratchHost, database: Postgres) -> None:
    before = shape(database)
    database.sql("alter table study owner to owner")
    done = upgrade(host)
    assert done.returncode == 1
    assert "permission denied for table study" in done.stderr
    assert "the rows of study cannot be counted as pacs" in done.stderr
    assert shape(database) == before
    database.sql("alter table study owner to pacs")
    assert upgrade(host).returncode == 0


def test_a_run_killed_after_its_last_update_counts_in_the_next_and_later_ones_no_more(host: ScratchHost) -> None:
    killed = 'grep -q update-5.33 "${@: -1}" && kill -KILL $PPID; exit 0'
    host.stand_in("psql", f'/usr/bin/psql "$@" || exit; case "$*" in *update.sql*) {killed} ;; esac')
    assert upgrade(host).returncode != 0
    done = upgrade(host)
    assert done.returncode == 0, done.stderr
    assert "rows are as before" in done.stdout
    assert "rows are as before" not in upgrade(host).stdout


def test_the_dicomweb_tier_is_stopped_before_the_first_update_and_named_where_it_cannot_be(
    host: ScratchHost, database: Postgres
) -> None:
    with vendor_api() as api:
        host.environment |= {**api.environment(), "DICOM_ROLE_SECONDS": "0"}
        host.put("/etc/dicom/host.json", json.dumps({"region": REGION}))
        give(host, database, namespace_id="cn-test:site", application="DicomService")
        api.services.refuses = {"StopApplication": "Forbidden.RAM"}
        api.services.applications = [Application("cn-test:site", "DicomService")]
        host.stand_in(
            "psql", 'case "$*" in *update.sql*) echo no updates yet >&2; exit 1 ;; esac; exec /usr/bin/psql "$@"'
        )
        done = upgrade(host)
        assert "application DicomService could not be stopped from here: stop it in the console of SAE" in done.stdout
        assert "update 5.26 failed" in done.stderr
        api.services.refuses = {}
        done = upgrade(host)
        assert "application DicomService is stopped" in done.stdout
        assert api.services.applications[0].running == 0


def test_tasks_that_were_cut_off_are_counted(host: ScratchHost, database: Postgres) -> None:
    as_pacs(
        database,
        "insert into task values (1, 'to-oss', 'Export', 1), (2, 'to-oss', 'Export', 0), (3, 'to-oss', 'Export', 4)",
    )
    done = upgrade(host)
    assert done.returncode == 0, done.stderr
    assert (
        "1 tasks began after the look at the queues and were cut off: the new archive begins them anew" in done.stdout
    )
    assert database.sql("select count(*) from task") == ["3"]


def test_patients_that_are_there_twice_stop_it_and_are_counted_not_named(host: ScratchHost, database: Postgres) -> None:
    born_at(database, "5.33")
    database.sql(
        "insert into patient values (3, 1); "
        "insert into patient_id (pk, pat_id, entity_id, patient_fk) values (3, 'P1', 'HOSPITAL', 3)"
    )
    give(host, database, "5.33.1", "5.34.3")
    before = shape(database)
    done = upgrade(host)
    assert done.returncode == 1
    assert (
        "1 patients are there twice with one id, issuer and name, which 5.34.3 does not allow, and nothing was changed"
        in done.stderr
    )
    assert "P1" not in done.stdout + done.stderr
    assert shape(database) == before
    database.sql("delete from patient_id where pk = 3; delete from patient where pk = 3")
    assert upgrade(host).returncode == 0


@pytest.mark.parametrize(
    ("made", "old", "new", "said"),
    [
        ("5.25", "5.26.1", "5.29.2", "is of archive 5.25, archive.upgrade_from says 5.26.1, and nothing was changed"),
        (
            "5.33",
            "5.25.2",
            "5.29.2",
            "is of archive 5.33, newer than 5.29.2, and nothing was changed; no script leads back",
        ),
    ],
)
def test_a_database_of_another_release_is_refused(
    made: str, old: str, new: str, said: str, host: ScratchHost, database: Postgres
) -> None:
    born_at(database, made)
    give(host, database, old, new)
    before = shape(database)
    done = upgrade(host)
    assert done.returncode == 1
    assert said in done.stderr
    assert shape(database) == before


def test_a_database_further_on_than_the_site_says_goes_on_from_there(host: ScratchHost, database: Postgres) -> None:
    born_at(database, "5.31")
    done = upgrade(host)
    assert done.returncode == 0, done.stderr
    assert ins(done) == ["5.31.1", "5.32", "5.33"]


def test_a_schema_of_no_release_is_refused(host: ScratchHost, database: Postgres) -> None:
    database.sql("alter table series add access_control_id text")
    done = upgrade(host)
    assert done.returncode == 1
    assert (
        "has series.access_control_id of update 5.33 and not rel_ups_station_name_code.ups_fk of update 5.26: it is of no release"
        in done.stderr
    )
    database.sql(
        "drop schema public cascade; create schema public authorization pacs; create table public.other (pk bigint)"
    )
    said = upgrade(host).stderr
    assert "is of no release that is known here, and nothing was changed: it has 1 tables (other), and none of" in said
    assert "archive.upgrade_from says 5.25.2" in said


def test_an_empty_database_is_not_the_one_that_was_meant(host: ScratchHost, database: Postgres) -> None:
    database.sql("drop schema public cascade; create schema public authorization pacs")
    done = upgrade(host)
    assert done.returncode == 1
    assert (
        "is empty, and archive.upgrade_from says that it holds an archive of 5.25.2: is it the right one?"
        in done.stderr
    )


def test_the_markers_of_both_steps_are_those_of_the_table(host: ScratchHost) -> None:
    text = host.read("/opt/dicom/database/current/sql.sh")
    for each in SQL_UPDATES:
        if each.name != "5.31.1":
            assert f"{number(each.name)[1]}:{each.marker}" in text
