"""A bill for a pull request's comment: short, the change first."""

from collections.abc import Iterator, Mapping, Sequence

from dicom_cdk.cost.bill import Bill
from dicom_cdk.cost.change import Change
from dicom_cdk.cost.reports.amounts import NO_PRICES, dated, money, sums
from dicom_cdk.cost.reports.rows import rows


def as_markdown(bills: Sequence[Bill], changes: Mapping[str, Change], compares: bool) -> str:
    """A heading, then a paragraph and a folded table a stack."""
    return "### Cost\n\n" + "\n".join(
        "\n".join(_block(bill, changes.get(bill.name), compares)) + "\n" for bill in bills
    )


def _block(bill: Bill, change: Change | None, compares: bool) -> Iterator[str]:
    if not bill.lines:
        yield f"**{bill.name}**: nothing of it is billed."
    elif not bill.dates:
        yield f"**{bill.name}**: {len(bill.lines)} lines of quantities. {NO_PRICES}"
    else:
        unpriced = len(bill.unpriced())
        beside = f"; {unpriced} lines are in no sum (by use, or without a price)" if unpriced else ""
        monthly = sums(bill.monthly()) or "no sum"
        yield f"**{bill.name}**: {monthly} a month ({dated(bill)}{beside})"
    yield ""
    if compares:
        yield from _change(change)
    yield "<details><summary>Bill of quantities</summary>"
    yield ""
    yield "| room | what | how many | a month |"
    yield "| --- | --- | --- | --- |"
    for row in rows(bill):
        cost = "–" if row.monthly is None else money(row.monthly, row.currency)
        yield f"| {row.room} | {_cell(row.said)} | {row.count} | {cost} |"
    yield ""
    yield "</details>"


def _change(change: Change | None) -> Iterator[str]:
    if change is None:
        yield "The stack is new."
    elif not change.moved:
        yield "Nothing is billed otherwise by this change."
    else:
        unknown = len(change.unknown())
        beside = f"; {unknown} changed lines have no price" if unknown else ""
        yield f"**This change: {sums(change.monthly(), signed=True) or 'no price is known of it'} a month**{beside}"
        yield ""
        for one in change.moved:
            cost = "no price" if one.monthly is None else money(one.monthly, one.currency, signed=True)
            yield f"- {one.how}: {_cell(one.said)} (`{one.address}`): {cost}"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
