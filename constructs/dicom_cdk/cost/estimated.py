"""Prices by Resource Orchestration (ROS), which names the types that it can price; all others have no price, and that is said."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

from dicom_cdk.account.calls import ROS_ESTIMATE
from dicom_cdk.account.errors import nonsense
from dicom_cdk.account.orchestration import estimate_of, order, template, within
from dicom_cdk.cost.price import HOURS_A_MONTH, Unit, Wanted, amount
from dicom_cdk.cost.tariff import Json, Quote
from dicom_cdk.policy.document import Resource
from dicom_cdk.preflight.check import Target

HOURS: Mapping[str, Decimal] = {
    "hour": Decimal(1),
    "day": Decimal(24),
    "month": HOURS_A_MONTH,
    "year": HOURS_A_MONTH * 12,
}


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
    return Quote(
        Wanted(of, region, unit),
        Decimal(times),
        ROS_ESTIMATE,
        read=partial(_read, unit, times),
        made=partial(estimate_of, one.type, region, template(one.type, arguments, beside)),
    )


def _read(unit: Unit, times: int, answer: Json) -> tuple[Decimal, str]:
    """One resource's amount, in `unit`; the bill multiplies it."""
    priced = order(answer)
    sum_, more = within(priced, "Order"), within(priced, "OrderSupplement")
    cost, currency = amount(sum_.get("TradeAmount")), sum_.get("Currency")
    said = str(more.get("PriceUnit") or "").removeprefix("/").lower()
    if cost is None or not isinstance(currency, str) or not currency:
        raise nonsense(ROS_ESTIMATE.action, "no TradeAmount with a Currency in Order")
    if said not in HOURS:
        raise nonsense(ROS_ESTIMATE.action, f"the unit {said or 'nothing'!r}")
    quantity = amount(more.get("Quantity")) or Decimal(1)
    return cost / max(quantity, Decimal(times)) / HOURS[said] * HOURS[unit], currency
