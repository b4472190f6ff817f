"""The page about upgrades: made from the tables, and what it promises."""

from dicom_cdk.releases.reference import FIRST, NEWEST, page
from dicom_cdk.releases.table import RELEASES
from dicom_cdk.settings.models.archive import Archive
from tests.conftest import ROOT


def test_the_page_is_what_the_tables_say() -> None:
    assert (ROOT / "docs/upgrades.md").read_text() == page()


def test_every_release_has_its_row_and_what_may_be_taken_its_way() -> None:
    text = page()
    for version, known in RELEASES.items():
        assert f"| {version} | {', '.join(known.slapd)} |" in text
        if not known.refused and version != NEWEST:
            assert f"\n| {version} | " in text.partition("## From each release")[2]


def test_the_way_in_full_begins_at_the_default() -> None:
    assert Archive.model_fields["version"].default == FIRST
    assert NEWEST == "5.34.3"
