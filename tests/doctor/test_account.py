"""What a stack asks of an account, read off its JSON."""

from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.doctor import account
from dicom_cdk.finding import Finding
from dicom_cdk.handoff.services import SERVICES
from dicom_cdk.offline.store import shipped_store
from dicom_cdk.plan.stack import Stack
from tests.conftest import ROOT

DEFAULT = Stack.read(ROOT / "cdktf.out/stacks/dicom-sh")


def of(resources: dict[str, Any], region: str = "cn-shanghai") -> dict[str, Finding]:
    document = {"resource": resources, "provider": {"alicloud": [{"region": region}]}}
    return {one.name: one for one in account.findings(Stack(Path("clinic"), document))}


def test_the_default_site_s_needs_are_all_named_and_none_is_taken_for_granted() -> None:
    found = {one.name: one.said for one in account.findings(DEFAULT)}
    assert list(found) == [
        "ICP filing of www.dicomweb-example.com", "zone dicomweb-example.com", "services to activate", "quotas",
    ]  # fmt: skip
    assert found["quotas"].startswith(
        "4 vCPUs of ecs.g7 (cn-shanghai), 4 vCPUs of ecs.s6-c1m2 (cn-shanghai), 16 cores of SAE, 1 EIPs"
    )
    assert {one.verdict for one in account.findings(DEFAULT)} == {"look"}


@pytest.mark.parametrize(("region", "files"), [("cn-shanghai", True), ("cn-hongkong", False), ("eu-central-1", False)])
def test_a_domain_needs_a_filing_in_mainland_regions_only(region: str, files: bool) -> None:
    found = of({"alicloud_fcv3_custom_domain": {"d": {"custom_domain_name": "a.example.com"}}}, region)
    assert ("ICP filing of a.example.com" in found) is files


def test_a_module_that_is_elsewhere_is_said_by_name() -> None:
    (found,) = account.findings(Stack(Path("clinic"), {"module": {"net": {"source": "alibaba/vpc/alicloud"}}}))
    assert (found.name, found.verdict, found.said, found.do) == (
        "module.net", "look", "is not looked into: it comes from alibaba/vpc/alicloud",
        "copy it beside the stack and call it by its path (./…) to have it planned and judged",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "cores"),
    [
        ("ecs.g7.large", 2),
        ("ecs.g7.xlarge", 4),
        ("ecs.g7.4xlarge", 16),
        ("ecs.s6-c1m2.small", 1),
        ("ecs.s6-c1m2.xlarge", 4),
    ],
)
def test_vcpus_are_counted_by_the_instance_type_s_name(kind: str, cores: int) -> None:
    found = of({"alicloud_instance": {"a": {"instance_type": kind}, "b": {"instance_type": kind}}})
    assert found["quotas"].said == f"{2 * cores} vCPUs of {kind.rpartition('.')[0]} (cn-shanghai)"


def test_every_type_is_one_of_the_provider_s() -> None:
    store = shipped_store()
    assert [kind for kind in (*SERVICES, *account.COUNTED) if store.find("managed", kind) is None] == []
