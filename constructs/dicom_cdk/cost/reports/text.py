"""A bill for a terminal."""

from collections.abc import Iterator, Mapping, Sequence

from dicom_cdk.cost.bill import Bill
from dicom_cdk.cost.change import Change
from dicom_cdk.cost.price import HOURS_A_MONTH
from dicom_cdk.cost.reports.amounts import NO_PRICES, dated, money, small, sums
from dicom_cdk.cost.reports.rows import rows


def as_text(bills: Sequence[Bill], changes: Mapping[str, Change], compares: bool) -> str:
    """A block a stack: items, sums by room, what is in no sum, the change."""
    return "\n".join("\n".join(_block(bill, changes.get(bill.name), compares)) + "\n" for bill in bills)


def _block(bill: Bill, change: Change | None, compares: bool) -> Iterator[str]:
    dates = dated(bill)
    yield f"{bill.name}{f' ({dates})' if dates else ''}:"
    for row in rows(bill):
        cost = "-" if row.monthly is None else money(row.monthly, row.currency)
        many = f"{row.count} × " if row.count != 1 else ""
        yield f"  {cost:>16}  {row.room}: {many}{row.said}{f' [{row.billed}]' if row.billed else ''}"
    if bill.monthly():
        yield f"A month of {HOURS_A_MONTH} hours, of what has a price: {sums(bill.monthly())}"
        for (room, currency), amount in bill.rooms().items():
            yield f"  {room}: {money(amount, currency)}"
        if hourly := bill.hourly():
            yield "An hour: " + " and ".join(small(amount, currency) for currency, amount in sorted(hourly.items()))
    if not bill.lines:
        yield "Nothing of it is billed."
    elif not bill.dates:
        yield NO_PRICES
    elif unpriced := bill.unpriced():
        yield f"In no sum, because by use or without a price: {len(unpriced)} of {len(bill.lines)} lines (marked -)"
    if used := bill.by_use():
        yield "By use, in no sum:"
        for quote, price in used:
            cost = small(price.amount, price.currency) if price else "no price"
            yield f"  {quote.wanted.of}: {cost}{f' ({quote.assumed})' if quote.assumed else ''}"
    for wanted, why in bill.refused.items():
        yield f"  not answered: {wanted.of}: {why}"
    if compares:
        yield from _change(change)


def _change(change: Change | None) -> Iterator[str]:
    if change is None:
        yield "Change: the stack is new."
        return
    if not change.moved:
        yield "Change: nothing is billed otherwise."
        return
    yield f"Change: {sums(change.monthly(), signed=True) or 'no price is known of it'} a month"
    for one in change.moved:
        cost = "-" if one.monthly is None else money(one.monthly, one.currency, signed=True)
        yield f"  {cost:>16}  {one.how}: {one.said} ({one.address})"
