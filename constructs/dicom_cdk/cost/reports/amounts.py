"""Amounts as people read them: rounded here and nowhere before, half up to cents."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from dicom_cdk.cost.bill import Bill

CENT, FINE = Decimal("0.01"), Decimal("0.0001")
NO_PRICES = "No prices: no AccessKey in the environment and no --prices FILE. None is made up; docs/cost.md says how to get them."


def money(amount: Decimal, currency: str, *, signed: bool = False) -> str:
    """Such as CNY 1,234.50; with its sign for a difference."""
    rounded = amount.quantize(CENT, ROUND_HALF_UP)
    sign = "+" if signed and rounded > 0 else "-" if rounded < 0 else ""
    return f"{sign}{currency} {abs(rounded):,.2f}"


def small(amount: Decimal, currency: str) -> str:
    """Of an hour or one use: four digits, as the vendor's lists have them."""
    return f"{currency} {amount.quantize(FINE, ROUND_HALF_UP):,f}"


def sums(found: Mapping[str, Decimal], *, signed: bool = False) -> str:
    """Currencies apart from each other."""
    return " and ".join(money(amount, currency, signed=signed) for currency, amount in sorted(found.items()))


def dated(bill: Bill) -> str:
    """When the prices were asked."""
    dates = bill.dates
    if not dates:
        return ""
    return f"prices of {dates[0]}" if dates[0] == dates[-1] else f"prices of {dates[0]} to {dates[-1]}"
