"""The stand-in of the archive's storage does what was seen of the real one, its faults included."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.rehearsal.archive.configuration import Configuration, configuration, retry_delay, seconds
from dicom_cdk.rehearsal.archive.objects import NotRead, StoreRefused
from dicom_cdk.rehearsal.archive.records import COMPLETED, FAILED, IN_PROCESS, SCHEDULED
from dicom_cdk.rehearsal.archive.storage import ArchiveStorage
from dicom_cdk.rehearsal.cloud.bucket import Bucket, bucket

pytestmark = pytest.mark.server

ONE = b"x" * 1000


@pytest.fixture
def oss() -> Iterator[Bucket]:
    with bucket() as one:
        yield one


def device(oss: Bucket, **folder: Any) -> Configuration:
    """As the step `receive` writes it."""
    return Configuration(
        storages={
            "alicloud-oss": {"dcmURI": [f"jclouds:s3:{oss.url}"], "dcmInstanceAvailability": ["NEARLINE"]},
            "cache": {
                "dcmURI": ["file:///opt/cache/"],
                "dcmStorageDuration": ["CACHE"],
                "dcmDeleterThreshold": ["6GB"],
                "dcmExportStorageID": ["alicloud-oss"],
                "dcmProperty": ["checkMountFile=NO_MOUNT"],
                **folder,
            },
        },
        titles={"ARC": {"dcmObjectStorageID": ["cache"]}, "DIRECT": {"dcmObjectStorageID": ["alicloud-oss"]}},
        rules={"ARC": {"dcmExporterID": ["to-oss"], "dcmDuration": ["PT1M"]}},
        exporters={"to-oss": {"dcmURI": ["storage:alicloud-oss"], "dcmQueueName": ["Export"]}},
        queues={
            "Export": {"dcmMaxRetries": ["1000000"], "dcmRetryDelay": ["PT1M"], "dcmRetryDelayMultiplier": ["100"]}
        },
    )


def archive(tmp_path: Path, oss: Bucket, *, folder: str = "nas", name: str = "a") -> ArchiveStorage:
    """One of the device's archives: minutes pass at once, a GB is 1,000 bytes, the folder holds 10."""
    del name
    (tmp_path / folder).mkdir(exist_ok=True)
    made = ArchiveStorage(
        tmp_path / "archive.db", {"/opt/cache": tmp_path / folder}, minute=0, gigabyte=1000, capacity_gb=10
    )
    made.configuration = device(oss)
    return made


def files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def test_an_object_goes_to_the_folder_then_to_the_bucket_and_is_purged_only_then(tmp_path: Path, oss: Bucket) -> None:
    one = archive(tmp_path, oss)
    for number in range(6):
        one.store("ARC", f"study{number}", f"series{number}", f"uid{number}", ONE)
    assert one.purge() == 0, "space is short, and nothing lies in the bucket yet"
    assert len(files(tmp_path / "nas")) == 6
    assert one.export_due() == 6
    assert (one.tasks(COMPLETED), len(oss.objects)) == (6, 6)
    assert one.purge() == 2, "as many as the threshold asks for"
    assert one.read("uid0") == ONE
    assert len(one.objects()) == 6


def test_away_stores_go_on_exports_are_retried_and_catch_up(tmp_path: Path, oss: Bucket) -> None:
    one = archive(tmp_path, oss)
    oss.away = True
    one.store("ARC", "study", "series", "uid", ONE)
    for _ in range(60):
        assert one.export_due() == 0
    assert (one.tasks(SCHEDULED), one.tasks(FAILED)) == (1, 0)
    with pytest.raises(StoreRefused, match="503"):
        one.store("DIRECT", "study", "series", "uid2", ONE)
    oss.away = False
    assert one.export_due() == 1
    assert list(oss.objects.values()) == [ONE]


