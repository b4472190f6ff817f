"""How the price of a resource is asked: a table of types, each with what it wants and the call that answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import Call
from dicom_cdk.account.errors import nonsense
from dicom_cdk.cost.price import Unit, Wanted, amount
from dicom_cdk.policy.document import Resource
from dicom_cdk.preflight.check import Target

Json = Mapping[str, object]


@dataclass(frozen=True)
class Quote:
    """One price to be asked: how often the resource needs it, by which call, and how its answer is read."""

    wanted: Wanted
    times: Decimal
    call: Call | None = None
    """None: no call is known that answers; only a price file can say it."""
    parameters: Mapping[str, str] = field(default_factory=dict, compare=False)
    read: Callable[[Json], tuple[Decimal, str]] = field(default=lambda _: (Decimal(0), ""), compare=False)
    """The answer → amount and currency. Raises AskError."""
    assumed: str = field(default="", compare=False)
    """Of what is by use: what is assumed of it."""
    made: Callable[[Ask], Mapping[str, str]] | None = field(default=None, compare=False)
    """Parameters that need an answer of their own first. Raises AskError."""


def by_file(of: str, target: Target, unit: Unit, times: int = 1, one: Resource | None = None) -> Quote:
    """A standing price that no call is known to tell. `one`: the resource, where it may be in another region."""
    return Quote(Wanted(of, target.region_of(one) if one else target.region, unit), Decimal(times))


def by_use(of: str, target: Target, assumed: str, one: Resource | None = None) -> Quote:
    """A unit's price of what is by use: in no sum. `one`: the resource, where it may be in another region."""
    return Quote(Wanted(of, target.region_of(one) if one else target.region, "use"), Decimal(1), assumed=assumed)


def quote(
    of: str, region: str, unit: Unit, call: Call, parameters: Mapping[str, str], path: str, times: int = 1
) -> Quote:
    """For calls that answer with an object of TradePrice and Currency, at `path` (names with dots)."""

    def read(answer: Json) -> tuple[Decimal, str]:
        found: object = answer
        for name in path.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
        if not isinstance(found, Mapping):
            raise nonsense(call.action, f"no {path}")
        cost = amount(found.get("TradePrice"))
        currency = found.get("Currency")
        if cost is None or not isinstance(currency, str) or not currency:
            raise nonsense(call.action, f"no TradePrice with a Currency in {path}")
        return cost, currency

    return Quote(Wanted(of, region, unit), Decimal(times), call, parameters, read)
