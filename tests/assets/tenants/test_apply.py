"""Step `apply` of tenants against a real slapd: an AE title like the archive's, a place of its own, and sight of its own alone."""

import json
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dicom_cdk.rehearsal.archive.stand_in_directory import BASE, DEVICE
from dicom_cdk.rehearsal.machines.scratch_host import ScratchHost
from dicom_cdk.rehearsal.machines.servers import slapd
from dicom_cdk.service.rooms import archive_tenants
from tests.assets.ldap_server import Directory, host_of_the_archive

pytestmark = pytest.mark.server

NORTH = {"ae_title": "NORTH", "bucket": "images-of-north", "key": "north", "prefix": "", "storage_id": "oss-north"}
SOUTH = {
    "ae_title": "SOUTH.1",
    "bucket": "clinic-images",
    "key": "south-1",
    "prefix": "south",
    "storage_id": "oss-south-1",
}
FOLDER = {
    "folder_id": "cache", "folder_uri": "file:///opt/cache/", "free_gb": 100, "guard": "NO_MOUNT", "guard_by": "property",
    "quiet": "PT1M", "size_gb": 500,
}  # fmt: skip
PATH = "{now,yyyy/MM/dd}/{0020000D,hash}/{0020000E,hash}/{00080018,hash}"


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Directory]:
    made = Directory(tmp_path / "ldap")
    with slapd(made.config, made.port):
        yield made


@pytest.fixture
def host(tmp_path: Path, directory: Directory) -> ScratchHost:
    return host_of_tenants(tmp_path / "host", directory)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ScratchHost, Directory]]:
    """After the first run, for tests that change nothing."""
    folder = tmp_path_factory.mktemp("tenants")
    made = Directory(folder / "ldap")
    with slapd(made.config, made.port):
        host = host_of_tenants(folder / "host", made)
        assert applied(host)[-1] == "changed"
        yield host, made


def host_of_tenants(folder: Path, directory: Directory) -> ScratchHost:
    host = host_of_the_archive(folder, directory, "tenants")
    host.install(archive_tenants.bundle())
    give(host, directory)
    return host


def give(host: ScratchHost, directory: Directory, *tenants: dict[str, str], **more: object) -> None:
    values = {
        "base_dn": BASE,
        "device_name": "dcm4chee-arc",
        "ldap_url": f"ldap://127.0.0.1:{directory.port}",
        "model": "DCM4CHEE",
        "path_by": "property",
        "receive": "direct",
        "signature_version": 2,
        "storage_endpoint": "https://s3.oss-cn-test-internal.example.com",
        "tenants": list(tenants or (NORTH, SOUTH)),
        **more,
    }
    host.put("/opt/dicom/tenants/values.json", json.dumps(values))


def apply(host: ScratchHost) -> "subprocess.CompletedProcess[str]":
    return host.script("apply.sh", room="tenants", more={"DICOM_SECONDS": "20"})


def applied(host: ScratchHost) -> list[str]:
    done = apply(host)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def title(name: str) -> str:
    return f"dicomAETitle={name},{DEVICE}"


def properties(host: ScratchHost, *more: str) -> list[str]:
    return sorted(
        [
            *more,
            "containerExists=true",
            f"credential={host.read('/run/dicom/secrets/storage-credential')}",
            f"identity={host.read('/run/dicom/secrets/storage-identity')}",
            "jclouds.s3.virtual-host-buckets=true",
            "jclouds.strip-expect-header=true",
        ]
    )


def test_a_tenant_gets_an_ae_title_like_the_archives_in_a_place_of_its_own(both: tuple[ScratchHost, Directory]) -> None:
    host, directory = both
    north = directory.search(title("NORTH"))
    like = directory.search(title("DCM4CHEE"))
    assert north["objectClass"] == like["objectClass"]
    assert north["dicomNetworkConnectionReference"] == like["dicomNetworkConnectionReference"]
    assert (north["dcmObjectStorageID"], north["dicomInstalled"]) == (["oss-north"], ["TRUE"])
    assert directory.search(f"dcmStorageID=oss-north,{DEVICE}")["dcmProperty"] == properties(
        host, "container=images-of-north"
    )
    assert directory.search(f"dcmStorageID=oss-south-1,{DEVICE}")["dcmProperty"] == properties(
        host, "container=clinic-images", f"pathFormat=south/{PATH}"
    )
    for name in ("Verification SOP Class SCP", "CT Image Storage SCP"):
        assert directory.search(f"cn={name},{title('NORTH')}") == directory.search(f"cn={name},{title('DCM4CHEE')}")
    assert directory.search(f"dicomAETitle=NORTH,cn=Unique AE Titles Registry,cn=DICOM Configuration,{BASE}")