@pytest.mark.parametrize(("retries", "multiplier", "ends_after"), [(10, 200, 11), (1000, 200, 53)])
def test_the_queues_own_settings_end_a_task_for_good(
    retries: int, multiplier: int, ends_after: int, tmp_path: Path, oss: Bucket
) -> None:
    """Ten retries, or the overflow of a delay that doubles. After it only a reschedule helps."""
    one = archive(tmp_path, oss)
    queue = {
        "dcmMaxRetries": [str(retries)],
        "dcmRetryDelay": ["PT30S"],
        "dcmMaxRetryDelay": ["PT10M"],
        "dcmRetryDelayMultiplier": [str(multiplier)],
    }
    one.configuration = replace(one.configuration, queues={"Export": queue})
    oss.away = True
    one.store("ARC", "study", "series", "uid", ONE)
    tries = 0
    while not one.tasks(FAILED):
        assert one.export_due() == 0
        tries += 1
    assert tries == ends_after
    oss.away = False
    assert one.export_due() == 0
    assert one.reschedule(FAILED) == 1
    assert one.export_due() == 1


def test_the_default_delays_are_those_that_were_measured() -> None:
    queue = {
        "dcmMaxRetries": ["10"],
        "dcmRetryDelay": ["PT30S"],
        "dcmMaxRetryDelay": ["PT10M"],
        "dcmRetryDelayMultiplier": ["200"],
    }
    delays = [retry_delay(queue, failures) for failures in range(1, 12)]
    assert delays == [30, 60, 120, 240, 480, 600, 600, 600, 600, 600, -1]
    assert 60 <= sum(delays) / 60 <= 70, "about 66 minutes"
    assert seconds("PT1H2M3S") == 3723


def test_a_folder_that_is_not_mounted_refuses_stores(tmp_path: Path, oss: Bucket) -> None:
    one = archive(tmp_path, oss)
    (tmp_path / "nas/NO_MOUNT").touch()
    with pytest.raises(StoreRefused, match="NO_MOUNT is there: not mounted"):
        one.store("ARC", "study", "series", "uid", ONE)
    one.configuration = device(oss, dcmProperty=[], dcmCheckMountFilePath=["NO_MOUNT"])
    with pytest.raises(StoreRefused, match="not mounted"):
        one.store("ARC", "study", "series", "uid", ONE)
    one.configuration = device(oss, dcmProperty=[])
    one.store("ARC", "study", "series", "uid", ONE)


def test_a_full_folder_refuses_stores_and_takes_them_again_after_the_bucket_is_back(
    tmp_path: Path, oss: Bucket
) -> None:
    one = archive(tmp_path, oss)
    oss.away = True
    for number in range(10):
        one.store("ARC", f"study{number}", f"series{number}", f"uid{number}", ONE)
    with pytest.raises(StoreRefused, match="No space left"):
        one.store("ARC", "study10", "series10", "uid10", ONE)
    one.export_due()
    assert one.purge() == 0
    oss.away = False
    assert one.export_due() == 10
    assert one.purge() == 6
    one.store("ARC", "study10", "series10", "uid10", ONE)
    assert [one.read(f"uid{number}") for number in range(11)] == [ONE] * 11


def test_a_purge_without_the_export_storage_or_of_a_temporary_one_loses_images(tmp_path: Path, oss: Bucket) -> None:
    """Why neither is ever written."""
    one = archive(tmp_path, oss)
    one.configuration = device(oss, dcmExportStorageID=[])
    for number in range(6):
        one.store("ARC", f"study{number}", f"series{number}", f"uid{number}", ONE)
    assert one.purge() == 2
    with pytest.raises(NotRead, match="uid0: 0 locations"):
        one.read("uid0")
    one.configuration = device(oss, dcmStorageDuration=["TEMPORARY"])
    one.export_due()
    one.store("ARC", "study6", "series6", "uid6", ONE)
    before = len(one.objects())
    one.purge()
    assert len(one.objects()) < before, "the study is gone from the database, although the bucket has it"


def test_with_folders_of_their_own_archives_do_not_find_and_do_not_purge_each_others_images(
    tmp_path: Path, oss: Bucket
) -> None:
    one, other = archive(tmp_path, oss), archive(tmp_path, oss, folder="elsewhere")
    for number in range(6):
        one.store("ARC", f"study{number}", f"series{number}", f"uid{number}", ONE)
    with pytest.raises(NotRead, match="1 locations, none could be read"):
        other.read("uid0")
    assert one.export_due() == 6
    (tmp_path / "elsewhere/filler").write_bytes(bytes(9000))
    assert other.purge() == 0
    assert other.failed_to_delete() == 6
    assert len(files(tmp_path / "nas")) == 6, "they stay for ever"
    assert [other.read(f"uid{number}") for number in range(6)] == [ONE] * 6, "of the bucket"


