"""Disks with their hosts."""

from typing import Any

import pytest

from dicom_cdk.finding import Finding
from dicom_cdk.preflight.checks import disks
from tests.account.vendor import Answer
from tests.preflight.asked import answered, stack

HOST = {
    "instance_type": "ecs.g7.xlarge", "availability_zone": "cn-shanghai-l", "system_disk_category": "cloud_essd",
    "system_disk_size": 100,
}  # fmt: skip
STACK: dict[str, Any] = {
    "alicloud_instance": {"a": HOST},
    "alicloud_ecs_disk": {"d": {"category": "cloud_auto", "size": 40}},
    "alicloud_ecs_disk_attachment": {
        "x": {"disk_id": "${alicloud_ecs_disk.d.id}", "instance_id": "${alicloud_instance.a.id}"}
    },
}


def sells(*entries: dict[str, object]) -> Answer:
    resources = [{"Type": "SystemDisk", "SupportedResources": {"SupportedResource": list(entries)}}]
    zone = {"ZoneId": "cn-shanghai-l", "AvailableResources": {"AvailableResource": resources}}
    return {"AvailableZones": {"AvailableZone": [zone]}}


def told(*entries: dict[str, object], **changes: object) -> list[Finding]:
    resources = {**STACK, "alicloud_instance": {"a": {**HOST, **changes}}}
    return answered(disks.CHECK, stack(resources), {"DescribeAvailableResource": sells(*entries)})


ESSD = {
    "Value": "cloud_essd",
    "Status": "Available",
    "StatusCategory": "WithStock",
    "Min": 20,
    "Max": 2048,
    "Unit": "GiB",
}
AUTO = {**ESSD, "Value": "cloud_auto", "Max": 65536}


def test_each_disk_of_a_host_is_asked_with_its_type_and_zone() -> None:
    found = told(ESSD, AUTO)
    assert [(one.name, one.verdict, one.said) for one in found] == [
        ("system disk cloud_essd of ecs.g7.xlarge in cn-shanghai-l", "ok", "sold, 100 GB"),
        ("data disk cloud_auto of ecs.g7.xlarge in cn-shanghai-l", "ok", "sold, 40 GB"),
    ]


@pytest.mark.parametrize(
    ("entries", "size", "said", "do"),
    [
        ([AUTO], 100, "not sold", "categories that are: cloud_auto"),
        ([], 100, "not sold", "take another zone or instance type"),
        ([{**ESSD, "Status": "SoldOut"}, AUTO], 100, "sold out", "categories that are: cloud_auto"),
        ([ESSD, AUTO], 4000, "4000 GB, sold are 20 to 2048", "choose a size between them"),
        ([ESSD, AUTO], 10, "10 GB, sold are 20 to 2048", "choose a size between them"),
    ],
)
def test_a_system_disk_that_is_not_sold_so_fails(entries: list[Any], size: int, said: str, do: str) -> None:
    found = told(*entries, system_disk_size=size)[0]
    assert (found.verdict, found.said, found.do) == ("lacks", said, do)


def test_a_disk_without_a_host_in_the_stack_is_told_and_not_passed_over() -> None:
    lone = {kind: each for kind, each in STACK.items() if kind != "alicloud_instance"}
    assert [(one.name, one.verdict, one.said) for one in answered(disks.CHECK, stack(lone), {})] == [
        ("alicloud_ecs_disk.d", "look", "the host of this disk is known after apply only"),
        ("alicloud_ecs_disk_attachment.x", "look", "its host is known after apply only"),
    ]


def test_a_host_that_does_not_say_its_zone_leaves_its_disks_to_be_looked_up() -> None:
    found = told(ESSD, AUTO, availability_zone="${var.zone}")
    assert [(one.name, one.verdict) for one in found] == [
        ("alicloud_instance.a", "look"),
        ("alicloud_ecs_disk.d", "look"),
    ]
