"""Dump and restore of a real PostgreSQL through a bucket: nothing half made is taken for a dump, nothing is put over data."""

import hashlib
import subprocess

import pytest

from dicom_cdk.rehearsal.cloud.vendor_api import Failure, VendorApi
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.machines.servers import Postgres
from tests.assets.recovery.conftest import Prepared

pytestmark = pytest.mark.server

AT = "/clinic-ops/database-dump/"
LAST = "var/local/dicom/database-dump.last"


def run(host: ScratchHost, script: str, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return host.script(script, *words, room="recovery", more={"DICOM_SECONDS": "60", **more})


def dumped(host: ScratchHost, bucket: dict[str, bytes], **more: str) -> str:
    """The key of a dump made now."""
    done = run(host, "dump.sh", **more)
    assert done.returncode == 0, done.stderr
    return bucket[f"{AT}latest"].decode().strip()


@pytest.fixture
def empty(cluster: Postgres) -> str:
    """The name of a database without a table."""
    cluster.sql("drop database if exists restored")
    cluster.sql("create database restored owner pacs")
    return "restored"


def test_a_dump_restored_into_an_empty_database_has_every_row(
    prepared: Prepared, bucket: dict[str, bytes], empty: str
) -> None:
    key = dumped(prepared(), bucket, DICOM_PART="8K")
    parts = sorted(name for name in bucket if name.startswith(f"/clinic-ops/{key}/part-"))
    assert len(parts) > 1, "the dump is split"
    listed = [line.split() for line in bucket[f"/clinic-ops/{key}/SHA256SUMS"].decode().splitlines()]
    assert listed == [[hashlib.sha256(bucket[name]).hexdigest(), name.rpartition("/")[2]] for name in parts]
    there = prepared("other", empty)
    done = run(there, "restore.sh")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"restored {key}: 2 studies"


def test_nothing_of_a_dump_stays_on_the_host(prepared: Prepared, bucket: dict[str, bytes], cluster: Postgres) -> None:
    host = prepared()
    dumped(host, bucket)
    assert list((host.root / "var/local/dicom/recovery").iterdir()) == []
    assert [path.name for path in (host.root / "run/dicom").iterdir()] == ["secrets"]
    assert (host.root / LAST).exists(), "its age is watched"
    assert cluster.password not in "".join(host.calls())


def test_a_dump_that_ends_half_way_is_named_by_nothing(
    prepared: Prepared, bucket: dict[str, bytes], cloud: VendorApi
) -> None:
    host = prepared()
    before = dumped(host, bucket)
    (host.root / LAST).unlink()
    refusal = Failure(status=400, body=b"<Error><Code>EntityTooLarge</Code></Error>")
    cloud.failures["oss-PUT"] = [refusal]
    done = run(host, "dump.sh", DICOM_PART="8K")
    assert done.returncode != 0
    assert bucket[f"{AT}latest"].decode().strip() == before
    assert not (host.root / LAST).exists(), "it counts as none"


def test_a_database_that_refuses_leaves_no_dump(prepared: Prepared, bucket: dict[str, bytes]) -> None:
    done = run(prepared(database="nowhere"), "dump.sh")
    assert done.returncode != 0
    assert bucket == {}


def test_a_tampered_part_is_found_before_it_reaches_the_database(
    prepared: Prepared, bucket: dict[str, bytes], empty: str
) -> None:
    key = dumped(prepared(), bucket, DICOM_PART="8K")
    name = f"/clinic-ops/{key}/part-0001"
    bucket[name] = bucket[name][:-1] + bytes([bucket[name][-1] ^ 1])
    there = prepared("other", empty)
    done = run(there, "restore.sh")
    assert done.returncode != 0
    assert f"{key}/part-0001 is not what was dumped: its sha256 differs; take another dump" in done.stderr
    again = run(there, "restore.sh", dumped(prepared(), bucket))
    assert again.returncode == 0, "nothing of the first try stayed"


def test_a_dump_is_never_put_over_data(prepared: Prepared, bucket: dict[str, bytes], cluster: Postgres) -> None:
    host = prepared()
    dumped(host, bucket)
    done = run(host, "restore.sh")
    assert done.returncode != 0
    assert "tables, allowed none: a dump is never put over data; make an empty database" in done.stderr
    assert cluster.sql("select count(*) from study") == ["2"]


def test_a_key_that_is_no_dump_is_refused(prepared: Prepared, empty: str) -> None:
    done = run(prepared(database=empty), "restore.sh", "access-log/x")
    assert done.returncode != 0
    assert "access-log/x is no dump, allowed are keys below database-dump/, such as" in done.stderr


def test_prepare_proves_that_the_bucket_takes_what_is_written_and_starts_the_timer(
    prepared: Prepared, bucket: dict[str, bytes]
) -> None:
    host = prepared()
    done = run(host, "prepare.sh")
    assert done.returncode == 0, done.stderr
    assert f"{AT}writable" in bucket
    assert "OnCalendar=*-*-* 17:00:00 UTC" in host.read("/etc/systemd/system/dicom-database-dump.timer")
    again = run(host, "prepare.sh")
    assert again.stdout.splitlines()[-1] == "the database is dumped at 17:00 UTC"
    assert "wrote" not in again.stdout
