"""What a change costs: the bill before and the bill after, by the same prices, resource by resource."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from dicom_cdk.cost.bill import Bill, Line
from dicom_cdk.plan.modules import resources as module_resources
from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.state import chains, operations, told


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
            if one.monthly is not None and one.currency:
                found[one.currency] = found.get(one.currency, Decimal(0)) + one.monthly
        return found

    def unknown(self) -> list[Moved]:
        """What the difference does not hold."""
        return [one for one in self.moved if one.monthly is None]


@dataclass(frozen=True)
class Stays:
    """What a change only gives another place in the state. `renamed`: old → new address; `left`, `taken`: addresses that leave the
    state, or come into it, while the account holds what they are of; those of modules too."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    left: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()


def stays(base: Stack, head: Stack) -> Stays:
    """By the blocks `moved`, `removed` and `import` of `head`. Raises NotAStack."""
    blocks = operations.of_stack(head)
    came_from = chains.came_from(blocks, [one.address for one in module_resources.resources(base)])
    # What keeps its address only gives instances away.
    there = {one.address for one in module_resources.resources(head)}
    renamed = {old: new for new, old in came_from.items() if old not in there}
    taken = (address for address, how in told.imported(head).items() if how == told.WHOLE)
    return Stays(renamed, frozenset(operations.forgotten(blocks)), frozenset(taken))


def change(base: Bill, head: Bill, stays: Stays | None = None) -> Change:
    """From `base` to `head`."""
    stays = stays or Stays()
    before = {stays.renamed.get(line.item.address, line.item.address): line for line in base.lines}
    after = {line.item.address: line for line in head.lines}
    return Change(head.name, tuple(_moved(before, after, stays)))


def _moved(before: dict[str, Line], after: dict[str, Line], stays: Stays) -> Iterator[Moved]:
    for address in dict.fromkeys([*after, *before]):
        old, new = before.get(address), after.get(address)
        if old is None and new is not None and address in stays.taken:
            yield Moved(address, new.item.said, "imported, billed already", Decimal(0), new.currency)
        elif new is None and old is not None and _within(address, stays.left):
            yield Moved(address, old.item.said, "left in the account, billed as before", Decimal(0), old.currency)
        elif old is None and new is not None:
            yield Moved(address, new.item.said, "new", new.monthly, new.currency)
        elif new is None and old is not None:
            yield Moved(address, old.item.said, "gone", None if old.monthly is None else -old.monthly, old.currency)
        elif old is not None and new is not None and _billed(old) != _billed(new):
            yield _changed(address, old, new)


def _within(address: str, left: Collection[str]) -> bool:
    return any(address == one or address.startswith(f"{one}.") for one in left)


def _billed(line: Line) -> object:
    return line.item.quantity, [(quote.wanted, quote.times) for quote, _ in line.priced]


def _changed(address: str, old: Line, new: Line) -> Moved:
    said = new.item.said if old.item.said == new.item.said else f"{old.item.said} → {new.item.said}"
    if old.monthly is None or new.monthly is None or old.currency != new.currency:
        return Moved(address, said, "changed", None, new.currency)
    return Moved(address, said, "changed", new.monthly - old.monthly, new.currency)
