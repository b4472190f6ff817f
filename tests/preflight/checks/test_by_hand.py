"""What no call can tell, read off a stack."""

from pathlib import Path
from typing import Any

from dicom_cdk.finding import Finding
from dicom_cdk.plan.stack import Stack
from dicom_cdk.preflight.check import Target
from dicom_cdk.preflight.checks import by_hand
from tests.conftest import ROOT

DEFAULT = Target(Stack.read(ROOT / "cdktf.out/stacks/dicom-sh"))


def of(resources: dict[str, Any], **terraform: Any) -> dict[str, Finding]:
    stack = Stack(Path("clinic"), {"resource": resources, "terraform": terraform})
    return {one.name: one for one in by_hand.findings(Target(stack))}


def test_the_default_site_s_are_all_named() -> None:
    found = list(by_hand.findings(DEFAULT))
    assert [one.name for one in found] == ["permissions", "www.dicomweb-example.com", "payment", "alarms", "state"]
    assert {one.verdict for one in found} == {"look"}


def test_images_that_nothing_copies_have_to_be_pushed() -> None:
    assert "container images" in of({"alicloud_cr_ee_repo": {"r": {}}})
    assert "container images" not in of(
        {"alicloud_cr_ee_repo": {"r": {}}, "alicloud_cr_artifact_subscription_rule": {"s": {}}}
    )


def test_a_domain_without_a_record_needs_one_made_by_hand() -> None:
    domain = {"alicloud_fcv3_custom_domain": {"d": {"custom_domain_name": "a.example.com"}}}
    assert "CNAME of a.example.com" in of(domain)
    assert "CNAME of a.example.com" not in of(
        {**domain, "alicloud_alidns_record": {"r": {"domain_name": "example.com"}}}
    )


def test_a_state_elsewhere_is_no_worry() -> None:
    assert "state" in of({"alicloud_vpc": {"v": {}}}, backend={"local": {}})
    assert "state" not in of({"alicloud_vpc": {"v": {}}}, backend={"oss": {}})
