"""Step `backup` before a walk: the service's own backup, else a dump; disk, programs and the walk's state looked at first."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dicom_cdk.rehearsal.archive.stand_in_updates import BORN, UPDATES
from dicom_cdk.rehearsal.cloud.vendor_api import REGION, VendorApi, vendor_api
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.machines.servers import Postgres
from tests.assets.database.conftest import Prepared

pytestmark = pytest.mark.server

DUMP = "var/local/dicom/wildfly.before/database-5.25.2-5.33.1.dump"


@pytest.fixture(scope="module")
def vendor() -> Iterator[VendorApi]:
    with vendor_api() as running:
        yield running


@pytest.fixture
def host(tmp_path: Path, cluster: Postgres, prepared: Prepared, vendor: VendorApi) -> ScratchHost:
    """Of a site of 5.25 whose role may make no backup."""
    cluster.sql("drop schema if exists public cascade; create schema public authorization pacs")
    cluster.sql(f"set role pacs; {BORN}")
    made = prepared(tmp_path, cluster, {})
    vendor.services.refuses = {"CreateBackup": "Forbidden.RAM"}
    made.environment |= {**vendor.environment(), "DICOM_ROLE_SECONDS": "0", "DICOM_SECONDS": "120"}
    made.put("/etc/dicom/host.json", json.dumps({"region": REGION}))
    give(made, cluster)
    return made


def give(host: ScratchHost, cluster: Postgres, **more: str) -> None:
    values = {
        "database_host": "127.0.0.1",
        "database_port": str(cluster.port),
        "database_name": "pacsdb",
        "database_user": "pacs",
        "sql_source": "image",
        "sql_image": "registry.example.com/dicom/postgres-dcm4chee:17.1-33",
        "instance": "pgm-1",
        "upgrade_from": "5.25.2",
        "upgrade_to": "5.33.1",
    }
    host.put("/opt/dicom/database/values.json", json.dumps(values | more))


def backup(host: ScratchHost) -> "subprocess.CompletedProcess[str]":
    return host.script("backup.sh", room="database")


def test_the_services_backup_is_enough(host: ScratchHost, vendor: VendorApi) -> None:
    vendor.services.refuses = {}
    done = backup(host)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "backup 9 of pgm-1 is made"), done.stderr
    assert not (host.root / DUMP).exists()


def test_where_the_service_refuses_the_database_is_dumped_for_root_alone(host: ScratchHost, cluster: Postgres) -> None:
    cluster.sql("insert into study (pk, study_iuid) values (1, '1.2.3')")
    done = backup(host)
    assert done.returncode == 0, done.stderr
    assert "refused: rds CreateBackup: HTTP 403 Forbidden.RAM" in done.stderr
    assert "is dumped to" in done.stdout
    dump = host.root / DUMP
    assert (dump.stat().st_mode & 0o777, dump.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    listed = subprocess.run(
        [str(cluster.programs / "pg_restore"), "-a", "-t", "study", "-f", "-", str(dump)],
        capture_output=True,
        text=True,
    )
    assert "1.2.3" in listed.stdout, listed.stderr


def test_a_dump_of_before_stays_once_an_update_is_in_and_is_made_anew_as_long_as_none_is(
    host: ScratchHost, cluster: Postgres
) -> None:
    assert backup(host).returncode == 0
    dump = host.root / DUMP
    dump.write_text("of an earlier try")
    assert backup(host).returncode == 0
    assert dump.read_bytes()[:5] == b"PGDMP"
    cluster.sql(f"set role pacs; {''.join(UPDATES['5.26'])}")
    dump.write_text("of before")
    done = backup(host)
    assert (done.returncode, dump.read_text()) == (0, "of before")
    assert "updates are in already: the dump of before stays" in done.stdout


def test_too_little_room_is_said_before_a_byte_is_written(host: ScratchHost) -> None:
    host.stand_in("df", "printf 'Avail\\n1000000\\n'")
    done = backup(host)
    assert done.returncode == 1
    assert (
        "MiB are free, and nothing was changed; give the disk more room, or let this host's role make backups of pgm-1"
        in (done.stderr)
    )
    assert not list((host.root / DUMP).parent.iterdir())


def test_a_dump_program_older_than_the_server_gives_way_to_the_images(host: ScratchHost, cluster: Postgres) -> None:
    own = cluster.programs / "pg_dump"
    host.stand_in("pg_dump", "[ $1 = --version ] && echo 'pg_dump (PostgreSQL) 9.6.24'")
    image = "registry.example.com/dicom/postgres-dcm4chee:17.1-33"
    host.stand_in("docker", f'case $1 in run) while [ $1 != {image} ]; do shift; done; shift; exec {own} "$@" ;; esac')
    done = backup(host)
    assert done.returncode == 0, done.stderr
    (call,) = [one for one in host.calls() if one.startswith("docker run")]
    assert f"--entrypoint pg_dump {image} -Fc -w -h 127.0.0.1" in call
    assert cluster.password not in call
    give(host, cluster, sql_source="oss")
    (host.root / DUMP).unlink()
    done = backup(host)
    assert done.returncode == 1
    assert "pg_dump here is of PostgreSQL 9, the server of " in done.stderr
    assert "make a backup of pgm-1 by hand" in done.stderr


def test_a_dump_that_breaks_off_leaves_none(host: ScratchHost) -> None:
    host.stand_in("pg_dump", '[ "$1" = --version ] && echo "pg_dump (PostgreSQL) 99.1" || { printf PGDMP; exit 1; }')
    done = backup(host)
    assert done.returncode == 1
    assert "the dump failed, and nothing was changed" in done.stderr
    assert not (host.root / DUMP).exists()