def test_dicomweb_of_a_tenant_is_below_its_ae_title(both: tuple[ScratchHost, Directory]) -> None:
    _, directory = both
    found = directory.search(f"dcmWebAppName=NORTH,{DEVICE}")
    assert found["dcmWebServicePath"] == ["/dcm4chee-arc/aets/NORTH/rs"]
    assert found["dicomAETitle"] == ["NORTH"]
    assert found["dcmWebServiceClass"] == ["QIDO_RS", "STOW_RS", "WADO_RS"]
    assert directory.search(f"dcmWebAppName=SOUTH.1-WADO,{DEVICE}")["dcmWebServicePath"] == [
        "/dcm4chee-arc/aets/SOUTH.1/wado"
    ]


def test_a_tenant_finds_what_came_in_at_its_title_and_what_comes_in_elsewhere_is_marked_as_that_titles(
    both: tuple[ScratchHost, Directory],
) -> None:
    _, directory = both
    for name in ("NORTH", "SOUTH.1"):
        found = directory.search(title(name))
        assert (found["dcmStoreAccessControlID"], found["dcmAccessControlID"]) == ([name], [name])
    for name in ("DCM4CHEE", "AS_RECEIVED"):
        found = directory.search(title(name))
        assert found["dcmStoreAccessControlID"] == [name]
        assert "dcmAccessControlID" not in found, "the site's own titles see everything"
    assert "dcmStoreAccessControlID" not in directory.search(title("RESEARCH")), "nothing is stored there"


def test_what_somebody_marked_otherwise_stays(host: ScratchHost, directory: Directory) -> None:
    directory.modify(
        f"dn: {title('DCM4CHEE')}\nchangetype: modify\nadd: dcmStoreAccessControlID\ndcmStoreAccessControlID: mine\n"
    )
    applied(host)
    assert directory.search(title("DCM4CHEE"))["dcmStoreAccessControlID"] == ["mine"]


def test_a_second_run_changes_nothing_and_leaves_no_key_on_the_disk(both: tuple[ScratchHost, Directory]) -> None:
    host, _ = both
    (host.root / "run/dicom/storage.changed").unlink()
    assert applied(host) == ["unchanged"]
    assert not (host.root / "run/dicom/storage.changed").exists()
    assert not (host.root / "run/dicom/tenants").exists()


def test_a_directory_without_the_archives_title_is_said(both: tuple[ScratchHost, Directory]) -> None:
    host, directory = both
    give(host, directory, model="PACS")
    done = apply(host)
    assert done.returncode == 1
    assert "tenants: AE title PACS is not in the directory; correct archive.ae_title" in done.stderr


def test_a_wrong_password_is_said_with_what_to_do(both: tuple[ScratchHost, Directory]) -> None:
    host, directory = both
    host.put("/run/dicom/secrets/ldap-root", "wrong", mode=0o600)
    done = apply(host)
    host.put("/run/dicom/secrets/ldap-root", directory.password, mode=0o600)
    assert done.returncode == 1
    assert f"refuses cn=admin,{BASE}: wrong password; apply the directory's steps" in done.stderr


def test_a_rotated_key_reaches_every_tenants_storage(host: ScratchHost, directory: Directory) -> None:
    applied(host)
    host.put("/run/dicom/secrets/storage-credential", secrets.token_hex(15), mode=0o600)
    said = applied(host)
    assert "changed storage oss-north: images-of-north" in said
    assert directory.search(f"dcmStorageID=oss-north,{DEVICE}")["dcmProperty"] == properties(
        host, "container=images-of-north"
    )


def test_rules_of_the_archives_title_are_not_taken_over(host: ScratchHost, directory: Directory) -> None:
    """An export of the site's would send a tenant's images where the site's go."""
    directory.modify(
        f"dn: dcmExporterID=elsewhere,{DEVICE}\nchangetype: add\nobjectClass: dcmExporter\ndcmExporterID: elsewhere\n"
        f"dcmURI: dicom:PACS\ndcmQueueName: Export\n\n"
        f"dn: cn=Elsewhere,{title('DCM4CHEE')}\nchangetype: add\nobjectClass: dcmExportRule\ncn: Elsewhere\n"
        "dcmEntity: Series\ndcmExporterID: elsewhere\n"
    )
    applied(host)
    assert directory.search(f"cn=Elsewhere,{title('NORTH')}") == {}


def test_a_capability_that_an_update_brings_is_the_tenants_too_and_what_was_changed_there_stays(
    host: ScratchHost, directory: Directory
) -> None:
    applied(host)
    directory.modify(
        f"dn: cn=MR Image Storage SCP,{title('DCM4CHEE')}\nchangetype: add\nobjectClass: dicomTransferCapability\n"
        "cn: MR Image Storage SCP\ndicomSOPClass: 1.2.840.10008.5.1.4.1.1.4\ndicomTransferRole: SCP\n"
        "dicomTransferSyntax: 1.2.840.10008.1.2\n\n"
        f"dn: cn=CT Image Storage SCP,{title('NORTH')}\nchangetype: modify\nreplace: dicomTransferSyntax\n"
        "dicomTransferSyntax: 1.2.840.10008.1.2\n"
    )
    applied(host)
    assert directory.search(f"cn=MR Image Storage SCP,{title('NORTH')}")["dicomTransferRole"] == ["SCP"]
    assert directory.search(f"cn=CT Image Storage SCP,{title('NORTH')}")["dicomTransferSyntax"] == ["1.2.840.10008.1.2"]


