"""ECS: hosts with their system disk, and data disks."""

from collections.abc import Iterator

from dicom_cdk.account.calls import ECS_PRICE
from dicom_cdk.cost.tariff import Quote, quote
from dicom_cdk.policy.document import Resource
from dicom_cdk.preflight.check import Target

PRICE = "PriceInfo.Price"


def host(target: Target, one: Resource) -> Iterator[Quote]:
    """An instance with its system disk; by the month where it is a subscription."""
    kind, image = target.word(one, "instance_type"), target.word(one, "image_id")
    category, size = target.word(one, "system_disk_category"), target.word(one, "system_disk_size")
    level = target.word(one, "system_disk_performance_level")
    if not kind:
        return
    monthly = target.word(one, "instance_charge_type") == "PrePaid"
    disk = " ".join(part for part in (category, level, f"{size} GB" if size else "") if part)
    asked = {
        "RegionId": target.region, "ResourceType": "instance", "InstanceType": kind, "ImageId": image,
        "SystemDisk.Category": category, "SystemDisk.Size": size, "SystemDisk.PerformanceLevel": level,
        "InstanceNetworkType": "vpc", "PriceUnit": "Month" if monthly else "Hour", "Period": "1", "Amount": "1",
    }  # fmt: skip
    yield quote(
        f"ECS {kind}, system disk {disk or 'by default'}", target.region, "month" if monthly else "hour",
        ECS_PRICE, {name: value for name, value in asked.items() if value}, PRICE,
    )  # fmt: skip


def disk(target: Target, one: Resource) -> Iterator[Quote]:
    """A data disk of its own."""
    category, size, level = (target.word(one, name) for name in ("category", "size", "performance_level"))
    if not category or not size:
        return
    asked = {
        "RegionId": target.region, "ResourceType": "disk", "DataDisk.1.Category": category, "DataDisk.1.Size": size,
        "DataDisk.1.PerformanceLevel": level, "PriceUnit": "Hour", "Period": "1", "Amount": "1",
    }  # fmt: skip
    said = " ".join(part for part in (category, level, f"{size} GB") if part)
    yield quote(
        f"ECS data disk {said}",
        target.region,
        "hour",
        ECS_PRICE,
        {name: value for name, value in asked.items() if value},
        PRICE,
    )
