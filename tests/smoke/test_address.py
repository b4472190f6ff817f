"""Addresses as people type them."""

import pytest

from dicom_cdk.smoke.address import DimsePeer, address, ae_title, peer
from dicom_cdk.smoke.errors import SmokeError


@pytest.mark.parametrize(
    ("typed", "base", "root"),
    [
        ("https://a.example.com", "https://a.example.com/dcm4chee-arc/aets/ARC", "https://a.example.com"),
        ("https://a.example.com/", "https://a.example.com/dcm4chee-arc/aets/ARC", "https://a.example.com"),
        ("http://10.0.0.1:8080/dcm4chee-arc", "http://10.0.0.1:8080/dcm4chee-arc/aets/ARC", "http://10.0.0.1:8080"),
        ("https://a.example.com/dcm4chee-arc/aets/B/rs/", "https://a.example.com/dcm4chee-arc/aets/B", "https://a.example.com"),
        ("https://a.b/2016/do", "https://a.b/2016/do/dcm4chee-arc/aets/ARC", "https://a.b/2016/do"),
        ("https://a.example.com.", "https://a.example.com./dcm4chee-arc/aets/ARC", "https://a.example.com."),
        ("https://a.example.com/dcm4chee-arc/aets/B/rs/studies", "https://a.example.com/dcm4chee-arc/aets/B", "https://a.example.com"),
        ("https://a.example.com/dcm4chee-arc/aets/B/rs/studies/1.2/metadata", "https://a.example.com/dcm4chee-arc/aets/B",
         "https://a.example.com"),
        ("https://a.example.com/dcm4chee-arc/aets/B/wado", "https://a.example.com/dcm4chee-arc/aets/B", "https://a.example.com"),
        ("https://a.example.com//dcm4chee-arc//aets/B//rs//", "https://a.example.com/dcm4chee-arc/aets/B", "https://a.example.com"),
        ("https://a.example.com/dcm4chee-arc/aets", "https://a.example.com/dcm4chee-arc/aets/ARC", "https://a.example.com"),
        ("https://[::1]:8443", "https://[::1]:8443/dcm4chee-arc/aets/ARC", "https://[::1]:8443"),
    ],
)  # fmt: skip
def test_any_form_leads_to_the_ae_title(typed: str, base: str, root: str) -> None:
    found = address(typed, "ARC")
    assert (found.base, found.root, found.studies) == (base, root, f"{base}/rs/studies")


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("a.example.com", "a.example.com: no scheme, or one that DICOMweb does not use; allowed is http(s)://HOST[:PORT][/PATH], "
         "such as https://a.example.com"),
        ("https://a.example.com/viewer/", "https://a.example.com/viewer/: leads past DICOMweb; allowed behind the host is "
         "/dcm4chee-arc/aets/AE_TITLE or nothing"),
        ("ftp://a.example.com", "ftp://a.example.com: no scheme, or one that DICOMweb does not use; allowed is "
         "http(s)://HOST[:PORT][/PATH], such as https://a.example.com"),
        ("https://", "https://: no host; allowed is http(s)://HOST[:PORT][/PATH]"),
        ("https://a:99999", "https://a:99999: Port out of range 0-65535; allowed is http(s)://HOST[:PORT][/PATH]"),
        ("https://a.example.com?x=1", "https://a.example.com?x=1: with a query or fragment; allowed is http(s)://HOST[:PORT][/PATH]"),
        ("http://[::1", "http://[::1: Invalid IPv6 URL; allowed is http(s)://HOST[:PORT][/PATH]"),
        ("https://a..b", "https://a..b: a..b is no host name and no address; allowed is http(s)://HOST[:PORT][/PATH]"),
        ("https://" + "a" * 64, f"https://{'a' * 64}: {'a' * 64} is no host name and no address; allowed is http(s)://HOST[:PORT][/PATH]"),
        *[
            (f"https://a.example.com{path}", f"https://a.example.com{path}: leads past DICOMweb; allowed behind the host is "
             "/dcm4chee-arc/aets/AE_TITLE or nothing")
            for path in ("/dcm4chee-arc/ui2/", "/dcm4chee-arc/aetsB", "/rs/studies", "/wado", "/aets/B", "/dcm4chee-arc/aets//rs")
        ],
        ("https://a.b/dcm4chee-arc/aets/B/dimse/X",
         "https://a.b/dcm4chee-arc/aets/B/dimse/X: no DICOMweb below an AE title at dimse/X; allowed is rs, wado or nothing"),
        ("me:hidden@a.example.com",
         "an address with a user or password; give credentials by the environment (dicom-cdk smoke --help)"),
        ("https://me:hidden@a.example.com",
         "an address with a user or password; give credentials by the environment (dicom-cdk smoke --help)"),
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed: str, problem: str) -> None:
    with pytest.raises(SmokeError) as refused:
        address(typed, "ARC")
    assert str(refused.value) == problem


def test_an_ae_title_is_written_into_the_path_as_letters() -> None:
    assert address("https://a.example.com", "A?B/C").base == "https://a.example.com/dcm4chee-arc/aets/A%3FB%2FC"


def test_a_dicom_peer_is_host_and_port() -> None:
    assert peer("10.0.0.1:11112") == DimsePeer("10.0.0.1", 11112)
    assert peer("[::1]:104") == DimsePeer("::1", 104)
    for typed in ("10.0.0.1", ":104", "a:b", "a:0", "a:70000", "dicom://a:104", "a/b:104"):
        with pytest.raises(SmokeError) as refused:
            peer(typed)
        assert str(refused.value) == f"--dimse {typed}: allowed is HOST:PORT, such as 10.0.0.5:11112"


def test_a_dicom_peer_as_dcm4che_and_dcmtk_write_it_is_told_where_its_ae_title_goes() -> None:
    with pytest.raises(SmokeError) as refused:
        peer("DCM4CHEE@10.0.0.1:11112")
    assert str(refused.value) == (
        "--dimse DCM4CHEE@10.0.0.1:11112: allowed is HOST:PORT, such as 10.0.0.5:11112; AE titles go to --ae-title and --calling"
    )


def test_an_ae_title_is_what_dicom_allows() -> None:
    assert ae_title("DCM4CHEE", "--ae-title") == "DCM4CHEE"
    for typed in ("", "    ", "SEVENTEEN-LETTERS", "A\\B", "Ä"):
        with pytest.raises(SmokeError, match=r"--ae-title .*: allowed are 1 to 16 characters without backslash"):
            ae_title(typed, "--ae-title")
