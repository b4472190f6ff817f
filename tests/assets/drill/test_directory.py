"""Step `directory` of a restore drill with the real slapd: its site's entries, passwords of its own, nothing given back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.service.drill.steps import NOWHERE
from tests.assets.directory.pair import Pair

pytestmark = pytest.mark.server

TIMER = "/etc/systemd/system/dicom-ldap-backup.timer"
LATEST = "ldap-backup/l/latest.ldif.gz"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """The site: one node of it, with an entry of its own and a backup."""
    pair = Pair(tmp_path_factory.mktemp("site"))
    for step in ("prepare", "load"):
        done = pair.l.step(step)
        assert done.returncode == 0, done.stdout + done.stderr + pair.l.log()
    device = f"dicomDeviceName=dcm4chee-arc,cn=Devices,cn=DICOM Configuration,{pair_base(pair)}"
    pair.modify(pair.l, f"dn: {device}\nchangetype: modify\nreplace: dicomDescription\ndicomDescription: the site's\n")
    storage = "objectClass: dcmStorage\ndcmStorageID: oss\ndcmURI: jclouds:s3:https://oss.example.com\n"
    properties = "".join(f"dcmProperty: {one}\n" for one in ("container=images", "identity=SITE", "credential=ITS"))
    pair.modify(pair.l, f"dn: dcmStorageID=oss,{device}\nchangetype: add\n{storage}{properties}")
    done = pair.l.step("backup")
    assert done.returncode == 0, done.stderr
    yield pair
    pair.end()


def pair_base(pair: Pair) -> str:
    base: str = json.loads(pair.l.host.read("/opt/dicom/directory/values.json"))["base_dn"]
    return base


@pytest.fixture
def drill(tmp_path: Path, site: Pair) -> Iterator[Pair]:
    """The drill's directory after its step `prepare`."""
    pair = Pair(tmp_path)
    pair.l.host.environment["BUCKET"] = str(site.bucket)
    values = json.loads(pair.l.host.read("/opt/dicom/directory/values.json"))
    pair.l.host.put("/opt/dicom/directory/values.json", json.dumps({**values, "peer_url": NOWHERE}))
    pair.l.host.install(Bundle.from_assets("drill", only=("directory.sh", "without_keys.py")))
    done = pair.l.step("prepare")
    assert done.returncode == 0, done.stdout + done.stderr + pair.l.log()
    yield pair
    pair.end()


def told(drill: Pair, key: str) -> str:
    values = json.loads(drill.l.host.read("/opt/dicom/directory/values.json"))
    return json.dumps({"backup_key": key, "base_dn": values["base_dn"], "own_url": values["own_url"]})


def test_the_site_s_entries_are_there_under_the_drill_s_own_password_and_no_backup_is_left_to_run(
    site: Pair, drill: Pair
) -> None:
    before = {path: path.read_bytes() for path in site.bucket.rglob("*") if path.is_file()}
    drill.l.host.put("/opt/dicom/drill/values.json", told(drill, LATEST))
    done = drill.l.host.script("directory.sh", room="drill", more={"DICOM_SECONDS": "60"})
    assert done.returncode == 0, done.stdout + done.stderr + drill.l.log()
    assert f"restored {LATEST}" in done.stdout
    assert "dicomDescription: the site's" in drill.search(drill.l)
    assert drill.passwords != site.passwords
    assert "identity=SITE" in site.search(site.l)
    held = drill.search(drill.l)
    assert "dcmProperty: container=images" in held
    assert "identity=" not in held
    assert "credential=" not in held
    assert "1 storages without the site's key" in done.stdout
    assert not (drill.l.host.root / TIMER.lstrip("/")).exists()
    assert {path: path.read_bytes() for path in site.bucket.rglob("*") if path.is_file()} == before


def test_a_backup_that_is_not_there_is_said(drill: Pair) -> None:
    drill.l.host.put("/opt/dicom/drill/values.json", told(drill, "ldap-backup/l/20200101T000000Z.ldif.gz"))
    done = drill.l.host.script("directory.sh", room="drill", more={"DICOM_SECONDS": "60"})
    assert done.returncode != 0
    assert "20200101T000000Z.ldif.gz" in done.stderr
