"""Prices that Resource Orchestration tells of a template of one resource: what it is asked, what its answer makes."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.account.errors import AskError
from dicom_cdk.account.orchestration import template
from dicom_cdk.cost.asked import asked
from dicom_cdk.cost.tariff import Quote
from dicom_cdk.cost.tariffs import quotes
from dicom_cdk.plan.stack import Stack
from dicom_cdk.preflight.check import Target
from tests.account import market
from tests.account.vendor import Answer
from tests.preflight.asked import asker


def first(kind: str, **body: object) -> Quote:
    resources = {kind: {"one": body}}
    target = Target(
        Stack(Path("clinic"), {"resource": resources, "provider": {"alicloud": [{"region": "cn-shanghai"}]}})
    )
    return quotes(target, target.document.resources[f"{kind}.one"])[0]


def price(quote: Quote, **changes: Answer) -> tuple[str, Any]:
    """What one quote comes to: the amount and unit, or why there is none."""
    prices, refused = asked([quote], asker(market.good() | changes), "2026-11-29")
    if quote.wanted in refused:
        return "refused", refused[quote.wanted]
    return quote.wanted.unit, prices[quote.wanted].amount


def answer(unit: str = "/Hour", amount: object = 3, currency: object = "CNY", **more: object) -> dict[str, Answer]:
    result = {"Order": {"TradeAmount": amount, "Currency": currency}, "OrderSupplement": {"PriceUnit": unit, **more}}
    return {"GetTemplateEstimateCost": {"Resources": {"r": {"Success": True, "Result": result}}}}


@pytest.mark.parametrize(
    ("kind", "body", "wanted"),
    [
        ("alicloud_slb_load_balancer", {"address_type": "intranet"}, ("hour", Decimal("0.1"))),
        ("alicloud_nat_gateway", {"nat_type": "Enhanced"}, ("hour", Decimal("0.01"))),
        ("alicloud_eip_address", {"internet_charge_type": "PayByTraffic"}, ("hour", Decimal("0.02"))),
        ("alicloud_vpn_gateway", {"bandwidth": 100}, ("hour", Decimal("0.4"))),
        ("alicloud_cr_ee_instance", {"instance_type": "Basic"}, ("month", Decimal(100))),
    ],
)
def test_what_it_prices_is_priced_in_the_bill_s_unit(
    kind: str, body: dict[str, object], wanted: tuple[str, Decimal]
) -> None:
    assert price(first(kind, **body)) == wanted


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("alicloud_kms_key", {}),
        ("alicloud_kms_secret", {}),
        ("alicloud_fcv3_provision_config", {"target": 2}),
    ],
)
def test_a_type_that_it_does_not_name_is_asked_nothing_and_named_as_not_priced(
    kind: str, body: dict[str, object]
) -> None:
    assert price(first(kind, **body), GetTemplateEstimateCost=lambda _: pytest.fail("asked")) == (
        "refused",
        f"NotPriced: ROS prices no {kind}",
    )


@pytest.mark.parametrize(
    ("unit", "hourly"), [("/Hour", "3"), ("/Day", "0.125"), ("/Month", "3/730"), ("/Year", "3/8760")]
)
def test_other_units_become_the_bill_s(unit: str, hourly: str) -> None:
    over, _, under = hourly.partition("/")
    (_, found) = price(first("alicloud_slb_load_balancer"), **answer(unit))
    assert found == pytest.approx(Decimal(over) / Decimal(under or 1))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (answer("/Decade"), "the unit 'decade'"),
        (answer(amount="much"), "no TradeAmount with a Currency in Order"),
        (answer(currency=None), "no TradeAmount with a Currency in Order"),
        ({"GetTemplateEstimateCost": {"Resources": {}}}, "0 prices for one resource"),
        ({"GetTemplateEstimateCost": {}}, "no Resources"),
        ({"GetFeatureDetails": {}}, "ROS prices no alicloud_slb_load_balancer"),
    ],
)
def test_an_answer_that_says_no_price_makes_none(given: dict[str, Answer], said: str) -> None:
    verdict, why = price(first("alicloud_slb_load_balancer"), **given)
    assert verdict == "refused"
    assert said in why


def test_a_price_of_several_is_one_s_share() -> None:
    quote = first("alicloud_slb_load_balancer")
    assert price(quote, **answer(Quantity=3)) == ("hour", Decimal(1))


def test_the_template_holds_the_resource_s_own_arguments_and_what_has_to_stand_beside_it() -> None:
    quote = first("alicloud_nat_gateway", nat_type="Enhanced")
    assert quote.made is not None
    body = json.loads(quote.made(asker(market.good()))["TemplateBody"])
    text = body["Workspace"]["main.tf"]
    assert (body["ROSTemplateFormatVersion"], "provider" in text) == ("2015-09-01", False)
    assert '  nat_type = "Enhanced"\n' in text
    assert "  vswitch_id = alicloud_vswitch.beside.id\n" in text
    assert (
        template("alicloud_x", {"a": '"quoted"', "b": ""})
        == 'resource "alicloud_x" "priced" {\n  a = "\\"quoted\\""\n}\n'
    )


def test_a_refusal_of_ros_is_told() -> None:
    with pytest.raises(AskError):
        first("alicloud_slb_load_balancer").read({"Resources": {"r": {"Result": {"Order": {"TradeAmount": 1}}}}})
