"""Step `receive` against a real slapd: the folder's storage, its guard, its export; and never an order that could lose an image."""

import json
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dicom_cdk.rehearsal.archive.stand_in_directory import BASE, DEVICE
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.machines.servers import Slapd, slapd
from dicom_cdk.rehearsal.programs import need
from tests.assets.ldap_server import Directory, host_of_the_archive

pytestmark = pytest.mark.server

FOLDER, BUCKET = f"dcmStorageID=cache,{DEVICE}", f"dcmStorageID=alicloud-oss,{DEVICE}"
EXPORTER, QUEUE = f"dcmExporterID=to-oss,{DEVICE}", f"dcmQueueName=Export,{DEVICE}"


def title(name: str) -> str:
    return f"dicomAETitle={name},{DEVICE}"


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    return Directory(tmp_path / "ldap")


@pytest.fixture(autouse=True)
def server(directory: Directory) -> Iterator[Slapd]:
    with slapd(directory.config, directory.port) as running:
        yield running


@pytest.fixture
def host(tmp_path: Path, directory: Directory) -> ScratchHost:
    host = host_of_the_archive(tmp_path / "host", directory, "cache")
    give(host, directory)
    return host


def give(host: ScratchHost, directory: Directory, **more: object) -> None:
    values = {
        "ae_titles": ["DCM4CHEE"],
        "base_dn": BASE,
        "bucket": "clinic-images",
        "device_name": "dcm4chee-arc",
        "folder_id": "cache",
        "folder_uri": "file:///opt/cache/",
        "free_gb": 100,
        "guard": "NO_MOUNT",
        "guard_by": "property",
        "ldap_url": f"ldap://127.0.0.1:{directory.port}",
        "quiet": "PT1M",
        "receive": "cache",
        "signature_version": 2,
        "size_gb": 500,
        "storage_endpoint": "https://s3.oss-cn-test-internal.example.com",
        "storage_id": "alicloud-oss",
        **more,
    }
    host.put("/opt/dicom/cache/values.json", json.dumps(values))


def receive(host: ScratchHost) -> "subprocess.CompletedProcess[str]":
    return host.script("receive.sh", room="cache", more={"DICOM_SECONDS": "20"})


def test_images_are_received_into_the_folder_exported_and_purged_only_of_what_the_bucket_holds(
    host: ScratchHost, directory: Directory
) -> None:
    done = receive(host)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "changed"
    folder = directory.search(FOLDER)
    assert folder["dcmURI"] == ["file:///opt/cache/"]
    assert folder["dcmStorageDuration"] == ["CACHE"]
    assert folder["dcmExportStorageID"] == ["alicloud-oss"]
    assert folder["dcmDeleterThreshold"] == ["100GB"]
    assert folder["dcmProperty"] == ["checkMountFile=NO_MOUNT"]
    bucket = directory.search(BUCKET)
    assert bucket["dcmURI"] == ["jclouds:s3:https://s3.oss-cn-test-internal.example.com"]
    assert "dcmStorageDuration" not in bucket, "nothing of the bucket is ever purged"
    exporter = directory.search(EXPORTER)
    assert (exporter["dcmURI"], exporter["dcmQueueName"]) == (["storage:alicloud-oss"], ["Export"])
    rule = directory.search(f"cn=To OSS,{title('DCM4CHEE')}")
    assert (rule["dcmEntity"], rule["dcmExporterID"], rule["dcmDuration"]) == (["Series"], ["to-oss"], ["PT1M"])
    assert directory.search(title("DCM4CHEE"))["dcmObjectStorageID"] == ["cache"]
    assert (host.root / "run/dicom/storage.changed").exists()


def test_exports_are_retried_without_end_and_without_a_delay_that_overflows(
    host: ScratchHost, directory: Directory
) -> None:
    assert receive(host).returncode == 0
    queue = directory.search(QUEUE)
    retries, multiplier = int(queue["dcmMaxRetries"][0]), int(queue["dcmRetryDelayMultiplier"][0])
    assert retries >= 60 * 24 * 365, "a year of minutes"
    # The archive multiplies once for each failure, in 64 bits: any growth overflows, is negative, and fails the task for good.
    assert multiplier == 100
    assert queue["dcmRetryDelay"] == ["PT1M"]


