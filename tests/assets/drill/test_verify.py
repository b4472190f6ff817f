"""Step `verify` of a restore drill: a real PostgreSQL, a bucket and a DICOMweb stand-in; what is wrong is found and named."""

import hashlib
import json
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydicom.uid import UID

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.host_bundle import host_bundle
from dicom_cdk.rehearsal.clients.dicom_objects import as_file, image
from dicom_cdk.rehearsal.cloud.vendor_api import REGION, VendorApi, vendor_api
from dicom_cdk.rehearsal.gateway.wado_server import Wado, wado
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.machines.servers import Postgres, postgres

pytestmark = pytest.mark.server

# The columns of dcm4chee's tables that the step reads.
TABLES = """
create table study (pk bigint primary key, study_iuid text);
create table series (pk bigint primary key, series_iuid text, study_fk bigint);
create table instance (pk bigint primary key, sop_iuid text, series_fk bigint, created_time timestamp);
create table location (pk bigint primary key, storage_id text, storage_path text, digest text, object_size bigint,
  object_type int, instance_fk bigint);
insert into study values (1, '1.2.3');
insert into series values (1, '1.2.3.1', 1);
"""
COUNT = 4


def stored(number: int, patient: str = "") -> bytes:
    """The file of instance `number`; the same bytes each time."""
    made = image(str(number))
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = UID(f"1.2.3.1.{number}")
    made.StudyInstanceUID, made.SeriesInstanceUID = "1.2.3", "1.2.3.1"
    made.PatientName = patient or made.PatientName
    return as_file(made)


FILES = {f"2026/11/{number}": stored(number) for number in range(1, COUNT + 1)}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Postgres]:
    with postgres(secrets.token_hex(16)) as running:
        running.sql(f"create schema if not exists public authorization pacs; set role pacs; {TABLES}")
        yield running


@pytest.fixture(scope="module")
def cloud() -> Iterator[VendorApi]:
    with vendor_api() as running:
        yield running


@pytest.fixture(scope="module")
def archive() -> Iterator[Wado]:
    with wado() as running:
        yield running


def make_well(cluster: Postgres, cloud: VendorApi, archive: Wado) -> None:
    """Every object is there as it was stored, and is retrieved."""
    rows, archive.instances = "", {}
    for number, (path, content) in enumerate(FILES.items(), 1):
        cloud.objects[f"/clinic-images/{path}"] = content
        archive.instances[f"1.2.3.1.{number}"] = content
        rows += (
            f"insert into instance values ({number}, '1.2.3.1.{number}', 1, '2026-11-29 11:0{number}:00');"
            f"insert into location values ({number}, 'alicloud-oss', '{path}', '{hashlib.md5(content).hexdigest()}',"
            f" {len(content)}, 0, {number});"
        )
    cluster.sql(f"set role pacs; truncate instance, location; {rows}")


@pytest.fixture
def host(tmp_path: Path, cluster: Postgres, cloud: VendorApi, archive: Wado) -> ScratchHost:
    make_well(cluster, cloud, archive)
    address = f"http://127.0.0.1:{archive.server_address[1]}"
    environment = {**cloud.environment(), "DICOM_ARCHIVE_URL": address, "DICOM_API_SECONDS": "3"}
    made = ScratchHost(tmp_path / "root", environment)
    made.install(host_bundle(taken_cidrs=["172.18.0.0/16"], time_zone="Asia/Shanghai", egress="none"))
    made.install(Bundle.from_assets("drill"))
    made.put("/etc/dicom/host.json", json.dumps({"region": REGION}))
    made.put("/run/dicom/secrets/database", cluster.password)
    values = {
        "ae_title": "DCM4CHEE",
        "bucket": "clinic-images",
        "database_host": "127.0.0.1",
        "database_name": "pacsdb",
        "database_port": str(cluster.port),
        "database_user": "pacs",
        "restore_time": "2026-11-29T12:00:00Z",
        "retrieved": 2,
        "sample": 10,
        "started": "2026-11-29T12:30:00Z",
        "storage_id": "alicloud-oss",
    }
    made.put("/opt/dicom/drill/values.json", json.dumps(values))
    return made


def verify(host: ScratchHost) -> tuple["subprocess.CompletedProcess[str]", dict[str, Any]]:
    done = host.script("verify.sh", room="drill", more={"DICOM_SECONDS": "60"})
    last = done.stdout.splitlines()[-1] if done.stdout else ""
    return done, json.loads(last.removeprefix("report ")) if last.startswith("report ") else {}


def test_a_whole_restore_is_reported_with_its_counts_what_was_lost_and_how_long_it_took(host: ScratchHost) -> None:
    done, report = verify(host)
    assert done.returncode == 0, done.stdout + done.stderr
    took = report.pop("rto_seconds")
    assert report == {
        "restored_to": "2026-11-29T12:00:00Z",
        "newest_instance": "2026-11-29T11:04:00",
        "studies": 1,
        "series": 1,
        "instances": COUNT,
        "objects": COUNT,
        "sampled": COUNT,
        "without_digest": 0,
        "retrieved_whole": 2,
        "retrieved_same_pixels": 0,
        "wrong": 0,
        "in_no_bucket": 0,
        "storages": {"alicloud-oss": COUNT},
    }
    assert f"from terraform plan to here: {took // 3600} h" in done.stdout
    assert list((host.root / "var/local/dicom").iterdir()) == [], "no patient data stays"


