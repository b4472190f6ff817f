"""The bill: each item with its prices, what it makes an hour and a month, and the sums; nothing is rounded here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from dicom_cdk.cost.items import Item, items
from dicom_cdk.cost.price import HOURS_A_MONTH, Price, Wanted
from dicom_cdk.cost.tariff import Quote
from dicom_cdk.cost.tariffs import quotes
from dicom_cdk.preflight.check import Target

Found = Mapping[Wanted, Price]
Key = TypeVar("Key")


@dataclass(frozen=True)
class Line:
    """One item. `priced`: what it is made of, with the price where one is known."""

    item: Item
    priced: tuple[tuple[Quote, Price | None], ...]

    @property
    def known(self) -> bool:
        """Whether every price of its standing cost is known, and there is one."""
        standing = [price for quote, price in self.priced if quote.wanted.unit != "use"]
        return bool(standing) and None not in standing

    @property
    def currency(self) -> str:
        return next((price.currency for _, price in self.priced if price), "")

    @property
    def hourly(self) -> Decimal | None:
        """Of pay-as-you-go parts; None where one has no price."""
        return _sum(self.priced, "hour") if self.known else None

    @property
    def monthly(self) -> Decimal | None:
        """Hours of a month, and subscriptions; None where one has no price."""
        return _sum(self.priced, "hour") * HOURS_A_MONTH + _sum(self.priced, "month") if self.known else None


def _sum(priced: Iterable[tuple[Quote, Price | None]], unit: str) -> Decimal:
    return sum(
        (price.amount * quote.times for quote, price in priced if price and quote.wanted.unit == unit), start=Decimal(0)
    )


@dataclass(frozen=True)
class Bill:
    """All lines of a stack, and where its prices are from."""

    name: str
    lines: tuple[Line, ...]
    refused: Mapping[Wanted, str] = field(default_factory=dict)
    """Prices that were asked and not answered, and why."""

    @property
    def dates(self) -> list[str]:
        """Days of the prices, oldest first."""
        return sorted({price.date for line in self.lines for _, price in line.priced if price})

    def monthly(self) -> dict[str, Decimal]:
        """Currency → sum of the lines that are known. Different currencies are never added."""
        return _sums((line.currency, line.monthly) for line in self.lines)

    def hourly(self) -> dict[str, Decimal]:
        """Currency → sum an hour of what is paid by the hour."""
        return _sums((line.currency, line.hourly) for line in self.lines)

    def rooms(self) -> dict[tuple[str, str], Decimal]:
        """(Room, currency) → sum a month."""
        return _sums(((line.item.room, line.currency), line.monthly) for line in self.lines)

    def by_use(self) -> list[tuple[Quote, Price | None]]:
        """What is billed by use, each once."""
        found = {
            quote.wanted: (quote, price)
            for line in self.lines
            for quote, price in line.priced
            if quote.wanted.unit == "use"
        }
        return list(found.values())

    def unpriced(self) -> list[Line]:
        """Lines that no sum holds."""
        return [line for line in self.lines if not line.known]


def _sums(parts: Iterable[tuple[Key, Decimal | None]]) -> dict[Key, Decimal]:
    found: dict[Key, Decimal] = {}
    for key, amount in parts:
        if amount is not None:
            found[key] = found.get(key, Decimal(0)) + amount
    return found


def wanted(target: Target) -> list[Quote]:
    """Every price that a stack needs, each once, in order."""
    found: dict[Wanted, Quote] = {}
    for item in items(target.document):
        for quote in quotes(target, item.resource):
            found.setdefault(quote.wanted, quote)
    return list(found.values())


def bill(target: Target, prices: Found, refused: Mapping[Wanted, str] | None = None) -> Bill:
    """The bill of a stack by these prices."""
    lines = tuple(
        Line(item, tuple((quote, prices.get(quote.wanted)) for quote in quotes(target, item.resource)))
        for item in items(target.document)
    )
    return Bill(target.stack.name, lines, dict(refused or {}))