def test_an_ae_title_of_somebody_else_is_said_and_not_touched_and_all_else_is_done(
    host: ScratchHost, directory: Directory
) -> None:
    device = f"dicomDeviceName=ws1,cn=Devices,cn=DICOM Configuration,{BASE}"
    directory.modify(
        f"dn: {device}\nchangetype: add\nobjectClass: dicomDevice\ndicomDeviceName: ws1\ndicomInstalled: TRUE\n\n"
        f"dn: dicomAETitle=SOUTH.1,{device}\nchangetype: add\nobjectClass: dicomNetworkAE\ndicomAETitle: SOUTH.1\n"
        f"dicomNetworkConnectionReference: cn=dicom,{device}\ndicomAssociationInitiator: TRUE\n"
        "dicomAssociationAcceptor: TRUE\n"
    )
    give(host, directory, {**NORTH, "ae_title": "RESEARCH"}, SOUTH, NORTH)
    done = apply(host)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "conflict: AE title RESEARCH of the archive was entered elsewhere; take it out there, or give the tenant another",
        f"conflict: AE title SOUTH.1 is that of {device}; take it out there, or give the tenant another",
        "tenants: 2 of the tenants are not in force, all else is; nothing of others was overwritten",
    ]
    assert "dcmObjectStorageID" not in directory.search(title("RESEARCH"))
    assert directory.search(title("NORTH"))["dcmObjectStorageID"] == ["oss-north"]


def test_a_tenant_that_is_not_told_any_more_answers_no_more_and_loses_nothing(
    host: ScratchHost, directory: Directory
) -> None:
    applied(host)
    give(host, directory, SOUTH)
    assert "changed AE title NORTH: it answers no more, its images stay" in applied(host)
    assert directory.search(title("NORTH"))["dicomInstalled"] == ["FALSE"]
    assert directory.search(f"dcmStorageID=oss-north,{DEVICE}"), "records name it"
    give(host, directory)
    applied(host)
    assert directory.search(title("NORTH"))["dicomInstalled"] == ["TRUE"]


def test_from_archive_5_31_on_the_place_is_an_attribute(host: ScratchHost, directory: Directory) -> None:
    give(host, directory, path_by="attribute", signature_version=4)
    applied(host)
    found = directory.search(f"dcmStorageID=oss-south-1,{DEVICE}")
    assert found["dcmStoragePathFormat"] == [f"south/{PATH}"]
    assert found["dcmProperty"] == properties(host, "container=clinic-images", "jclouds.s3.signer-version=4")


def test_through_the_folder_a_tenants_images_leave_it_only_for_its_own_bucket(
    host: ScratchHost, directory: Directory
) -> None:
    give(host, directory, NORTH, receive="cache", **FOLDER)
    said = applied(host)
    first = said.index("added AE title NORTH, which stores to oss-north")
    rule = said.index("added rule of NORTH: what comes in goes on to oss-north")
    into_the_folder = said.index("changed AE title NORTH, which stores to cache-north")
    assert first < rule < into_the_folder, "nothing is received into the folder before the rule is there"
    folder = directory.search(f"dcmStorageID=cache-north,{DEVICE}")
    assert folder["dcmExportStorageID"] == ["oss-north"]
    assert folder["dcmStorageDuration"] == ["CACHE"]
    assert folder["dcmURI"] == ["file:///opt/cache/"]
    assert folder["dcmProperty"] == ["checkMountFile=NO_MOUNT", f"pathFormat=north/{PATH}"]
    assert directory.search(f"dcmExporterID=to-oss-north,{DEVICE}")["dcmURI"] == ["storage:oss-north"]
    assert directory.search(f"cn=To OSS,{title('NORTH')}")["dcmExporterID"] == ["to-oss-north"]
    assert directory.search(title("NORTH"))["dcmObjectStorageID"] == ["cache-north"]
    assert applied(host) == ["unchanged"]


def test_a_drain_stores_into_the_bucket_before_the_rule_goes(host: ScratchHost, directory: Directory) -> None:
    give(host, directory, NORTH, receive="cache", **FOLDER)
    applied(host)
    give(host, directory, NORTH, receive="drain", **FOLDER)
    said = applied(host)
    assert said.index("changed AE title NORTH, which stores to oss-north") < said.index("removed the rule of NORTH")
    assert directory.search(f"dcmStorageID=cache-north,{DEVICE}")["dcmDeleterThreshold"] == ["1000GB"]
    assert directory.search(f"cn=To OSS,{title('NORTH')}") == {}
    assert applied(host) == ["unchanged"]
