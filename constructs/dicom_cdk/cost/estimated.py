"""Prices by Resource Orchestration (ROS): a template of one resource, which it prices without making it. It names the types that it
can price; all others have no price, and that is said.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import ROS_ESTIMATE
from dicom_cdk.account.errors import AskError, nonsense
from dicom_cdk.account.orchestration import newest_terraform, priced_types
from dicom_cdk.cost.price import HOURS_A_MONTH, Unit, Wanted, amount
from dicom_cdk.cost.tariff import Json, Quote
from dicom_cdk.policy.document import Resource
from dicom_cdk.preflight.check import Target

NAME = "priced"
HOURS: Mapping[str, Decimal] = {
    "hour": Decimal(1),
    "day": Decimal(24),
    "month": HOURS_A_MONTH,
    "year": HOURS_A_MONTH * 12,
}
NEIGHBOURS = """\
data "alicloud_zones" "here" {
  available_resource_creation = "VSwitch"
}
resource "alicloud_vpc" "beside" {
  cidr_block = "10.0.0.0/16"
}
resource "alicloud_vswitch" "beside" {
  vpc_id     = alicloud_vpc.beside.id
  cidr_block = "10.0.0.0/24"
  zone_id    = data.alicloud_zones.here.zones[0].id
}
"""
"""What has to stand beside a resource of a VPC; free of charge."""
IN_VPC = "  vpc_id     = alicloud_vpc.beside.id\n  vswitch_id = alicloud_vswitch.beside.id\n"


def estimated(
    of: str,
    target: Target,
    unit: Unit,
    one: Resource,
    arguments: Mapping[str, str],
    *,
    beside: str = "",
    times: int = 1,
) -> Quote:
    """The price of one resource of `one`'s type with these arguments (empty ones left out)."""
    region = target.region_of(one)
    text = template(one.type, arguments, beside)
    return Quote(
        Wanted(of, region, unit),
        Decimal(times),
        ROS_ESTIMATE,
        read=partial(_read, unit, 1 if times == 1 else times),
        made=partial(_made, one.type, region, text),
    )


def template(kind: str, arguments: Mapping[str, str], beside: str = "") -> str:
    """Terraform, as ROS takes it: no provider block, since region and credentials are the caller's."""
    lines = "".join(f"  {name} = {json.dumps(text)}\n" for name, text in arguments.items() if text)
    return f'{beside}resource "{kind}" "{NAME}" {{\n{lines}{IN_VPC if beside else ""}}}\n'


def _made(kind: str, region: str, text: str, ask: Ask) -> Mapping[str, str]:
    transform = newest_terraform(region, ask)
    if not transform or kind not in priced_types(region, ask):
        raise AskError("NotPriced", f"ROS prices no {kind}", "other")
    body = {"ROSTemplateFormatVersion": "2015-09-01", "Transform": transform, "Workspace": {"main.tf": text}}
    return {"RegionId": region, "TemplateBody": json.dumps(body)}


def _read(unit: Unit, times: int, answer: Json) -> tuple[Decimal, str]:
    """One resource's amount, in `unit`; the bill multiplies it."""
    found = _within(answer, "Resources")
    priced = [
        result
        for each in found.values()
        if isinstance(each, Mapping) and isinstance(result := each.get("Result"), Mapping) and result.get("Order")
    ]
    if len(priced) != 1:
        raise nonsense(ROS_ESTIMATE.action, f"{len(priced)} prices for one resource")
    order, more = _within(priced[0], "Order"), _within(priced[0], "OrderSupplement")
    cost, currency = amount(order.get("TradeAmount")), order.get("Currency")
    said = str(more.get("PriceUnit") or "").removeprefix("/").lower()
    if cost is None or not isinstance(currency, str) or not currency:
        raise nonsense(ROS_ESTIMATE.action, "no TradeAmount with a Currency in Order")
    if said not in HOURS:
        raise nonsense(ROS_ESTIMATE.action, f"the unit {said or 'nothing'!r}")
    quantity = amount(more.get("Quantity")) or Decimal(1)
    return cost / max(quantity, Decimal(times)) / HOURS[said] * HOURS[unit], currency


def _within(answer: Json, name: str) -> Json:
    found = answer.get(name)
    if not isinstance(found, Mapping):
        raise nonsense(ROS_ESTIMATE.action, f"no {name}")
    return found