def test_with_one_folder_either_reads_and_purges(tmp_path: Path, oss: Bucket) -> None:
    one, other = archive(tmp_path, oss), archive(tmp_path, oss)
    for number in range(6):
        one.store("ARC", f"study{number}", f"series{number}", f"uid{number}", ONE)
    assert other.read("uid0") == ONE
    assert other.export_due() == 6
    assert other.purge() == 2
    assert other.failed_to_delete() == 0


def test_an_archive_that_starts_takes_a_running_export_over_and_nothing_is_lost(tmp_path: Path, oss: Bucket) -> None:
    one = archive(tmp_path, oss)
    one.store("ARC", "study", "series", "uid", ONE)
    one.records.run("update task set status = ?", IN_PROCESS)
    assert one.export_due() == 0
    other = archive(tmp_path, oss)
    assert other.export_due() == 1
    assert other.tasks(COMPLETED) == 1


def test_two_polls_at_once_take_a_task_once(tmp_path: Path, oss: Bucket) -> None:
    one, other = archive(tmp_path, oss), archive(tmp_path, oss)
    for number in range(10):
        one.store("ARC", f"study{number}", f"series{number}", f"uid{number}", ONE)
    both = [threading.Thread(target=each.export_due) for each in (one, other)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert (one.tasks(COMPLETED), len(oss.puts)) == (10, 10)


def test_entries_are_read_by_their_class_and_rules_by_their_ae_title() -> None:
    ldif = (
        "dn: dcmStorageID=cache,dicomDeviceName=d\nobjectClass: dcmStorage\ndcmStorageID: cache\ndcmURI: file:///opt/cache/\n\n"
        "dn: cn=To OSS,dicomAETitle=ARC,dicomDeviceName=d\nobjectClass: dcmExportRule\ncn: To OSS\ndcmExporterID:: dG8tb3Nz\n\n"
        "dn: cn=dicom,dicomDeviceName=d\nobjectClass: dicomNetworkConnection\ncn: dicom\n"
    )
    found = configuration(ldif)
    assert found.storages["cache"]["dcmURI"] == ["file:///opt/cache/"]
    assert found.rules["ARC"]["dcmExporterID"] == ["to-oss"]
    assert not found.titles


def test_a_locked_bucket_keeps_what_the_archive_deletes_and_takes_what_comes_in(tmp_path: Path, oss: Bucket) -> None:
    one = archive(tmp_path, oss)
    one.store("DIRECT", "study", "series", "uid", ONE)
    oss.locked = True
    assert one.delete("study")
    assert one.delete_marked() == 0
    assert (one.failed_to_delete(), oss.refused, one.objects()) == (1, 1, [])
    assert list(oss.objects.values()) == [ONE]
    one.store("ARC", "study2", "series2", "uid2", ONE * 2)
    assert one.export_due() == 1
    assert one.read("uid2") == ONE * 2
    oss.locked = False
    assert one.delete_marked() == 0, "who failed once is not tried again by this poll"


def test_a_name_that_is_taken_is_not_overwritten_but_another_chosen_so_that_a_lock_never_stops_an_export(
    tmp_path: Path, oss: Bucket
) -> None:
    one = archive(tmp_path, oss)
    one.store("ARC", "study", "series", "uid", ONE)
    assert one.export_due() == 1
    oss.locked = True
    # As an archive that took the task over while another one was at it.
    one.records.run("delete from location where storage = ?", "alicloud-oss")
    one.records.run("update task set status = ?", SCHEDULED)
    assert one.export_due() == 1
    assert (len(oss.objects), oss.images, oss.refused) == (2, 1, 0)
    assert one.read("uid") == ONE


def test_a_study_that_goes_leaves_folder_and_bucket(tmp_path: Path, oss: Bucket) -> None:
    one = archive(tmp_path, oss)
    one.store("ARC", "study", "series", "uid", ONE)
    assert one.export_due() == 1
    assert one.delete("study")
    assert one.delete_marked() == 2
    assert (files(tmp_path / "nas"), oss.objects, one.failed_to_delete()) == ([], {}, 0)
    assert not one.delete("study")
