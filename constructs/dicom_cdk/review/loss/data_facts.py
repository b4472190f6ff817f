"""What is known of each resource type: what is lost with it, and which updates in place let data go (provider/data_loss.toml)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from dicom_cdk import shipped

FILE = "provider/data_loss.toml"
CONDITIONS = ("lowered", "lower", "changed", "cleared", "emptied", "set", "given", "earlier", "fewer")
"""What `when` of a fact may be; each is explained in the file."""


@dataclass(frozen=True)
class Fact:
    """One argument whose change lets data go. `path`: through blocks; the rest is explained in the file."""

    path: str
    when: str
    what: str = ""
    key: str = ""
    order: tuple[str, ...] = ()
    absent: str = ""
    forever: tuple[str, ...] = ()
    say: str = ""
    made: bool = False
    refuses: bool = False
    types: tuple[str, ...] = ()
    only: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class DataFacts:
    """`holds`: type → what is lost with it; `guards`: type → what nobody keeps any more; `nothing`: all others of the provider."""

    holds: Mapping[str, str]
    guards: Mapping[str, str]
    nothing: frozenset[str]
    in_place: Mapping[str, tuple[Fact, ...]]
    protection: tuple[Fact, ...]


@cache
def data_facts() -> DataFacts:
    """The table, read once."""
    table = tomllib.loads(shipped.path(FILE).read_text())
    by_type: dict[str, list[Fact]] = {}
    for entry in table["in_place"]:
        for kind in entry["types"]:
            by_type.setdefault(kind, []).append(_fact({key: value for key, value in entry.items() if key != "types"}))
    return DataFacts(
        table["holds"],
        table["guards"],
        frozenset(table["nothing"]["types"]),
        {kind: tuple(facts) for kind, facts in by_type.items()},
        tuple(_fact(entry) for entry in table["protection"]),
    )


def lost_with(kind: str) -> str | None:
    """What is lost with a resource of this type; None where it holds nothing, or is of another provider."""
    return data_facts().holds.get(kind)


def _fact(entry: dict[str, Any]) -> Fact:
    arguments: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()
    }
    return Fact(**arguments)
