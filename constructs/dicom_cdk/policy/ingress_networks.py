"""The networks that a rule of a security group lets in: its ranges, and those of the prefix list that it names.

A list is as wide as its widest entry. What stands in no list of the stack is said by the list's id, since nobody can be asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

RULE = "alicloud_security_group_rule"
RANGES = ("cidr_ip", "ipv6_cidr_ip")
LIST = "prefix_list_id"
LISTS = ("alicloud_ecs_prefix_list", "alicloud_vpc_prefix_list")
LISTED = "prefix_list_cidrs"
"""What policies over one resource find the ranges of its list under; no argument of the provider."""
_ENTRIES = {"alicloud_ecs_prefix_list": "entry", "alicloud_vpc_prefix_list": "entrys"}


class Described(Protocol):
    """A resource, as `policy/document.py` has it."""

    @property
    def type(self) -> str: ...

    @property
    def values(self) -> Mapping[str, Any]: ...

    def get(self, name: str, default: Any = None) -> Any: ...


class Stack(Protocol):
    """Resources that a value of another one refers to."""

    def targets(self, value: Any, *types: str) -> Sequence[Described]: ...


def networks(stack: Stack, rule: Described) -> list[str]:
    """Every range, and the id of a list that is not in the stack."""
    found = [str(rule.get(name)) for name in RANGES if rule.get(name)]
    return [*found, *(listed(stack, rule) or ([str(rule.get(LIST))] if rule.get(LIST) else []))]


def listed(stack: Stack, rule: Described) -> list[str]:
    """Ranges of the list that a rule names; none where it names none of the stack."""
    lists = stack.targets(rule.values.get(LIST), *LISTS)
    return [str(cidr) for one in lists for cidr in _cidrs(one.get(_ENTRIES[one.type]))]


def _cidrs(entries: Any) -> Iterator[Any]:
    for one in entries if isinstance(entries, list) else [entries]:
        if isinstance(one, dict) and one.get("cidr"):
            yield one["cidr"]
        elif isinstance(one, str):
            # Entries that only a plan knows.
            yield one
