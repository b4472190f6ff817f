"""Reads what cdktf writes for `jsonencode`: literals, lists, maps, and references that the rehearsal stands in for.

Not a Terraform interpreter: anything else is refused, with the text and the place in it.
"""

import json
import re
from collections.abc import Callable
from typing import Any

Resolve = Callable[[str, str, str], Any]
"""Resource type, name and attribute of a reference, to the value that stands for it; of a variable var, name, default."""

_SPACE = re.compile(r"\s*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_REFERENCE = re.compile(r"(?:data\.)?([a-z][a-z0-9_]*)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_]+)")
_VARIABLE = re.compile(r"var\.([A-Za-z0-9_-]+)")
_WORDS = {"true": True, "false": False, "null": None}
_WHOLE = re.compile(r"\$\{(.*)\}", re.DOTALL)
_INSIDE = re.compile(r"(?<!\$)\$\{([^{}]*)\}")


class NotUnderstood(Exception):
    """An expression that the rehearsal cannot evaluate."""


def evaluate(text: str, resolve: Resolve) -> Any:
    """The value of a string of Terraform JSON: plain text, text with references in it, or ``${jsonencode(...)}``."""
    whole = _WHOLE.fullmatch(text)
    if whole and whole[1].startswith("jsonencode("):
        reader = _Reader(whole[1], resolve)
        reader.expect("jsonencode(")
        value = reader.value()
        reader.expect(")")
        return json.dumps(value)
    if whole and (_REFERENCE.fullmatch(whole[1]) or _VARIABLE.fullmatch(whole[1])):
        return _resolved(whole[1], resolve)
    return _INSIDE.sub(lambda found: str(_resolved(found[1], resolve)), text).replace("$${", "${")


def _resolved(reference: str, resolve: Resolve) -> Any:
    if variable := _VARIABLE.fullmatch(reference):
        return resolve("var", variable[1], "default")
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise NotUnderstood(f"{reference}: allowed are references such as alicloud_vpc.network_vpc.id")
    return resolve(found[1], found[2], found[3])


class _Reader:
    def __init__(self, text: str, resolve: Resolve) -> None:
        self._text, self._at, self._resolve = text, 0, resolve

    def expect(self, token: str) -> None:
        self._skip()
        if not self._text.startswith(token, self._at):
            raise self._refused(token)
        self._at += len(token)

    def value(self) -> Any:
        self._skip()
        match self._text[self._at : self._at + 1]:
            case "{":
                return self._map()
            case "[":
                return self._list()
            case '"':
                return self._string()
        if found := _NUMBER.match(self._text, self._at):
            self._at = found.end()
            return json.loads(found[0])
        if found := _REFERENCE.match(self._text, self._at):
            self._at = found.end()
            return self._resolve(found[1], found[2], found[3])
        if found := _VARIABLE.match(self._text, self._at):
            self._at = found.end()
            return self._resolve("var", found[1], "default")
        for word, meaning in _WORDS.items():
            if self._text.startswith(word, self._at):
                self._at += len(word)
                return meaning
        raise self._refused("a value")

    def _map(self) -> dict[str, Any]:
        self.expect("{")
        found: dict[str, Any] = {}
        while not self._ends("}"):
            self._skip()
            key = self._string()
            self.expect("=")
            found[key] = self.value()
        return found

    def _list(self) -> list[Any]:
        self.expect("[")
        found = []
        while not self._ends("]"):
            found.append(self.value())
        return found

    def _ends(self, token: str) -> bool:
        """Whether the collection ends here; a comma between its parts is passed."""
        self._skip()
        if self._text.startswith(token, self._at):
            self._at += len(token)
            return True
        if self._text.startswith(",", self._at):
            self._at += 1
        return False

    def _string(self) -> str:
        found = _STRING.match(self._text, self._at)
        if found is None:
            raise self._refused("text in quotes")
        self._at = found.end()
        text: str = json.loads(found[0].replace("$${", "${"))
        return _INSIDE.sub(lambda inner: str(_resolved(inner[1], self._resolve)), text)

    def _skip(self) -> None:
        found = _SPACE.match(self._text, self._at)
        if found:
            self._at = found.end()

    def _refused(self, wanted: str) -> NotUnderstood:
        return NotUnderstood(f"expected {wanted} at {self._at}, got {self._text[self._at : self._at + 40]!r}")
