"""Step `entries` against a real slapd: the storage is added, kept, changed, read back, and only then the AE titles' own."""

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

STORAGE = f"dcmStorageID=alicloud-oss,{DEVICE}"


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    return Directory(tmp_path / "ldap")


@pytest.fixture
def server(directory: Directory) -> Iterator[Slapd]:
    with slapd(directory.config, directory.port) as running:
        yield running


@pytest.fixture
def host(tmp_path: Path, directory: Directory) -> ScratchHost:
    host = host_of_the_archive(tmp_path / "host", directory, "storage")
    give(host, directory)
    return host


def give(host: ScratchHost, directory: Directory, **more: object) -> None:
    values = {
        "ae_titles": ["DCM4CHEE"],
        "base_dn": BASE,
        "bucket": "clinic-images",
        "device_name": "dcm4chee-arc",
        "ldap_url": f"ldap://127.0.0.1:{directory.port}",
        "storage_endpoint": "https://s3.oss-cn-test-internal.example.com",
        "storage_id": "alicloud-oss",
        **more,
    }
    host.put("/opt/dicom/storage/values.json", json.dumps(values))


def entries(host: ScratchHost, **more: str) -> "subprocess.CompletedProcess[str]":
    return host.script("entries.sh", room="storage", more={"DICOM_SECONDS": "20", **more})


def expected_properties(host: ScratchHost) -> list[str]:
    return sorted(
        [
            "container=clinic-images",
            "containerExists=true",
            f"credential={host.read('/run/dicom/secrets/storage-credential')}",
            f"identity={host.read('/run/dicom/secrets/storage-identity')}",
            "jclouds.s3.virtual-host-buckets=true",
            "jclouds.strip-expect-header=true",
        ]
    )


