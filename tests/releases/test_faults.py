"""Faults that releases share: which a release has, which a way takes away, and that each names a release that can be taken."""

from dicom_cdk.releases.faults import FAULTS, mended, of
from dicom_cdk.releases.table import RELEASES
from dicom_cdk.releases.updates import number


def issues(version: str) -> list[str]:
    return [each.issue for each in of(version)]


def test_a_release_has_the_faults_that_a_later_one_mends() -> None:
    assert issues("5.25.2") == [each.issue for each in FAULTS if each.mended]
    assert issues("5.31.0") == ["dcm4chee-arc-light#4226", "dcm4chee-arc-light#4676", "dcm4chee-arc-light#4772"]
    assert issues("5.31.1-mirror") == ["dcm4chee-arc-light#4676", "dcm4chee-arc-light#4772"]
    assert issues("5.34.0") == ["dcm4chee-arc-light#4772", "dcm4chee-arc-light#4919"]
    assert issues("5.34.3") == ["dcm4chee-arc-light#4919"], "open"
    assert issues("latest") == issues("5.99.0") == []


def test_a_way_takes_away_what_its_end_does_not_have() -> None:
    assert [each.issue for each in mended("5.29.1", "5.33.1")] == ["dcm4chee-arc-light#4226"]
    assert mended("5.34.1", "5.34.3") == mended("5.33.1", "5.33.1") == ()
    assert [each.issue for each in mended("5.34.3", "5.33.1")] == ["dcm4chee-arc-light#4919"], "comes with the new one"


def test_faults_stand_in_the_order_of_the_known_releases_that_mend_them() -> None:
    ends = [each.mended for each in FAULTS if each.mended]
    assert [each.mended for each in FAULTS] == [
        *sorted(ends, key=number),
        *(["" for each in FAULTS if not each.mended]),
    ]
    assert all(end in RELEASES and not RELEASES[end].refused for end in ends)
    assert all(each.since in RELEASES for each in FAULTS)
