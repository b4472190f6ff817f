"""Parts of an expression, and one evaluation of them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from dicom_cdk.plan.reading.expressions.conversions import Open, Partly, Unknown, Wrong, followed
from dicom_cdk.plan.reading.expressions.wording import Names, inlined
from dicom_cdk.plan.reading.written_json import is_open

STEPS = 50_000
"""Nodes of one expression that are evaluated: lists within lists grow without end."""
LETTERS = 256
"""Of a text that are one step: loops make lists of long ones."""
_MISSING = object()
_PLAIN = re.compile(r"[^\W\d][\w-]*(?:\.[\w-]+)*")


class Run:
    """One evaluation: what is named, and how much was done."""

    def __init__(self, names: Names, within: Mapping[str, Any] | None = None, done: list[int] | None = None) -> None:
        self.names = names
        self.within = within or {}
        self.done = done if done is not None else [0]

    def beside(self, more: Mapping[str, Any]) -> "Run":
        return Run(self.names, {**self.within, **more}, self.done)

    def whole(self, node: "Node") -> Any:
        """Its value. Raises Open where only Terraform knows it."""
        self.done[0] += 1
        if self.done[0] > STEPS:
            raise Open
        found = node.value(self)
        if isinstance(found, str):
            self.done[0] += len(found) // LETTERS
        if is_open(found) and not isinstance(found, Partly):
            raise Open
        return found

    def part(self, node: "Node") -> Any:
        """Its value, or that it is unknown: one element of a list may be, and the others are read."""
        # Most expressions are references that nothing here follows.
        if node.plain and not self.within and self.done[0] < STEPS and self._found(node.steps or ()) is None:
            self.done[0] += 1
            return Unknown(node.shown)
        try:
            return self.whole(node)
        except Open:
            if node.steps is not None and (found := self._led(node.steps)):
                return Unknown(found)
            if self.done[0] > STEPS or any(re.search(rf"\b{name}\b", node.text) for name in self.within):
                raise
            return Unknown(inlined(node.shown, self.names))

    def _led(self, steps: tuple[Any, ...]) -> str | None:
        """The text that the steps lead to where it is one that only Terraform fills in."""
        try:
            found = self.named(steps)
        except (Open, Wrong):
            return None
        return found if is_open(found) else None

    def named(self, steps: tuple[Any, ...]) -> Any:
        """What the steps lead to. Raises Open and Wrong."""
        if steps[0] in self.within:
            return followed(self.within[steps[0]], steps[1:])
        if (known := self._found(steps)) is None:
            raise Open
        return followed(*known)

    def _found(self, steps: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]] | None:
        """What as many of the steps as are known stand for, and the others; None where none is."""
        for length in range(len(steps), 0, -1):
            found = self.names.get(steps[:length], _MISSING)
            if found is not _MISSING:
                return found, steps[length:]
        return None


class Node:
    """A part of an expression: as it is written, and what gives its value."""

    def __init__(
        self, text: str, value: Callable[[Run], Any], steps: tuple[Any, ...] | None = None, shown: str | None = None
    ) -> None:
        self.text = text
        self.value = value
        self.steps = steps
        """Of a name that is followed, such as ("var", "nets", 0)."""
        self.plain = steps is not None and _PLAIN.fullmatch(text) is not None and tuple(text.split(".")) == steps
        """A name that stands there as its steps are, without brackets and blanks."""
        self.shown = f"${{{text}}}" if shown is None else shown
        """How it stands in a text."""
