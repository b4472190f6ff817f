"""The bill of quantities: counted, sized, with the billing that the stack chose, without a price."""

from pathlib import Path
from typing import Any

from dicom_cdk.offline.store import shipped_store
from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import of_stack
from dicom_cdk.report.quantities import DRIVERS, Quantity, quantities


def bill(resources: dict[str, Any]) -> list[Quantity]:
    return quantities(of_stack(Stack(Path("clinic"), {"resource": resources})))


def test_equal_things_are_counted_and_others_stand_apart() -> None:
    host = {"instance_type": "ecs.g7.large", "system_disk_size": 40, "instance_charge_type": "PostPaid"}
    found = bill({"alicloud_instance": {"a": host, "b": host, "c": {**host, "system_disk_size": 80}}})
    assert [(one.count, one.size, one.billing) for one in found] == [
        (2, "ecs.g7.large, 40 GB system disk", "PostPaid"), (1, "ecs.g7.large, 80 GB system disk", "PostPaid"),
    ]  # fmt: skip


def test_an_application_counts_by_its_instances_and_their_cores() -> None:
    found = bill({"alicloud_sae_application": {"one": {"replicas": 3, "cpu": 2000, "memory": 4096}}})
    assert found == [Quantity("SAE", "application instances", 3, "2 cores, 4 GB each", "pay as you go")]


def test_what_costs_nothing_is_not_on_the_bill() -> None:
    assert bill({"alicloud_ram_role": {"one": {}}}) == []


def test_every_counted_type_is_one_of_the_provider_s() -> None:
    store = shipped_store()
    assert [kind for kind in DRIVERS if store.find("managed", kind) is None] == []