def test_an_object_that_was_changed_is_found_by_its_digest(host: ScratchHost, cloud: VendorApi) -> None:
    name = "/clinic-images/2026/11/3"
    cloud.objects[name] = cloud.objects[name][:-1] + bytes([cloud.objects[name][-1] ^ 1])
    done, report = verify(host)
    assert done.returncode == 1
    assert "WRONG 2026/11/3: has another digest than the database says: changed after it was stored" in done.stdout
    assert report["wrong"] == 1


def test_a_lost_and_a_cut_object_are_each_named(host: ScratchHost, cloud: VendorApi) -> None:
    del cloud.objects["/clinic-images/2026/11/1"]
    cloud.objects["/clinic-images/2026/11/2"] = cloud.objects["/clinic-images/2026/11/2"][:-10]
    done, report = verify(host)
    size = len(FILES["2026/11/2"])
    assert report["wrong"] == 2
    assert "WRONG 2026/11/1: oss GET clinic-images/2026/11/1: HTTP 404 NoSuchKey" in done.stdout
    assert f"WRONG 2026/11/2: has {size - 10} bytes, the database says {size}" in done.stdout


def test_an_instance_that_comes_back_with_other_pixels_is_found(host: ScratchHost, archive: Wado) -> None:
    archive.instances = {uid: got[:-1] + bytes([got[-1] ^ 1]) for uid, got in archive.instances.items()}
    done, report = verify(host)
    assert done.stdout.count("pixel data retrieved differs from that stored") == 2
    assert report["wrong"] == 2


def test_attributes_that_the_archive_corrects_are_no_loss(host: ScratchHost, archive: Wado) -> None:
    archive.instances = {uid: stored(int(uid[-1]), "CORRECTED^NAME") for uid in archive.instances}
    done, report = verify(host)
    assert done.returncode == 0, done.stdout
    assert (report["retrieved_whole"], report["retrieved_same_pixels"]) == (0, 2)


def test_an_instance_that_is_not_retrieved_is_found(host: ScratchHost, archive: Wado) -> None:
    archive.instances = {}
    done, _ = verify(host)
    assert done.stdout.count("not retrieved: Not Found") == 2


def test_a_restored_database_that_refuses_is_said(host: ScratchHost) -> None:
    host.put("/run/dicom/secrets/database", secrets.token_hex(16))
    done, report = verify(host)
    assert done.returncode == 1
    assert report == {}
    assert "drill-verify: the restored database refuses:" in done.stderr
    assert "password authentication failed" in done.stderr


def test_objects_of_each_tenant_are_looked_at_in_its_own_bucket_and_retrieved_at_its_own_ae_title(
    host: ScratchHost, cluster: Postgres, cloud: VendorApi
) -> None:
    north = {"ae_title": "NORTH", "bucket": "images-of-north", "key": "north", "prefix": "", "storage_id": "oss-north"}
    told = json.loads(host.read("/opt/dicom/drill/values.json"))
    host.put("/opt/dicom/drill/values.json", json.dumps({**told, "retrieved": 1, "tenants": [north]}))
    cluster.sql("set role pacs; update location set storage_id = 'oss-north' where pk > 1")
    for path in ("2026/11/2", "2026/11/3", "2026/11/4"):
        cloud.objects[f"/images-of-north/{path}"] = cloud.objects.pop(f"/clinic-images/{path}")
    cloud.objects["/images-of-north/2026/11/4"] += b"more"
    done, report = verify(host)
    assert done.returncode == 1
    assert report["storages"] == {"alicloud-oss": 1, "oss-north": 3}
    assert (report["retrieved_whole"], report["wrong"], report["in_no_bucket"]) == (2, 1, 0)
    assert "storage oss-north, bucket images-of-north: 3 objects looked at, 1 wrong" in done.stdout
    assert "WRONG 2026/11/4: has " in done.stdout


def test_an_instance_that_was_not_exported_yet_is_said_to_be_in_no_backup(host: ScratchHost, cluster: Postgres) -> None:
    cluster.sql("set role pacs; update location set storage_id = 'cache' where pk = 1")
    done, report = verify(host)
    assert done.returncode == 0, done.stdout
    assert (report["in_no_bucket"], report["sampled"]) == (1, COUNT - 1)
    assert "1 instances have no object in a bucket: not exported yet, so in no backup" in done.stdout


def test_a_storage_that_holds_none_of_the_instances_is_not_taken_for_a_whole_one(host: ScratchHost) -> None:
    told = json.loads(host.read("/opt/dicom/drill/values.json"))
    host.put("/opt/dicom/drill/values.json", json.dumps({**told, "storage_id": "other"}))
    done, report = verify(host)
    assert (done.returncode, report["wrong"]) == (1, 1)
    assert "WRONG storage other holds no object of 4 instances; is storage.storage_id the site's?" in done.stdout


def test_a_database_filled_from_a_dump_is_of_that_dump_s_time_and_what_came_after_it_is_the_loss(
    host: ScratchHost,
) -> None:
    host.put("/opt/dicom/drill/restored", "database-dump/20261128T173000Z\n")
    done, report = verify(host)
    assert done.returncode == 0, done.stdout
    assert (report["restored_to"], report["rpo_seconds"]) == ("2026-11-28T17:30:00Z", 19 * 3600)
    assert (
        "it is of a dump, 19 h 0 min old when the drill began: what came after it would be lost with the region"
        in done.stdout
    )
