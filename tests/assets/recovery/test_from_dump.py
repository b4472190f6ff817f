"""Step `from_dump` of a drill in the other region: by room recovery's own restore, once."""

import json
import subprocess

import pytest

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.payload.templates import asset
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.service.drill.database import RESTORED_BY
from tests.assets.recovery.conftest import Prepared
from tests.assets.recovery.test_dump import dumped, empty

pytestmark = pytest.mark.server
__all__ = ["empty"]
LATEST = "database-dump/latest"


def drilled(prepared: Prepared, database: str, dump: str) -> ScratchHost:
    host = prepared("drill", database)
    host.install(
        Bundle.from_assets(
            "drill",
            only=("from_dump.sh",),
            extra={name: (asset("recovery") / name).read_bytes() for name in RESTORED_BY},
        )
    )
    told = json.loads(host.read("/opt/dicom/recovery/values.json"))
    host.put("/opt/dicom/drill/values.json", json.dumps({**told, "dump": dump}))
    return host


def run(host: ScratchHost) -> "subprocess.CompletedProcess[str]":
    return host.script("from_dump.sh", room="drill", more={"DICOM_SECONDS": "60"})


def test_the_newest_dump_is_in_the_database_and_named_and_is_not_put_in_again(
    prepared: Prepared, bucket: dict[str, bytes], empty: str
) -> None:
    key = dumped(prepared(), bucket)
    host = drilled(prepared, empty, LATEST)
    done = run(host)
    assert done.returncode == 0, done.stderr
    assert f"restored {key}: 2 studies" in done.stdout
    assert host.read("/opt/dicom/drill/restored") == f"{key}\n"
    again = run(host)
    assert again.returncode == 0, again.stderr
    assert again.stdout == f"unchanged: {key} is in the database\n"


def test_a_step_that_was_killed_after_the_restore_goes_on_with_the_dump_that_it_began(
    prepared: Prepared, bucket: dict[str, bytes], empty: str
) -> None:
    key = dumped(prepared(), bucket)
    host = drilled(prepared, empty, LATEST)
    assert run(host).returncode == 0
    told = host.root / "opt/dicom/drill/restored"
    told.rename(told.with_name("restored.begun"))
    bucket["/clinic-ops/database-dump/latest"] = b"database-dump/20991231T170000Z\n"
    again = run(host)
    assert again.returncode == 0, again.stderr
    assert told.read_text() == f"{key}\n"


def test_another_dump_is_not_put_over_the_first(prepared: Prepared, bucket: dict[str, bytes], empty: str) -> None:
    dumped(prepared(), bucket)
    host = drilled(prepared, empty, LATEST)
    assert run(host).returncode == 0
    told_of = host.root / "opt/dicom/drill/restored"
    told_of.unlink()
    assert "tables that are not of a dump; destroy the drill" in run(host).stderr
    told = json.loads(host.read("/opt/dicom/drill/values.json"))
    host.put("/opt/dicom/drill/values.json", json.dumps({**told, "dump": "database-dump/20261101T170000Z"}))
    done = run(host)
    assert done.returncode != 0
    assert (
        "tables that are not of database-dump/20261101T170000Z; destroy the drill and make it anew for another dump"
        in (done.stderr)
    )


@pytest.mark.usefixtures("bucket")
def test_a_dump_that_is_no_longer_kept_is_said_and_names_nothing(prepared: Prepared, empty: str) -> None:
    host = drilled(prepared, empty, "database-dump/20200101T170000Z")
    done = run(host)
    assert done.returncode != 0
    assert "database-dump/20200101T170000Z/SHA256SUMS" in done.stderr
    assert not (host.root / "opt/dicom/drill/restored").exists()


@pytest.mark.usefixtures("bucket")
def test_without_any_dump_there_the_step_says_which_object_is_missing(prepared: Prepared, empty: str) -> None:
    done = run(drilled(prepared, empty, LATEST))
    assert done.returncode != 0
    assert "oss GET clinic-ops/database-dump/latest: HTTP 404" in done.stderr