def test_a_second_run_changes_nothing(host: ScratchHost, directory: Directory) -> None:
    assert receive(host).returncode == 0
    before = {dn: directory.search(dn, "*", "entryCSN") for dn in (FOLDER, BUCKET, EXPORTER, QUEUE, DEVICE)}
    (host.root / "run/dicom/storage.changed").unlink()
    assert receive(host).stdout.splitlines() == ["unchanged"]
    assert {dn: directory.search(dn, "*", "entryCSN") for dn in before} == before
    assert not (host.root / "run/dicom/storage.changed").exists()


def test_what_could_lose_an_image_is_brought_back(host: ScratchHost, directory: Directory) -> None:
    """Somebody in the console made the folder temporary, took the guard away and let exports end."""
    assert receive(host).returncode == 0
    directory.modify(
        f"dn: {FOLDER}\nchangetype: modify\nreplace: dcmStorageDuration\ndcmStorageDuration: TEMPORARY\n-\n"
        "delete: dcmExportStorageID\n-\ndelete: dcmProperty\n\n"
        f"dn: {QUEUE}\nchangetype: modify\nreplace: dcmMaxRetries\ndcmMaxRetries: 10\n"
    )
    done = receive(host)
    assert "brought up to date: dcmStorageID=cache" in done.stdout
    folder = directory.search(FOLDER)
    assert (folder["dcmStorageDuration"], folder["dcmExportStorageID"]) == (["CACHE"], ["alicloud-oss"])
    assert folder["dcmProperty"] == ["checkMountFile=NO_MOUNT"]
    assert directory.search(QUEUE)["dcmMaxRetries"] != ["10"]


def test_from_release_5_31_on_the_guard_is_an_attribute_and_the_ignored_property_goes(
    host: ScratchHost, directory: Directory
) -> None:
    assert receive(host).returncode == 0
    give(host, directory, guard_by="attribute")
    assert receive(host).returncode == 0
    folder = directory.search(FOLDER)
    assert folder["dcmCheckMountFilePath"] == ["NO_MOUNT"]
    assert "dcmProperty" not in folder


@pytest.mark.parametrize("uri", ["file:///opt/wildfly/standalone/data/fs1/", "${jboss.server.data.url}/fs1/"])
def test_an_ae_title_that_stored_into_its_container_is_received_and_exported_too(
    host: ScratchHost, directory: Directory, uri: str
) -> None:
    directory.modify(f"dn: dcmStorageID=fs1,{DEVICE}\nchangetype: modify\nreplace: dcmURI\ndcmURI: {uri}\n")
    assert receive(host).returncode == 0
    assert directory.search(title("AS_RECEIVED"))["dcmObjectStorageID"] == ["cache"]
    assert directory.search(f"cn=To OSS,{title('AS_RECEIVED')}")["dcmExporterID"] == ["to-oss"]
    assert "dcmObjectStorageID" not in directory.search(title("RESEARCH"))
    assert receive(host).stdout.splitlines() == ["unchanged"]


def test_the_way_back_stores_directly_while_the_folder_goes_on_to_the_bucket(
    host: ScratchHost, directory: Directory
) -> None:
    assert receive(host).returncode == 0
    give(host, directory, receive="drain")
    assert receive(host).returncode == 0
    assert directory.search(title("DCM4CHEE"))["dcmObjectStorageID"] == ["alicloud-oss"]
    for name in ("DCM4CHEE", "AS_RECEIVED"):
        assert not directory.search(f"cn=To OSS,{title(name)}"), "what lies in the bucket would be exported again"
    assert directory.search(EXPORTER)["dcmURI"] == ["storage:alicloud-oss"], "what waits still goes there"
    assert receive(host).stdout.splitlines() == ["unchanged"]
    folder = directory.search(FOLDER)
    assert folder["dcmDeleterThreshold"] == ["1000GB"], "more than there is: all that the bucket holds leaves"
    assert folder["dcmExportStorageID"] == ["alicloud-oss"]


