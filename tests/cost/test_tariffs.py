"""What is asked for which type, and how answers are read."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.account.calls import PRICES
from dicom_cdk.account.errors import AskError
from dicom_cdk.cost.tariff import Quote
from dicom_cdk.cost.tariffs import TARIFFS, quotes
from dicom_cdk.plan.stack import Stack
from dicom_cdk.preflight.check import Target
from dicom_cdk.report.quantities import DRIVERS
from tests.account import market


def of(kind: str, body: dict[str, Any], **others: dict[str, Any]) -> list[Quote]:
    resources = {kind: {"one": body}, **{name: {"other": other} for name, other in others.items()}}
    target = Target(
        Stack(Path("clinic"), {"resource": resources, "provider": {"alicloud": [{"region": "cn-shanghai"}]}})
    )
    return quotes(target, target.document.resources[f"{kind}.one"])


def test_every_row_of_the_bill_of_quantities_has_a_tariff() -> None:
    assert set(TARIFFS) == set(DRIVERS)


def test_the_policy_s_table_of_price_calls_is_what_tariffs_ask() -> None:
    bodies: dict[str, dict[str, Any]] = {
        "alicloud_instance": {"instance_type": "ecs.g7.large"}, "alicloud_ecs_disk": {"category": "cloud_essd", "size": 20},
        "alicloud_db_instance": DATABASE, "alicloud_sae_application": {"cpu": 2000, "memory": 8192},
        "alicloud_fcv3_provision_config": {"target": 1},
    }  # fmt: skip
    asked = {kind: tuple(one.call for one in of(kind, bodies.get(kind, {})) if one.call) for kind in TARIFFS}
    assert {kind: calls for kind, calls in asked.items() if calls} == PRICES


DATABASE = {
    "engine": "PostgreSQL", "engine_version": "15.0", "instance_type": "pg.n2.2c.2m", "instance_storage": 1500,
    "db_instance_storage_type": "cloud_essd3", "zone_id": "cn-shanghai-l",
}  # fmt: skip


def test_a_database_is_asked_by_class_storage_and_zone() -> None:
    standing, used = of("alicloud_db_instance", DATABASE)
    assert standing.wanted.of == "RDS PostgreSQL 15.0 pg.n2.2c.2m cloud_essd3 1500 GB in cn-shanghai-l"
    assert dict(standing.parameters) == {
        "RegionId": "cn-shanghai", "CommodityCode": "bards", "Engine": "PostgreSQL", "EngineVersion": "15.0",
        "DBInstanceClass": "pg.n2.2c.2m", "DBInstanceStorage": "1500", "DBInstanceStorageType": "cloud_essd3",
        "PayType": "Postpaid", "Quantity": "1", "OrderType": "BUY", "ZoneId": "cn-shanghai-l",
    }  # fmt: skip
    assert standing.read(market.database_price(standing.parameters)) == (Decimal("4.0"), "CNY"), (
        "1 + 1500 × 0.002, after discount"
    )
    assert (used.wanted.unit, used.assumed) == ("use", "nothing beyond the free part")


def test_a_subscribed_database_is_asked_by_the_month() -> None:
    standing, _ = of("alicloud_db_instance", {**DATABASE, "instance_charge_type": "Prepaid"})
    assert standing.wanted.unit == "month"
    assert (standing.parameters["CommodityCode"], standing.parameters["TimeType"], standing.parameters["UsedTime"]) == (
        "rds", "Month", "1",
    )  # fmt: skip


def test_an_application_s_answer_says_neither_unit_nor_currency_and_is_in_no_sum() -> None:
    standing, said = of("alicloud_sae_application", {"cpu": 8000, "memory": 32768, "replicas": 2})
    assert (standing.wanted.unit, standing.times, standing.call) == ("hour", Decimal(2), None)
    assert said.wanted.unit == "use"
    assert said.read(market.application_price({"Cpu": "8000"})) == (Decimal("2.0"), "currency not said")
    with pytest.raises(AskError, match="answered no TradeAmount in"):
        said.read({"Data": {}})


def test_warm_instances_are_as_many_as_are_kept_and_as_large_as_their_function() -> None:
    config = {"target": 3, "function_name": "${alicloud_fcv3_function.other.function_name}"}
    (found,) = of("alicloud_fcv3_provision_config", config, alicloud_fcv3_function={"cpu": 2, "memory_size": 4096})
    assert (found.wanted.of, found.times) == ("FC instance of 2 vCPU and 4096 MB kept warm", Decimal(3))
    assert of("alicloud_fcv3_provision_config", {"target": 0}) == []


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("alicloud_eip_address", {"internet_charge_type": "PayByTraffic"}, "EIP paid by traffic, the address"),
        ("alicloud_eip_address", {"bandwidth": "20"}, "EIP of 20 Mbit/s"),
        ("alicloud_cr_ee_instance", {"instance_type": "Basic"}, "Container Registry Basic"),
        ("alicloud_slb_load_balancer", {"instance_charge_type": "PayByCLCU"}, "CLB instance PayByCLCU"),
        ("alicloud_oss_bucket", {"redundancy_type": "ZRS"}, "OSS Standard ZRS, 1 GB and month"),
    ],
)
def test_what_no_call_prices_says_its_units(kind: str, body: dict[str, Any], said: str) -> None:
    first, *rest = of(kind, body)
    assert first.wanted.of == said
    assert all(one.assumed for one in [first, *rest] if one.wanted.unit == "use")


def test_what_is_known_after_apply_only_has_no_price() -> None:
    assert of("alicloud_instance", {"instance_type": "${var.kind}"}) == []
    assert of("alicloud_db_instance", {}) == []
