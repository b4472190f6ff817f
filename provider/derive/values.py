"""What an evaluated expression of Go can be, beside Python's own texts, numbers, bools, None, lists and dicts."""

from dataclasses import dataclass, field
from typing import Any

from tree_sitter import Node


@dataclass
class Struct:
    """A composite literal with named fields; `type` without its package's path or a star, as `schema.Schema`."""

    type: str
    fields: dict[str, Any]
    place: str

    def __getitem__(self, name: str) -> Any:
        return self.fields.get(name)


@dataclass(frozen=True)
class Function:
    """A function as a value. `name` is what Go's runtime calls it: a literal is `enclosing.func1`, in order of the text."""

    name: str
    package: str
    node: Node
    place: str
    scope: "Scope | None" = None


@dataclass(frozen=True)
class Call:
    """A call whose outcome is not worked out: the arguments tell what it would give."""

    name: str
    arguments: tuple[Any, ...]
    place: str


@dataclass(frozen=True)
class Opaque:
    """Anything else, by its text."""

    text: str
    place: str


@dataclass
class Scope:
    """Names inside a function, and those around it."""

    names: dict[str, Any] = field(default_factory=dict)
    outer: "Scope | None" = None

    def holder(self, name: str) -> "Scope | None":
        at: Scope | None = self
        while at is not None and name not in at.names:
            at = at.outer
        return at