def test_an_unknown_ae_title_is_an_error_before_anything_is_received_into_the_folder(
    host: ScratchHost, directory: Directory
) -> None:
    give(host, directory, ae_titles=["DCM4CHEE", "NOBODY"])
    done = receive(host)
    assert done.returncode == 1
    assert "AE title NOBODY is not in the directory, allowed are those of device dcm4chee-arc" in done.stderr
    assert "correct archive.ae_title or gateway.ae_titles" in done.stderr
    assert directory.search(title("DCM4CHEE"))["dcmObjectStorageID"] == ["fs1"]


def test_a_device_without_the_queue_is_refused(host: ScratchHost, directory: Directory) -> None:
    directory.modify(f"dn: {QUEUE}\nchangetype: delete\n")
    done = receive(host)
    assert done.returncode == 1
    assert "dcmQueueName=Export" in done.stderr
    assert "it belongs to the device's first configuration" in done.stderr
    assert directory.search(title("DCM4CHEE"))["dcmObjectStorageID"] == ["fs1"]


def test_a_wrong_password_is_said_at_once(host: ScratchHost) -> None:
    host.put("/run/dicom/secrets/ldap-root", secrets.token_hex(16), mode=0o600)
    done = receive(host)
    assert done.returncode == 1
    assert "wrong password; apply the directory's steps, or raise secrets.generations.ldap" in done.stderr


def test_a_tenants_ae_title_keeps_its_own_storage_and_rule(host: ScratchHost, directory: Directory) -> None:
    directory.modify(
        f"dn: {title('RESEARCH')}\nchangetype: modify\nadd: dcmObjectStorageID\ndcmObjectStorageID: cache-research\n-\n"
        "add: dicomDescription\ndicomDescription: dicom-cdk: tenant, images in b\n\n"
        f"dn: cn=To OSS,{title('RESEARCH')}\nchangetype: add\nobjectClass: dcmExportRule\ncn: To OSS\n"
        "dcmEntity: Series\ndcmExporterID: to-oss-research\n"
    )
    for way in ("cache", "drain"):
        give(host, directory, receive=way)
        assert receive(host).returncode == 0
        assert directory.search(title("RESEARCH"))["dcmObjectStorageID"] == ["cache-research"]
        assert directory.search(f"cn=To OSS,{title('RESEARCH')}")["dcmExporterID"] == ["to-oss-research"]


def test_killed_at_any_call_nothing_is_received_before_it_is_exported_and_the_next_run_ends_ready(
    host: ScratchHost, directory: Directory
) -> None:
    programs = ("ldapsearch", "ldapadd", "ldapmodify")
    begin = f"dn: {title('DCM4CHEE')}\nchangetype: modify\nreplace: dcmObjectStorageID\ndcmObjectStorageID: fs1\n\n"
    call = 0
    while True:
        call += 5
        for program in programs:
            host.stand_in(
                program,
                f'if [ "$(wc -l <"$HOST_CALLS")" = {call} ]; then : >"$HOST_ROOT/killed"; kill -KILL $PPID $$; fi\n'
                f'exec {need(program, "ldap-utils")} "$@"',
            )
        host.forget()
        receive(host)
        if not (host.root / "killed").exists():
            break
        (host.root / "killed").unlink()
        if directory.search(title("DCM4CHEE"))["dcmObjectStorageID"] == ["cache"]:
            assert directory.search(f"cn=To OSS,{title('DCM4CHEE')}")
            assert directory.search(EXPORTER)
            assert directory.search(FOLDER)["dcmExportStorageID"] == ["alicloud-oss"]
    assert call > 15
    directory.modify(begin)
    for program in programs:
        (host.programs / program).unlink()
    assert receive(host).returncode == 0
    assert directory.search(title("DCM4CHEE"))["dcmObjectStorageID"] == ["cache"]


def test_no_secret_is_in_output_or_arguments(host: ScratchHost) -> None:
    for program in ("ldapsearch", "ldapadd", "ldapmodify"):
        host.stand_in(program, f'exec {need(program, "ldap-utils")} "$@"')
    done = receive(host)
    assert done.returncode == 0
    seen = done.stdout + done.stderr + "\n".join(host.calls())
    for name in ("ldap-root", "storage-identity", "storage-credential"):
        assert host.read(f"/run/dicom/secrets/{name}") not in seen
