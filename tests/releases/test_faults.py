"""Faults that releases share: which a release has, which a way takes away, and that each names a release that can be taken."""

from dicom_cdk.releases.faults import FAULTS, mended, of
from dicom_cdk.releases.table import RELEASES
from dicom_cdk.releases.updates import number


def issues(version: str) -> list[str]:
    return [each.issue for each in of(version)]


def test_a_release_has_the_faults_that_a_later_one_mends() -> None:
    assert issues("5.25.2") == [each.issue for each in FAULTS]
    assert issues("5.31.0") == ["dcm4chee-arc-light#4226", "dcm4chee-arc-light#4676", "dcm4chee-arc-light#4772"]
    assert issues("5.31.1-mirror") == ["dcm4chee-arc-light#4676", "dcm4chee-arc-light#4772"]
    assert issues("5.34.0") == ["dcm4chee-arc-light#4772"]
    assert issues("5.34.3") == issues("latest") == issues("5.99.0") == []


def test_a_way_takes_away_what_its_end_does_not_have() -> None:
    assert [each.issue for each in mended("5.29.1", "5.33.1")] == ["dcm4chee-arc-light#4226"]
    assert mended("5.34.1", "5.34.3") == mended("5.33.1", "5.33.1") == ()


def test_faults_stand_in_the_order_of_the_known_releases_that_mend_them() -> None:
    assert [each.mended for each in FAULTS] == sorted((each.mended for each in FAULTS), key=number)
    assert all(each.mended in RELEASES and not RELEASES[each.mended].refused for each in FAULTS)
