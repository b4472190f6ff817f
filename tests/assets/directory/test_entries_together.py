"""Every step that writes into the directory, on one directory: with the real schema's shape nothing of one is refused or undone."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.rehearsal.archive.stand_in_directory import BASE, DEVICE
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.machines.servers import slapd
from dicom_cdk.rehearsal.programs import need
from dicom_cdk.service.rooms import archive_tenants
from tests.assets.handed_list import hand_over, host_of_a_list
from tests.assets.ldap_server import host_of_the_archive
from tests.assets.modalities.conftest import CT, DEVICES, PACS, Config
from tests.assets.modalities.test_partners import RIS
from tests.assets.tenants.test_apply import FOLDER, NORTH, SOUTH
from tests.conftest import ROOT

pytestmark = pytest.mark.server

CONNECTIONS = """\
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin connections 60
ldap_url=$(value ldap_url) base_dn=$(value base_dn) device_name=$(value device_name) host=$(value archive_host)
files=("$(secret ldap-root)")
. "${BASH_SOURCE[0]%/*}/connections.sh"
"""
"""What `up` has set when it comes to them."""
WRITERS = {
    "archive/connections.sh", "cache/receive.py", "modalities/apply.sh", "storage/entries.sh", "tenants/apply.sh",
    # The image's own loader and data, and what stands in the place of its programs.
    "directory/container/bin/ldapadd", "directory/container/bin/ldapmodify", "directory/container/load.sh",
    # The note that they ended, in the base entry: with the pair's own tests.
    "directory/load.sh", "directory/update.sh",
    # Takes keys out of a directory that is a drill's: with the drill's tests.
    "drill/directory.sh",
}  # fmt: skip
CLASSES = {
    "dcmStorage", "dcmExporter", "dcmExportRule", "dcmQueue", "dicomDevice", "dicomNetworkConnection", "dicomNetworkAE",
    "dicomUniqueAETitle", "hl7Application", "dicomTransferCapability", "dcmWebApp",
}  # fmt: skip
Done = subprocess.CompletedProcess[str]


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Config]:
    made = Config(tmp_path / "ldap")
    with slapd(made.config, made.port):
        yield made


@pytest.fixture
def steps(tmp_path: Path, directory: Config) -> dict[str, Callable[[], Done]]:
    """Each step with all that a site can ask of it, by its name, in the order of an apply."""
    known = {"base_dn": BASE, "device_name": "dcm4chee-arc", "ldap_url": f"ldap://127.0.0.1:{directory.port}"}
    place = {**known, "ae_titles": ["DCM4CHEE"], "bucket": "clinic-images", "signature_version": 4} | {
        "storage_endpoint": "https://s3.oss-cn-test-internal.example.com", "storage_id": "alicloud-oss",
    }  # fmt: skip

    def host(room: str, values: dict[str, object]) -> ScratchHost:
        made = host_of_the_archive(tmp_path / room, directory, room)
        made.put(f"/opt/dicom/{room}/values.json", json.dumps(values))
        return made

    def archive() -> ScratchHost:
        values = {**known, "archive_host": "172.18.92.180", "audit_here": "172.18.92.180:514", "called_at": "10.8.0.9"}
        rendered = {"cache": None, "tls": None}
        made = host_of_the_archive(tmp_path / "archive", directory, "storage")
        made.install(Bundle.from_assets("archive", rendered, only=("check.sh", "compose.yaml.j2", "connections.sh")))
        made.put("/opt/dicom/archive/values.json", json.dumps({**values, "client_certificates": "optional"}))
        made.put("/opt/dicom/archive/current/only.sh", CONNECTIONS)
        return made

    def listed() -> ScratchHost:
        made = host_of_a_list(tmp_path / "modalities", directory)
        lists = {"hospitals": {"north": ["10.20.0.0/16"]}, "modalities": [CT, PACS], "hl7": [RIS]}
        hand_over(made, directory, {**lists, "hl7_character_set": "GB 18030-2000"})
        return made

    cache = {**place, **FOLDER, "receive": "cache"}
    tenants = {**place, **FOLDER, "receive": "cache", "model": "DCM4CHEE", "tenants": [NORTH, SOUTH]}
    hosts = {
        "storage": host("storage", place),
        "cache": host("cache", cache),
        "cache of 5.31": host_of_the_archive(tmp_path / "cache-5.31", directory, "cache"),
        "tenants": host("tenants", {**tenants, "path_by": "property"}),
        "archive": archive(),
        "modalities": listed(),
    }
    hosts["cache of 5.31"].put("/opt/dicom/cache/values.json", json.dumps({**cache, "guard_by": "attribute"}))
    hosts["tenants"].install(archive_tenants.bundle())
    for name in ("identity", "credential"):
        secret = f"/run/dicom/secrets/storage-{name}"
        for each in ("cache", "cache of 5.31", "tenants"):
            hosts[each].put(secret, hosts["storage"].read(secret), mode=0o600)
    scripts = {"storage": "entries.sh", "cache": "receive.sh", "cache of 5.31": "receive.sh", "tenants": "apply.sh"}
    scripts |= {"archive": "only.sh", "modalities": "apply.sh"}

    def runs(name: str) -> Callable[[], Done]:
        return lambda: hosts[name].script(scripts[name], room=name.split()[0], more={"DICOM_SECONDS": "60"})

    return {name: runs(name) for name in hosts}


def test_every_step_writes_all_it_can_into_one_directory_and_none_undoes_another(
    steps: dict[str, Callable[[], Done]], directory: Config, tmp_path: Path
) -> None:
    for name, step in steps.items():
        done = step()
        assert done.returncode == 0, f"{name}: {done.stderr}"
    written = directory.everything()
    assert written.keys() >= {
        f"dicomAETitle=NORTH,{DEVICE}",
        f"dcmStorageID=cache,{DEVICE}",
        f"dicomDeviceName=CT_ROOM1,{DEVICES}",
        f"cn=To OSS,dicomAETitle=DCM4CHEE,{DEVICE}",
    }
    assert {kind for values in written.values() for kind in values["objectClass"]} >= CLASSES
    for name in ("cache of 5.31", "archive", "modalities"):
        assert steps[name]().returncode == 0, name
    assert directory.everything() == written, "the later ones changed what the others wrote"
    # As a whole, too: what slapd takes entry by entry it could refuse in a load, as of a restore.
    whole = subprocess.run(
        [need("slapcat", "slapd"), "-n", "1", "-F", str(directory.config)], capture_output=True, text=True, check=True
    ).stdout
    other = Config(tmp_path / "other")
    for file in (tmp_path / "other/data").iterdir():
        file.unlink()
    loaded = subprocess.run(
        [need("slapadd", "slapd"), "-n", "1", "-F", str(other.config)],
        input=whole,
        capture_output=True,
        text=True,
        check=False,
    )
    assert loaded.returncode == 0, loaded.stderr


def test_what_writes_into_the_directory_is_all_here() -> None:
    assets = (path for path in (ROOT / "assets").rglob("*") if path.is_file() and path.suffix != ".md")
    found = {
        path.relative_to(ROOT / "assets").as_posix()
        for path in assets
        if any(word in path.read_bytes() for word in (b"ldapadd", b"ldapmodify"))
    }
    assert found == WRITERS
