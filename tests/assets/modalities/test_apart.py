"""AE titles of the archive that tell storing from querying, against a real slapd."""

from typing import Any

import pytest

from tests.assets.modalities.conftest import CT, DEVICE, PACS, REGISTRY, Config, Step

pytestmark = pytest.mark.server

OURS = "dicom-cdk|listed"
APART = {"store_ae_title": "STORE", "query_ae_title": "QUERY"}
STORES = {**CT, "may": ["store"]}
SOUTH = {**PACS, "ae_title": "WORKSTATION", "may": ["query", "store"]}


def listed(worklist: str = "DCM4CHEE", **apart: str) -> dict[str, Any]:
    return {"archive": {"ae_title": "DCM4CHEE", "worklist_ae_title": worklist, **(apart or APART)}}


def title(name: str) -> str:
    return f"dicomAETitle={name},{DEVICE}"


def accepted(directory: Config, name: str) -> list[str]:
    return directory.search(title(name)).get("dcmAcceptedCallingAETitle", [])


def capable(directory: Config, name: str) -> set[str]:
    """Short names of what it serves."""
    return {
        values["cn"][0].removesuffix(" SCP").rpartition(" - ")[2]
        for dn, values in directory.everything().items()
        if dn.endswith(f",{title(name)}") and values.get("dicomTransferRole") == ["SCP"]
    }


def test_one_title_takes_images_and_finds_none_and_one_finds_and_sends_and_takes_none(
    step: Step, directory: Config
) -> None:
    done = step(STORES, PACS, SOUTH, lists=listed())
    assert done.returncode == 0, done.stderr
    assert "AE title STORE takes images and finds none" in done.stdout
    assert "AE title QUERY takes calls of PACS_NORTH, WORKSTATION" in done.stdout
    assert capable(directory, "QUERY") == {"Verification SOP Class", "FIND", "MOVE"}
    assert {"CT Image Storage", "Storage Commitment Push Model SOP Class"} < capable(directory, "STORE")
    assert "MOVE" not in capable(directory, "STORE")
    assert accepted(directory, "STORE") == ["CT_ROOM1", "WORKSTATION", OURS]
    assert accepted(directory, "QUERY") == ["PACS_NORTH", "WORKSTATION", OURS]
    for other in ("DCM4CHEE", "AS_RECEIVED"):
        assert accepted(directory, other) == [OURS], "it does everything, so no listed device calls it"
    before = directory.everything()
    again = step(SOUTH, STORES, PACS, lists=listed())
    assert again.stdout.splitlines() == ["listed: 3 modalities"]
    assert directory.everything() == before


def test_what_comes_in_at_it_goes_where_the_archives_own_title_has_it_go_and_follows_that(
    step: Step, directory: Config
) -> None:
    rule = f"cn=To OSS,{title('DCM4CHEE')}"
    directory.modify(
        f"dn: {rule}\nchangetype: add\nobjectClass: dcmExportRule\ncn: To OSS\ndcmEntity: Series\ndcmExporterID: to-oss\n"
    )
    assert step(STORES, lists=listed()).returncode == 0
    assert directory.search(f"cn=To OSS,{title('STORE')}")["dcmExporterID"] == ["to-oss"]
    assert directory.search(title("STORE"))["dcmObjectStorageID"] == ["fs1"]
    assert "dcmObjectStorageID" not in directory.search(title("QUERY"))
    directory.modify(
        f"dn: {title('DCM4CHEE')}\nchangetype: modify\nreplace: dcmObjectStorageID\ndcmObjectStorageID: x\n"
    )
    assert step(STORES, lists=listed()).returncode == 0
    assert directory.search(title("STORE"))["dcmObjectStorageID"] == ["x"]
    directory.modify(
        f"dn: {title('DCM4CHEE')}\nchangetype: modify\nreplace: dcmObjectStorageID\ndcmObjectStorageID: fs1\n"
    )


def test_the_worklist_is_at_the_storing_title_unless_it_has_its_own(step: Step, directory: Config) -> None:
    mr = {**CT, "ae_title": "MR1", "address": "10.20.1.16", "may": ["worklist"]}
    assert step(PACS, mr, lists=listed()).returncode == 0
    assert accepted(directory, "STORE") == ["MR1", OURS]
    assert step(PACS, mr, lists=listed("RESEARCH")).returncode == 0
    assert (accepted(directory, "STORE"), accepted(directory, "RESEARCH")) == ([OURS], ["MR1", OURS])


def test_taken_out_both_titles_go_with_all_that_is_below_them(step: Step, directory: Config) -> None:
    assert step(STORES, PACS).returncode == 0
    before = {dn: values["objectClass"] for dn, values in directory.everything().items()}
    assert step(STORES, PACS, lists=listed()).returncode == 0
    done = step(STORES, PACS)
    assert done.returncode == 0, done.stderr
    assert "removed AE title QUERY of the archive" in done.stdout
    assert {dn: values["objectClass"] for dn, values in directory.everything().items()} == before


def test_a_run_that_ended_in_the_middle_is_finished_by_the_next(step: Step, directory: Config) -> None:
    assert step(STORES, PACS, lists=listed()).returncode == 0
    whole = {dn: values["objectClass"] for dn, values in directory.everything().items()}
    below = [dn for dn in whole if dn.endswith(f",{title('STORE')}")]
    gone = [*below[2:], f"dicomAETitle=QUERY,{REGISTRY}"]
    directory.modify("\n".join(f"dn: {dn}\nchangetype: delete\n" for dn in gone))
    assert step(STORES, PACS, lists=listed()).returncode == 0
    assert {dn: values["objectClass"] for dn, values in directory.everything().items()} == whole


def test_what_people_entered_is_a_conflict_and_all_else_is_done(step: Step, directory: Config) -> None:
    done = step(STORES, lists=listed(store_ae_title="RESEARCH", query_ae_title="QUERY"))
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == (
        "conflict: AE title RESEARCH of the archive was entered elsewhere; take it out there, or choose another"
    )
    assert "dicomDescription" not in directory.search(title("RESEARCH"))
    assert capable(directory, "QUERY") == {"Verification SOP Class", "FIND", "MOVE"}
    more = f"cn=CT,{title('QUERY')}"
    directory.modify(
        f"dn: {more}\nchangetype: add\nobjectClass: dicomTransferCapability\ncn: CT\ndicomTransferRole: SCP\n"
        "dicomSOPClass: 1.2.840.10008.5.1.4.1.1.2\ndicomTransferSyntax: 1.2.840.10008.1.2\n"
    )
    done = step(STORES, lists=listed())
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == (
        f"conflict: AE title QUERY can do more than it should by {more}, which somebody entered there; take that out"
    )
    assert directory.search(more)["cn"] == ["CT"]
    directory.modify(
        f"dn: {title('QUERY')}\nchangetype: modify\nadd: dcmShareTransferCapabilitiesFromAETitle\n"
        "dcmShareTransferCapabilitiesFromAETitle: DCM4CHEE\n"
    )
    assert step(STORES, lists=listed()).stderr.splitlines()[0] == (
        "conflict: AE title QUERY of the archive can do what DCM4CHEE can (dcmShareTransferCapabilitiesFromAETitle); take that out"
    )


def test_a_title_that_is_a_devices_is_a_conflict(step: Step, directory: Config) -> None:
    directory.enter("store", device="OLD_CT")
    done = step(PACS, lists=listed())
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == (
        "conflict: AE title STORE is device OLD_CT's; take it out there, or choose another"
    )
