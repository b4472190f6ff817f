"""Rows of a bill as people read them: what is alike in a room is one row."""

from dataclasses import dataclass
from decimal import Decimal

from dicom_cdk.cost.bill import Bill


@dataclass(frozen=True)
class Row:
    """`monthly`: of all of them; None where there is no price."""

    room: str
    said: str
    billed: str
    count: int
    currency: str
    monthly: Decimal | None


def rows(bill: Bill) -> list[Row]:
    """In the order of the bill."""
    found: dict[tuple[str, str, str, str, bool], Row] = {}
    for line in bill.lines:
        quantity = line.item.quantity
        billed = "; ".join(part for part in (quantity.billing, quantity.by) if part)
        key = (line.item.room, line.item.said, billed, line.currency, line.monthly is None)
        before = found.get(key, Row(*key[:3], 0, line.currency, None if line.monthly is None else Decimal(0)))
        monthly = None if before.monthly is None or line.monthly is None else before.monthly + line.monthly
        found[key] = Row(*key[:3], before.count + quantity.count, line.currency, monthly)
    return list(found.values())
