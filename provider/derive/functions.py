"""What a function is known by: a hash of its text, and of the provider's functions that it calls.

The text counts as tokens: another layout or comment is no change.
"""

import hashlib

from tree_sitter import Node

from provider.derive.golang import Checkout, inside, part, text
from provider.derive.values import Function

LENGTH = 16
"""Hexadecimal digits that are kept."""


def tokens(node: Node) -> list[str]:
    """The words of a text, without comments."""
    return [text(one) for one in inside(node) if not one.child_count and one.type != "comment" and text(one).strip()]


class Hashes:
    """Hashes of one checkout's functions."""

    def __init__(self, checkout: Checkout) -> None:
        self._checkout = checkout
        self._known: dict[tuple[str, str], str] = {}

    def of(self, function: Function) -> str:
        """Hexadecimal; what it calls of the same package by name counts too, methods of services do not."""
        return self._of(function.package, function.node, frozenset())

    def _of(self, package: str, node: Node, above: frozenset[tuple[str, str]]) -> str:
        words = tokens(part(node, "parameters")) + tokens(part(node, "body"))
        called = sorted({key for word in words if (key := (package, word)) in self._checkout.functions} - above)
        for key in called:
            if key not in self._known:
                self._known[key] = self._of(package, self._checkout.functions[key].node, above | {key})
            words.append(f"{key[1]}={self._known[key]}")
        return hashlib.sha256("\n".join(words).encode()).hexdigest()[:LENGTH]
