"""Sheets for technicians: what to set on each device, as text and on the page."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import of_stack
from dicom_cdk.report import command
from dicom_cdk.report.command import ReportError
from dicom_cdk.report.device_sheets import as_text, sheets

CT = {
    "ae_title": "CT_ROOM1", "hospital": "north", "address": "10.20.1.15", "port": 104, "tls": False, "reason": "of 2003",
    "may": ["store", "worklist"],
}  # fmt: skip
PACS = {
    "ae_title": "PACS",
    "hospital": "south",
    "address": "10.30.1.4",
    "port": 11112,
    "tls": True,
    "may": ["retrieve"],
}
ARCHIVE = {"address": "172.18.92.175", "ae_title": "DCM4CHEE", "worklist_ae_title": "WORKLIST"}


def stack(*modalities: dict[str, Any], **more: Any) -> dict[str, Any]:
    listed = {"archive": ARCHIVE, "hospitals": {}, "modalities": list(modalities), **more}
    named = {"list": {"key": "modalities/a.json", "content": json.dumps(listed)}}
    return {"resource": {"alicloud_oss_bucket_object": named}}


def text(*modalities: dict[str, Any], **more: Any) -> str:
    return as_text(sheets(of_stack(Stack(Path("clinic"), stack(*modalities, **more)))))


def test_a_sheet_says_all_that_a_technician_sets() -> None:
    assert text(CT) == (
        "CT_ROOM1 of north\n\n"
        "Own AE title         CT_ROOM1\n"
        "Own address          10.20.1.15\n"
        "Own port             104\n"
        "Archive's AE title   DCM4CHEE\n"
        "Archive's address    172.18.92.175\n"
        "Archive's port       11112\n"
        "Worklist's AE title  WORKLIST\n"
        "TLS                  none (of 2003)\n"
        "May                  store, worklist\n\n"
        "- store: send images (C-STORE), ask whether they are kept (storage commitment)\n"
        "- worklist: get the day's list (Modality Worklist) and report steps (MPPS)\n"
        "- The archive calls back at 10.20.1.15:104: let it in from 172.18.92.175.\n"
        "- An association from another address or with another AE title is refused.\n"
        "- At DCM4CHEE the archive does not tell storing from querying by caller: set no more on the device than it may.\n"
    )


def test_a_device_over_tls_is_told_port_certificates_and_ciphers_and_no_worklist() -> None:
    said = text(PACS)
    assert "Archive's port      2762" in said
    assert "openssl s_client -connect 172.18.92.175:2762 -showcerts" in said
    assert "Ciphers: TLS 1.3, or TLS 1.2 with ECDHE and AES-GCM." in said
    assert "Worklist" not in said


def test_a_tenants_device_calls_its_tenant_and_is_told_where_it_is_refused() -> None:
    tenants = [{"ae_title": "NORTH", "hospitals": ["north"]}]
    own = text(CT, tenants=tenants)
    assert "Archive's AE title   NORTH\n" in own
    assert "- It is refused at every other AE title of the archive but WORKLIST.\n" in own
    assert "- It is refused at every other AE title of the archive.\n" in text(
        {**CT, "may": ["store"]}, tenants=tenants
    )
    others = text(PACS, tenants=tenants)
    assert "Archive's AE title  DCM4CHEE\n" in others
    assert "- It is refused at WORKLIST.\n" in others


def test_where_titles_tell_storing_from_querying_a_sheet_has_one_for_each_that_the_device_may() -> None:
    apart = {**ARCHIVE, "worklist_ae_title": "DCM4CHEE", "store_ae_title": "STORE", "query_ae_title": "QUERY"}
    both = text({**CT, "may": ["store", "query", "worklist"]}, archive=apart)
    assert "Archive's AE title, to store  STORE\nArchive's AE title, to query  QUERY\n" in both
    assert "Worklist's AE title           STORE\n" in both
    assert "does not tell storing from querying" not in both
    assert (
        "- It is refused at every other AE title of the archive, and one does nothing but what is said here.\n" in both
    )
    assert "STORE" not in text(PACS, archive=apart)
    assert "to store" not in text({**CT, "may": ["worklist"]}, archive={**apart, "worklist_ae_title": "WORKLIST"})


def test_each_device_has_a_page_of_its_own() -> None:
    assert [page.splitlines()[0] for page in text(CT, PACS).split("\n\f\n")] == ["CT_ROOM1 of north", "PACS of south"]


def test_the_report_writes_them_by_a_files_ending_and_refuses_a_stack_without_a_list(tmp_path: Path) -> None:
    folder = tmp_path / "clinic"
    folder.mkdir()
    (folder / "cdk.tf.json").write_text(json.dumps(stack(CT)))
    out = tmp_path / "sheets.txt"
    assert command.run([folder], out=out, answers=None, today=datetime.date(2026, 11, 25)) == 0
    assert out.read_text() == text(CT)
    (folder / "cdk.tf.json").write_text(json.dumps({"resource": {"alicloud_log_store": {"a": {}}}}))
    with pytest.raises(ReportError) as refused:
        command.run([folder], out=out, answers=None, today=datetime.date(2026, 11, 25))
    assert str(refused.value) == f"--out {out}: stack clinic lists no modalities, so there is no sheet to write"


def test_behind_a_balancer_a_sheet_names_both_ways_and_where_images_come_from() -> None:
    balanced = {
        **ARCHIVE,
        "address": "172.18.92.191",
        "host": "172.18.92.175",
        "sends_from": "172.18.80.0/20, 172.18.16.0/20",
    }
    listed = {"archive": balanced, "hospitals": {}, "modalities": [CT, PACS]}
    named = {"list": {"key": "modalities/a.json", "content": json.dumps(listed)}}
    made = {"resource": {"alicloud_oss_bucket_object": named}}
    said = as_text(sheets(of_stack(Stack(Path("clinic"), made))))
    assert "Archive's address    172.18.92.191" in said
    assert "let it in from 172.18.80.0/20, 172.18.16.0/20." in said
    assert "A second destination, where the device takes one: the same address, port 11113." in said
    assert "the same address, port 2763." in said
