"""A price, of one thing for one unit: where it was asked, when, in which currency."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

Unit = Literal["hour", "month", "use"]
HOURS_A_MONTH = Decimal(730)
"""8,760 hours a year / 12."""


@dataclass(frozen=True)
class Wanted:
    """What a price is asked for. `of`: the thing in words, complete: what it says is what the price depends on."""

    of: str
    region: str
    unit: Unit


@dataclass(frozen=True)
class Price:
    """`amount`: of one thing for one unit, after the account's discounts. `source`: the call. `date`: ISO day."""

    amount: Decimal
    currency: str
    source: str
    date: str


def amount(value: object) -> Decimal | None:
    """A number of an answer or a file, exactly; None where it is none, or below nothing."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and found >= 0 else None
