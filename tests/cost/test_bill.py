"""The arithmetic of a bill, by bills made by hand."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.cost.bill import Bill, bill, wanted
from dicom_cdk.cost.change import change, stays
from dicom_cdk.cost.price import Price, Wanted, amount
from dicom_cdk.plan.stack import Stack
from dicom_cdk.preflight.check import Target

HOST = {
    "instance_type": "ecs.g7.xlarge", "system_disk_category": "cloud_essd", "system_disk_size": 100,
    "system_disk_performance_level": "PL0",
}  # fmt: skip
DISK = {"category": "cloud_essd", "size": 200, "performance_level": "PL1"}


def target(resources: dict[str, Any]) -> Target:
    return Target(Stack(Path("clinic"), {"resource": resources, "provider": {"alicloud": [{"region": "cn-shanghai"}]}}))


def priced(of: str, unit: Any, value: str, currency: str = "CNY", date: str = "2026-11-22") -> tuple[Wanted, Price]:
    return Wanted(of, "cn-shanghai", unit), Price(Decimal(value), currency, "by hand", date)


HOUR_OF_HOST = priced("ECS ecs.g7.xlarge, system disk cloud_essd PL0 100 GB", "hour", "1.10")
HOUR_OF_DISK = priced("ECS data disk cloud_essd PL1 200 GB", "hour", "0.30")
TWO_HOSTS = {"alicloud_instance": {"a": HOST, "b": HOST}, "alicloud_ecs_disk": {"d": DISK}}


def of(resources: dict[str, Any], *prices: tuple[Wanted, Price]) -> Bill:
    return bill(target(resources), dict(prices))


def test_hours_make_a_month_of_730() -> None:
    found = of(TWO_HOSTS, HOUR_OF_HOST, HOUR_OF_DISK)
    assert found.hourly() == {"CNY": Decimal("2.50")}, "1.10 + 1.10 + 0.30"
    assert found.monthly() == {"CNY": Decimal("1825.00")}, "2.50 × 730"
    assert found.unpriced() == []


def test_a_subscription_is_a_month_s_and_no_hour_s() -> None:
    monthly = {**HOST, "instance_charge_type": "PrePaid"}
    found = of(
        {"alicloud_instance": {"a": monthly}},
        priced("ECS ecs.g7.xlarge, system disk cloud_essd PL0 100 GB", "month", "512.40"),
    )
    assert (found.hourly(), found.monthly()) == ({"CNY": Decimal(0)}, {"CNY": Decimal("512.40")})


def test_what_has_no_price_is_in_no_sum_and_counted() -> None:
    found = of(TWO_HOSTS, HOUR_OF_DISK)
    assert found.monthly() == {"CNY": Decimal("219.00")}, "0.30 × 730"
    assert [line.item.address for line in found.unpriced()] == ["alicloud_instance.a", "alicloud_instance.b"]
    assert of(TWO_HOSTS).monthly() == {}


def test_a_price_of_another_region_or_unit_is_not_taken() -> None:
    other, price = HOUR_OF_HOST
    for wrong in (Wanted(other.of, "cn-beijing", "hour"), Wanted(other.of, other.region, "month")):
        assert bill(target(TWO_HOSTS), {wrong: price}).monthly() == {}


def test_currencies_are_never_added() -> None:
    found = of(TWO_HOSTS, HOUR_OF_HOST, priced("ECS data disk cloud_essd PL1 200 GB", "hour", "0.05", "USD"))
    assert found.monthly() == {"CNY": Decimal("1606.00"), "USD": Decimal("36.50")}


def test_rooms_have_their_sums() -> None:
    found = of(TWO_HOSTS, HOUR_OF_HOST, HOUR_OF_DISK)
    assert found.rooms() == {("instance", "CNY"): Decimal("1606.00"), ("ecs_disk", "CNY"): Decimal("219.00")}


def test_each_price_is_wanted_once() -> None:
    assert [one.wanted.of for one in wanted(target(TWO_HOSTS))] == [HOUR_OF_HOST[0].of, HOUR_OF_DISK[0].of]


def test_a_change_is_what_comes_less_what_goes() -> None:
    large = {**HOST, "instance_type": "ecs.g7.2xlarge"}
    before = {"alicloud_instance": {"a": HOST, "gone": HOST}}
    after = {"alicloud_instance": {"a": large}, "alicloud_ecs_disk": {"d": DISK}}
    prices = (
        HOUR_OF_HOST,
        HOUR_OF_DISK,
        priced("ECS ecs.g7.2xlarge, system disk cloud_essd PL0 100 GB", "hour", "2.00"),
    )
    found = change(of(before, *prices), of(after, *prices))
    assert {one.address: one.monthly for one in found.moved} == {
        "alicloud_instance.a": Decimal("657.00"), "alicloud_ecs_disk.d": Decimal("219.00"),
        "alicloud_instance.gone": Decimal("-803.00"),
    }  # fmt: skip
    assert found.monthly() == {"CNY": Decimal("73.00")}, "(0.90 + 0.30 - 1.10) × 730"


def test_a_change_of_unknown_price_is_told_as_such() -> None:
    large = {**HOST, "instance_type": "ecs.g7.2xlarge"}
    found = change(
        of({"alicloud_instance": {"a": HOST}}, HOUR_OF_HOST), of({"alicloud_instance": {"a": large}}, HOUR_OF_HOST)
    )
    assert (found.monthly(), [one.address for one in found.unknown()]) == ({}, ["alicloud_instance.a"])


def test_nothing_changed_is_no_change() -> None:
    assert change(of(TWO_HOSTS, HOUR_OF_HOST), of(TWO_HOSTS, HOUR_OF_HOST)).moved == ()


@pytest.mark.parametrize(
    ("given", "taken"),
    [("0.1", "0.1"), (0.1, "0.1"), (3, "3"), ("-1", None), ("NaN", None), ("Infinity", None),
     (True, None), (None, None), ("1,5", None)],
)  # fmt: skip
def test_amounts_are_exact_and_never_below_nothing(given: object, taken: str | None) -> None:
    assert amount(given) == (None if taken is None else Decimal(taken))


def test_what_only_changes_its_place_in_the_state_is_billed_as_before() -> None:
    base = target({"alicloud_instance": {"a": HOST, "b": HOST}, "alicloud_ecs_disk": {"d": DISK, "gone": DISK}})
    resources = {"alicloud_instance": {"moved": HOST}, "alicloud_ecs_disk": {"came": DISK, "new": DISK}}
    blocks = {
        "moved": [{"from": "alicloud_instance.a", "to": "alicloud_instance.moved"}],
        "removed": [
            {"from": "alicloud_instance.b", "lifecycle": {"destroy": False}},
            {"from": "alicloud_ecs_disk.gone", "lifecycle": {"destroy": True}},
        ],
        "import": [{"to": "alicloud_ecs_disk.came", "id": "d-1"}],
    }
    head = Target(Stack(Path("clinic"), {**target(resources).stack.document, **blocks}))
    for prices in ({}, dict([HOUR_OF_HOST, HOUR_OF_DISK])):
        found = change(bill(base, prices), bill(head, prices), stays(base.stack, head.stack))
        assert {one.address: one.how for one in found.moved} == {
            "alicloud_ecs_disk.came": "imported, billed already",
            "alicloud_ecs_disk.new": "new",
            "alicloud_instance.b": "left in the account, billed as before",
            "alicloud_ecs_disk.d": "gone",
            "alicloud_ecs_disk.gone": "gone",
        }
        assert found.monthly() == ({"CNY": Decimal("-219.00")} if prices else {})
