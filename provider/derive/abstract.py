"""What is known of a value without running anything: the texts that it can be, its type, the members of a list.

A text may have holes, `{}`, where a part is not known.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

MOST = 64
"""Texts that one value can be; more of them is not known at all."""
HOLE = "{}"


@dataclass(frozen=True)
class Typed:
    """Of a type, by its name in its own package; `package` is the import's path where it is another module's."""

    name: str
    package: str = ""


@dataclass(frozen=True)
class Members:
    """A list, or the values of a map."""

    of: "Value"


@dataclass(frozen=True)
class Keys:
    """The keys of a map, as far as they are written down."""

    of: "Value"


Value: TypeAlias = frozenset["str | Typed | Members | Keys"]
UNKNOWN: Value = frozenset()


def texts(value: Value) -> list[str]:
    """The texts among what a value can be, sorted."""
    return sorted(one for one in value if isinstance(one, str))


def typed(value: Value) -> list[Typed]:
    """The types among what a value can be."""
    return sorted((one for one in value if isinstance(one, Typed)), key=lambda one: (one.package, one.name))


def members(value: Value) -> Value:
    """What an element of a value can be."""
    return frozenset[str | Typed | Members | Keys]().union(*(one.of for one in value if isinstance(one, Members)))


def keys(value: Value) -> list[str]:
    """The keys of a map that are known, sorted."""
    return sorted({name for one in value if isinstance(one, Keys) for name in texts(one.of)})


def joined(parts: Iterable[Value]) -> Value:
    """Parts put together to one text; what is not known leaves a hole."""
    choices = [texts(one) or [HOLE] for one in parts]
    found = frozenset("".join(one) for one in itertools.islice(itertools.product(*choices), MOST + 1))
    return found if len(found) <= MOST else UNKNOWN


def either(values: Iterable[Value]) -> Value:
    """One of several values."""
    return frozenset[str | Typed | Members | Keys]().union(*values)


class Names:
    """Names in sight with what each can be: scopes inside one another. Branches work on a copy and are joined."""

    def __init__(self, scopes: "list[dict[str, Value]] | None" = None) -> None:
        self._scopes = scopes if scopes is not None else [{}]

    def copy(self) -> "Names":
        return Names([dict(one) for one in self._scopes])

    def inner(self) -> "Names":
        """A block of its own: new names end with it, assignments to outer ones stay."""
        return Names([*self._scopes, {}])

    def get(self, name: str) -> Value | None:
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name]
        return None

    def declare(self, name: str, value: Value) -> None:
        if name != "_":
            self._scopes[-1][name] = value

    def assign(self, name: str, value: Value) -> None:
        for scope in reversed(self._scopes):
            if name in scope:
                scope[name] = value
                return

    def become(self, branches: "list[Names]") -> None:
        """What a name can be after one of several branches."""
        for at, scope in enumerate(self._scopes):
            for name in scope:
                scope[name] = either(one._scopes[at][name] for one in branches if name in one._scopes[at])
