"""A bill for programs: amounts as texts, exact, in their currency."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from dicom_cdk.cost.bill import Bill, Line
from dicom_cdk.cost.change import Change
from dicom_cdk.cost.price import HOURS_A_MONTH


def as_json(bills: Sequence[Bill], changes: Mapping[str, Change], compares: bool) -> str:
    """By stack: lines, sums by currency, what was not answered, and the change where a base was named."""
    whole = {bill.name: _bill(bill, changes.get(bill.name), compares) for bill in bills}
    return json.dumps({"hours_a_month": str(HOURS_A_MONTH), "stacks": whole}, indent=2, ensure_ascii=False) + "\n"


def _bill(bill: Bill, change: Change | None, compares: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "monthly": _texts(bill.monthly()),
        "hourly": _texts(bill.hourly()),
        "rooms": [
            {"room": room, "currency": currency, "monthly": str(sum_)}
            for (room, currency), sum_ in bill.rooms().items()
        ],
        "dates": bill.dates,
        "lines": [_line(line) for line in bill.lines],
        "not_answered": {wanted.of: why for wanted, why in bill.refused.items()},
    }
    if compares:
        moved = [{**asdict(one), "monthly": _text(one.monthly)} for one in change.moved] if change else []
        found["change"] = {
            "new_stack": change is None,
            "monthly": _texts(change.monthly() if change else {}),
            "moved": moved,
        }
    return found


def _line(line: Line) -> dict[str, Any]:
    prices = [
        {"of": quote.wanted.of, "unit": quote.wanted.unit, "times": str(quote.times),
         **({"assumed": quote.assumed} if quote.assumed else {}), **({} if price is None else {
            "amount": str(price.amount), "currency": price.currency, "source": price.source, "date": price.date})}
        for quote, price in line.priced
    ]  # fmt: skip
    return {
        "address": line.item.address, "room": line.item.room, **asdict(line.item.quantity), "currency": line.currency,
        "hourly": _text(line.hourly), "monthly": _text(line.monthly), "prices": prices,
    }  # fmt: skip


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _texts(sums: Mapping[str, Decimal]) -> dict[str, str]:
    return {currency: str(amount) for currency, amount in sorted(sums.items())}
