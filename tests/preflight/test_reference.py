"""The page of checks is the table of checks."""

from dicom_cdk.preflight import reference
from dicom_cdk.preflight.all_checks import CHECKS
from tests.conftest import ROOT


def test_the_committed_page_is_the_table() -> None:
    assert (ROOT / "docs/preflight-checks.md").read_text() == reference.text(), "run: make docs"


def test_it_names_every_check_and_marks_what_is_not_sure() -> None:
    page = reference.text()
    for check in CHECKS:
        assert f"| {check.name} | " in page
    assert "ros:GetServiceProvisions ?" in page
    assert "ecs:DescribeImages |" in page