@pytest.mark.usefixtures("server")
class TestWithServer:
    def test_an_absent_storage_is_added_as_the_guide_says_but_verifies_certificates(
        self, host: ScratchHost, directory: Directory
    ) -> None:
        done = entries(host)
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1] == "changed"
        found = directory.search(STORAGE)
        assert found["objectClass"] == ["dcmStorage"]
        assert found["dcmURI"] == ["jclouds:s3:https://s3.oss-cn-test-internal.example.com"]
        assert found["dcmDigestAlgorithm"] == ["MD5"]
        assert found["dcmProperty"] == expected_properties(host)
        assert not [each for each in found["dcmProperty"] if "trust-all-certs" in each]
        assert directory.search(f"dicomAETitle=DCM4CHEE,{DEVICE}")["dcmObjectStorageID"] == ["alicloud-oss"]
        assert (host.root / "run/dicom/storage.changed").exists()

    def test_a_second_run_changes_nothing(self, host: ScratchHost, directory: Directory) -> None:
        assert entries(host).returncode == 0
        before = directory.search(STORAGE, "*", "modifyTimestamp", "entryCSN")
        (host.root / "run/dicom/storage.changed").unlink()
        done = entries(host)
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines() == ["unchanged"]
        assert directory.search(STORAGE, "*", "modifyTimestamp", "entryCSN") == before
        assert not (host.root / "run/dicom/storage.changed").exists()

    def test_a_rotated_key_replaces_the_old_one(self, host: ScratchHost, directory: Directory) -> None:
        assert entries(host).returncode == 0
        host.put("/run/dicom/secrets/storage-credential", secrets.token_hex(15), mode=0o600)
        done = entries(host)
        assert done.returncode == 0, done.stderr
        assert "brought storage alicloud-oss up to date" in done.stdout
        assert directory.search(STORAGE)["dcmProperty"] == expected_properties(host)

    def test_what_somebody_changed_by_hand_is_brought_back(self, host: ScratchHost, directory: Directory) -> None:
        assert entries(host).returncode == 0
        directory.modify(
            f"dn: {STORAGE}\nchangetype: modify\nadd: dcmProperty\ndcmProperty: jclouds.trust-all-certs=true\n-\n"
            f"replace: dcmURI\ndcmURI: file:///elsewhere\n"
        )
        assert entries(host).returncode == 0
        found = directory.search(STORAGE)
        assert found["dcmProperty"] == expected_properties(host)
        assert found["dcmURI"] == ["jclouds:s3:https://s3.oss-cn-test-internal.example.com"]

    def test_every_ae_title_of_the_site_stores_there(self, host: ScratchHost, directory: Directory) -> None:
        give(host, directory, ae_titles=["DCM4CHEE", "RESEARCH"])
        assert entries(host).returncode == 0
        for title in ("DCM4CHEE", "RESEARCH"):
            assert directory.search(f"dicomAETitle={title},{DEVICE}")["dcmObjectStorageID"] == ["alicloud-oss"]
        assert entries(host).stdout.splitlines() == ["unchanged"]

    def test_no_ae_title_of_the_device_stores_into_a_folder_of_one_container_any_more(
        self, host: ScratchHost, directory: Directory
    ) -> None:
        """Not even one that the site does not name; one that stores elsewhere, or nowhere, stays as it is."""
        elsewhere = f"dn: dcmStorageID=other,{DEVICE}\nchangetype: add\nobjectClass: dcmStorage\ndcmStorageID: other\n"
        title = f"dn: dicomAETitle=RESEARCH,{DEVICE}\nchangetype: modify\nadd: dcmObjectStorageID\n"
        directory.modify(
            f"{elsewhere}dcmURI: jclouds:s3:https://other.example.com\n\n{title}dcmObjectStorageID: other\n"
        )
        done = entries(host)
        assert done.returncode == 0, done.stderr
        assert "AE title AS_RECEIVED stores to alicloud-oss" in done.stdout
        stores = {
            title: directory.search(f"dicomAETitle={title},{DEVICE}")["dcmObjectStorageID"]
            for title in ("DCM4CHEE", "AS_RECEIVED", "RESEARCH")
        }
        assert stores == {"DCM4CHEE": ["alicloud-oss"], "AS_RECEIVED": ["alicloud-oss"], "RESEARCH": ["other"]}
        assert entries(host).stdout.splitlines() == ["unchanged"]

    def test_an_ae_title_whose_storage_does_not_exist_stores_to_the_sites(
        self, host: ScratchHost, directory: Directory
    ) -> None:
        title = f"dn: dicomAETitle=RESEARCH,{DEVICE}\nchangetype: modify\nadd: dcmObjectStorageID\n"
        directory.modify(f"{title}dcmObjectStorageID: gone\n")
        assert entries(host).returncode == 0
        assert directory.search(f"dicomAETitle=RESEARCH,{DEVICE}")["dcmObjectStorageID"] == ["alicloud-oss"]

    def test_a_folder_that_is_named_by_a_property_of_wildfly_is_one_containers_too(
        self, host: ScratchHost, directory: Directory
    ) -> None:
        title = f"dn: dicomAETitle=RESEARCH,{DEVICE}\nchangetype: modify\nadd: dcmObjectStorageID\n"
        folder = f"dn: dcmStorageID=fs2,{DEVICE}\nchangetype: add\nobjectClass: dcmStorage\ndcmStorageID: fs2\n"
        directory.modify(f"{folder}dcmURI: ${{jboss.server.data.url}}/fs2/\n\n{title}dcmObjectStorageID: fs2\n")
        assert entries(host).returncode == 0
        assert directory.search(f"dicomAETitle=RESEARCH,{DEVICE}")["dcmObjectStorageID"] == ["alicloud-oss"]

    def test_a_tenants_ae_title_stays_with_its_own_storage(self, host: ScratchHost, directory: Directory) -> None:
        """Even while it receives into a folder, as a stray would."""
        title = f"dicomAETitle=RESEARCH,{DEVICE}"
        directory.modify(
            f"dn: {title}\nchangetype: modify\nadd: dcmObjectStorageID\ndcmObjectStorageID: fs1\n-\n"
            "add: dicomDescription\ndicomDescription: dicom-cdk: tenant, images in b\n"
        )
        assert entries(host).returncode == 0
        assert directory.search(title)["dcmObjectStorageID"] == ["fs1"]

    def test_the_other_storage_stays_defined(self, host: ScratchHost, directory: Directory) -> None:
        assert entries(host).returncode == 0
        assert directory.search(f"dcmStorageID=fs1,{DEVICE}")["dcmURI"] == ["file:///opt/wildfly/standalone/data/fs1/"]

    def test_an_unknown_ae_title_is_an_error_that_names_the_setting(
        self, host: ScratchHost, directory: Directory
    ) -> None:
        give(host, directory, ae_titles=["DCM4CHEE", "NOBODY"])
        done = entries(host)
        assert done.returncode == 1
        assert "AE title NOBODY is not in the directory" in done.stderr
        assert "correct archive.ae_title or gateway.ae_titles" in done.stderr

    def test_a_wrong_password_is_said_at_once(self, host: ScratchHost) -> None:
        host.put("/run/dicom/secrets/ldap-root", secrets.token_hex(16), mode=0o600)
        done = entries(host)
        assert done.returncode == 1
        assert "wrong password" in done.stderr

    def test_a_missing_secret_is_named(self, host: ScratchHost, directory: Directory) -> None:
        (host.root / "run/dicom/secrets/storage-credential").unlink()
        done = entries(host)
        assert done.returncode == 1
        assert "secret 'storage-credential' is not in" in done.stderr
        assert directory.search(STORAGE) == {}

    def test_a_device_that_never_comes_is_waited_for_until_the_deadline(
        self, host: ScratchHost, directory: Directory
    ) -> None:
        give(host, directory, device_name="other-arc")
        done = entries(host, DICOM_SECONDS="2")
        assert done.returncode == 1
        assert "still waiting for device other-arc" in done.stderr

    def test_no_secret_is_in_output_arguments_or_files(self, host: ScratchHost) -> None:
        for program in ("ldapsearch", "ldapadd", "ldapmodify"):
            host.stand_in(program, f'exec {need(program, "ldap-utils")} "$@"')
        done = entries(host)
        assert done.returncode == 0, done.stderr
        seen = done.stdout + done.stderr + "\n".join(host.calls())
        for name in ("ldap-root", "storage-identity", "storage-credential"):
            value = host.read(f"/run/dicom/secrets/{name}")
            assert value not in seen
            kept = [
                each for each in host.root.rglob("*") if each.is_file() and value in each.read_text(errors="replace")
            ]
            assert [each.name for each in kept] == [name]

    @pytest.mark.parametrize("call", range(1, 9, 3))
    def test_killed_at_a_call_of_the_directory_the_next_run_ends_ready(
        self, call: int, host: ScratchHost, directory: Directory
    ) -> None:
        for program in ("ldapsearch", "ldapadd", "ldapmodify"):
            real = need(program, "ldap-utils")
            host.stand_in(
                program,
                f'if [ "$(wc -l <"$HOST_CALLS")" = {call} ]; then : >"$HOST_ROOT/killed"; kill -KILL $PPID $$; fi\n'
                f'exec {real} "$@"',
            )
        entries(host)
        assert (host.root / "killed").exists()
        for program in ("ldapsearch", "ldapadd", "ldapmodify"):
            (host.programs / program).unlink()
        done = entries(host)
        assert done.returncode == 0, done.stderr
        assert directory.search(STORAGE)["dcmProperty"] == expected_properties(host)
        assert directory.search(f"dicomAETitle=DCM4CHEE,{DEVICE}")["dcmObjectStorageID"] == ["alicloud-oss"]
        if call > 2:
            assert (host.root / "run/dicom/storage.changed").exists()


def test_a_directory_that_is_late_is_waited_for(host: ScratchHost, directory: Directory) -> None:
    script = host.root / "opt/dicom/storage/current/entries.sh"
    running = subprocess.Popen(
        ["bash", str(script)],
        env=host.variables({"DICOM_ROOM": "storage", "DICOM_SECONDS": "30"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout
    assert running.stdout.readline().startswith("waiting for device dcm4chee-arc")
    with slapd(directory.config, directory.port):
        said, errors = running.communicate(timeout=30)
    assert running.returncode == 0, errors
    assert said.splitlines()[-1] == "changed"
