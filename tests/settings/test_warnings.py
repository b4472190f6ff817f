"""What a site may choose but should know: said, never refused."""

from pathlib import Path

from dicom_cdk.settings.loader import load_sites
from dicom_cdk.settings.warnings import warnings

SITE = """name: dicom-sh
region: cn-shanghai
account_id: "1234567890123456"
alarms: {mail: ops@example.com}
"""


def said(tmp_path: Path, more: str = "") -> list[str]:
    file = tmp_path / "site.yaml"
    file.write_text(SITE + more)
    (site,) = load_sites([file])
    return warnings(site)


def test_the_default_site_has_no_warning_about_its_archive(tmp_path: Path) -> None:
    assert said(tmp_path) == []


def test_the_guides_archive_is_warned_of_with_what_does_not_work_and_what_to_take(tmp_path: Path) -> None:
    (line,) = said(tmp_path, "archive: {version: 5.25.0}\ndirectory: {image_tag: 2.6.0-25.0}\n")
    assert line.startswith(
        'archive.version: "5.25.0": WADO-RS of instances, frames and bulk data and QIDO-RS as XML answer 500'
    )
    assert "take 5.25.2, which needs no change of the database" in line


def test_a_version_that_behaves_like_a_faulty_one_has_its_faults(tmp_path: Path) -> None:
    (line,) = said(tmp_path, "archive: {version: hospital-build-7, behaves_like: 5.25.0}\n")
    assert "WADO-RS" in line


def test_a_shared_folder_is_warned_of_a_fault_that_concerns_it_until_the_release_that_mends_it(tmp_path: Path) -> None:
    assert said(tmp_path, "storage: {receive: cache}\n") == [
        'storage.receive: "cache" with archive 5.25.2: archives that purge one shared folder at the same time may leave a wrong '
        "list of where a study lies (dcm4chee-arc-light#4226); 5.31.1 and later do not"
    ]
    assert said(tmp_path, "storage: {receive: cache}\narchive: {version: 5.31.1}\n") == []


def test_a_walk_that_leaves_the_worklist_where_it_was_says_so_before_the_site_forgets_that_it_walked(
    tmp_path: Path,
) -> None:
    (line,) = said(tmp_path, "archive: {version: 5.33.1, upgrade_from: 5.25.2}\n")
    assert "worklist and UPS stay on DCM4CHEE, where a new site of 5.33.1 has them on WORKLIST" in line
    assert "set archive.worklist_ae_title: DCM4CHEE before upgrade_from is taken out" in line
    for archive in ("version: 5.34.3, upgrade_from: 5.34.0", "version: 5.28.0, upgrade_from: 5.25.2"):
        assert said(tmp_path, f"archive: {{{archive}}}\n") == []
    assert said(tmp_path, "archive: {version: 5.33.1, upgrade_from: 5.25.2, worklist_ae_title: DCM4CHEE}\n") == []


def test_networks_that_pass_the_filter_by_are_warned_of_with_what_they_can_do(tmp_path: Path) -> None:
    (line,) = said(tmp_path, "network: {hospital_cidrs: [10.8.0.0/16, 10.9.0.0/24], unfiltered_cidrs: [10.9.0.0/24]}\n")
    assert line == (
        "network.unfiltered_cidrs: 10.9.0.0/24: every machine there reads the bucket's AccessKey, deletes studies and stops the "
        "archive at 172.18.92.191:8080, without a login; move its DICOMweb clients to output dicomweb_url, then take the network "
        "off the list"
    )


def test_operators_networks_are_said_to_open_nothing_any_more(tmp_path: Path) -> None:
    (line,) = said(tmp_path, "network: {operator_cidrs: [10.9.0.0/24]}\n")
    assert line.startswith(
        "network.operator_cidrs: opens nothing any more: the archive's console, which knows no login, is on"
    )


def test_a_lock_that_is_not_final_is_warned_of_as_void_tomorrow(tmp_path: Path) -> None:
    (line,) = said(tmp_path, "recovery: {region: cn-beijing, lock_days: 30}\n")
    assert line.startswith("recovery.lock: a lock that is not final is void 24 hours after it was made")
    assert "set recovery.lock: final" in line


def test_a_final_lock_is_warned_of_with_what_nobody_can_do_any_more(tmp_path: Path) -> None:
    (line,) = said(tmp_path, "recovery: {region: cn-beijing, lock_days: 30, lock: final}\n")
    assert line.startswith("recovery.lock: final: for 30 days nobody deletes a copied object")
    assert "not with the account's root user" in line


def test_copies_without_a_lock_are_no_reason_to_warn(tmp_path: Path) -> None:
    assert said(tmp_path, "recovery: {region: cn-beijing}\n") == []


def test_devices_without_tls_and_without_a_reason_are_warned_of(tmp_path: Path) -> None:
    entry = "  - {{ae_title: CT{0}, hospital: north, address: 10.20.1.{0}, tls: false, may: [store, query]{1}}}\n"
    listed = "hospitals: [{name: north, cidrs: [10.20.0.0/16]}]\nmodalities:\n"
    (line,) = said(tmp_path, listed + "".join(entry.format(number, "") for number in range(1, 8)))
    assert line == (
        "modalities: CT1, CT2, CT3, CT4, CT5 and 2 more: no TLS and no reason; images travel in clear text; "
        "let them use port 2762, or give the reason"
    )
    assert said(tmp_path, listed + entry.format(1, ", reason: its vendor knows no TLS")) == []


def test_devices_that_may_store_or_query_and_could_do_both_are_warned_of_until_titles_tell_them_apart(
    tmp_path: Path,
) -> None:
    entry = "  - {{ae_title: {0}, hospital: north, address: 10.20.1.1, tls: false, reason: no TLS in it, may: [{1}]}}\n"
    listed = "hospitals: [{name: north, cidrs: [10.20.0.0/16]}]\nmodalities:\n"
    listed += entry.format("CT1", "store, worklist") + entry.format("PACS", "retrieve")
    both = entry.format("MR1", "store, query") + entry.format("LIST", "worklist")
    (line,) = said(tmp_path, listed + both)
    assert line == (
        "modalities: CT1, PACS: may store or query, not both, and could do both: one AE title of the archive does not tell them "
        "apart by caller; set archive.store_ae_title and archive.query_ae_title (docs/modalities.md)"
    )
    apart = "archive: {store_ae_title: STORE, query_ae_title: QUERY}\n"
    assert said(tmp_path, listed + apart) == []
