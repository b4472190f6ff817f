"""What of a plan is not proven is said, and the page that lists it is of today."""

from dicom_cdk.plan.deviations import deviations, page
from tests.conftest import ROOT


def test_the_page_is_of_today() -> None:
    assert (ROOT / "docs/offline-plan-types.md").read_text() == page(), "run: make docs"


def test_compared_types_have_nothing_to_say() -> None:
    assert deviations(["alicloud_vpc", "random_password", "alicloud_no_such_type"]) == {}


def test_types_with_code_that_no_rule_describes_name_it() -> None:
    found = deviations(["alicloud_adb_account", "time_offset"])
    assert found["time_offset"] == "planned by its documentation; no answer was recorded"
    assert found["alicloud_adb_account"].startswith(
        "planned by the general algorithm, unproven; not imitated: diff_suppress of kms_encrypted_password"
    )
