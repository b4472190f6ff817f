"""C-STORE into the rehearsed shared folder, with mount guard, export rule and a task for each, against the same server alone.

The server is pynetdicom's with the archive's stand-in behind it: what our entries cost there, not what WildFly does. Exports
begin a minute after the last object, as on a site: only those of earlier rounds meet a later one.
"""

import multiprocessing
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian
from pynetdicom import AE, evt

from benchmarks.measure import Ratio, compare
from dicom_cdk.rehearsal.archive.configuration import Configuration
from dicom_cdk.rehearsal.archive.storage import ArchiveStorage
from dicom_cdk.rehearsal.clients.dicom_objects import as_file, image
from dicom_cdk.rehearsal.cloud.bucket import bucket

IMAGES, ROWS = 20, 512
"""Half a megabyte each, as a CT slice."""
FOLDER = {"dcmURI": ["file:///opt/cache/"], "dcmStorageDuration": ["CACHE"]}
GUARDED = {"dcmProperty": ["checkMountFile=NO_MOUNT"], "dcmDeleterThreshold": ["1GB"], "dcmExportStorageID": ["oss"]}
START = multiprocessing.get_context("spawn")


def ratios() -> Iterator[Ratio]:
    """The one figure."""
    with _bucket() as url, _archive(url, ours=True) as ours, _archive(url, ours=False) as plain:
        yield compare(
            f"C-STORE of {IMAGES} images of 0.5 MB into the rehearsed folder / without our entries",
            lambda: _sent(ours),
            lambda: _sent(plain),
            limit=1.11,
            rounds=5,
        )


def _sent(port: int) -> float:
    """Seconds for one association that stores a study."""
    one = image("BENCH", rows=ROWS)
    entity = AE(ae_title="MODALITY")
    entity.add_requested_context(CTImageStorage, ExplicitVRLittleEndian)
    association = entity.associate("127.0.0.1", port, ae_title="ARC")
    assert association.is_established
    start = time.perf_counter()
    for number in range(IMAGES):
        one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = UID(f"{one.StudyInstanceUID[:50]}.{number}")
        assert association.send_c_store(one).Status == 0
    took = time.perf_counter() - start
    association.release()
    return took


@contextmanager
def _bucket() -> Iterator[str]:
    with _process(_serve_bucket) as url:
        yield url


@contextmanager
def _archive(url: str, *, ours: bool) -> Iterator[int]:
    with tempfile.TemporaryDirectory() as folder, _process(_serve_archive, folder, url, ours) as port:
        yield port


@contextmanager
def _process(target: Any, *arguments: Any) -> Iterator[Any]:
    """What `target` says once it serves; it ends with the block."""
    here, there = START.Pipe()
    process = START.Process(target=target, args=(there, *arguments), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.terminate()
        process.join()


def _serve_bucket(said: Any) -> None:
    with bucket() as one:
        said.send(one.url)
        threading.Event().wait()


def _serve_archive(said: Any, folder: str, url: str, ours: bool) -> None:
    home = Path(folder)
    (home / "files").mkdir()
    storage = ArchiveStorage(home / "archive.db", {"/opt/cache": home / "files"})
    storage.configuration = Configuration(
        storages={"cache": FOLDER | (GUARDED if ours else {}), "oss": {"dcmURI": [f"jclouds:s3:{url}"]}},
        titles={"ARC": {"dcmObjectStorageID": ["cache"]}},
        rules={"ARC": {"dcmExporterID": ["to-oss"], "dcmDuration": ["PT1M"]}} if ours else {},
        exporters={"to-oss": {"dcmURI": ["storage:oss"], "dcmQueueName": ["Export"]}},
        queues={"Export": {"dcmMaxRetries": ["1000000"], "dcmRetryDelayMultiplier": ["100"]}},
    )

    def stored(event: evt.Event) -> int:
        one = event.dataset
        one.file_meta = event.file_meta
        storage.store("ARC", one.StudyInstanceUID, one.SeriesInstanceUID, one.SOPInstanceUID, as_file(one))
        return 0

    entity = AE(ae_title="ARC")
    entity.add_supported_context(CTImageStorage, ExplicitVRLittleEndian)
    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_STORE, stored)])
    assert server is not None
    said.send(server.server_address[1])
    while True:
        storage.export_due()
        time.sleep(1)
