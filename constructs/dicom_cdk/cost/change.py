"""What a change costs: the bill before and the bill after, by the same prices, resource by resource."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from dicom_cdk.cost.bill import Bill, Line


@dataclass(frozen=True)
class Moved:
    """One resource that is billed otherwise. `monthly`: the difference; None where a price of one side is not known."""

    address: str
    said: str
    how: str
    monthly: Decimal | None
    currency: str


@dataclass(frozen=True)
class Change:
    """All of a stack that is billed otherwise."""

    name: str
    moved: tuple[Moved, ...]

    def monthly(self) -> dict[str, Decimal]:
        """Currency → difference of what is known."""
        found: dict[str, Decimal] = {}
        for one in self.moved:
            if one.monthly is not None:
                found[one.currency] = found.get(one.currency, Decimal(0)) + one.monthly
        return found

    def unknown(self) -> list[Moved]:
        """What the difference does not hold."""
        return [one for one in self.moved if one.monthly is None]


def change(base: Bill, head: Bill) -> Change:
    """From `base` to `head`."""
    before, after = ({line.item.address: line for line in each.lines} for each in (base, head))
    return Change(head.name, tuple(_moved(before, after)))


def _moved(before: dict[str, Line], after: dict[str, Line]) -> Iterator[Moved]:
    for address in dict.fromkeys([*after, *before]):
        old, new = before.get(address), after.get(address)
        if old is None and new is not None:
            yield Moved(address, new.item.said, "new", new.monthly, new.currency)
        elif new is None and old is not None:
            yield Moved(address, old.item.said, "gone", None if old.monthly is None else -old.monthly, old.currency)
        elif old is not None and new is not None and _billed(old) != _billed(new):
            yield _changed(address, old, new)


def _billed(line: Line) -> object:
    return line.item.quantity, [(quote.wanted, quote.times) for quote, _ in line.priced]


def _changed(address: str, old: Line, new: Line) -> Moved:
    said = new.item.said if old.item.said == new.item.said else f"{old.item.said} → {new.item.said}"
    if old.monthly is None or new.monthly is None or old.currency != new.currency:
        return Moved(address, said, "changed", None, new.currency)
    return Moved(address, said, "changed", new.monthly - old.monthly, new.currency)
