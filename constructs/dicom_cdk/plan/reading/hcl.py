"""A module's HCL as Terraform JSON: blocks and literals; every other expression is kept as the text `${…}`.

Terraform itself plans modules; this is for who looks into their files: types, calls, arguments as they are written.
"""

import math
import re
import sys
from typing import Any

from dicom_cdk.plan.reading.hcl_text import HEREDOC, SPACE, Text
from dicom_cdk.plan.reading.written_json import DEEPEST

Json = dict[str, Any]
_BLANK = re.compile(r"(?:[ \t\r]|/\*.*?\*/)+", re.DOTALL)
_NAME = re.compile(r"[^\W\d][\w-]*")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))')
LONGEST_NUMBER = 300
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_CONSTANTS = {"true": True, "false": False, "null": None}
ONCE = ("locals", "terraform", "variable", "output", "resource", "data", "ephemeral")
"""Blocks of a file that are one map by name in Terraform JSON; all others may stand several times."""


def read(text: str) -> Json:
    """The file's blocks as Terraform JSON has them; a block that stands several times, or nested, is a list. Raises NotHcl."""
    return _Reader(text.removeprefix("\ufeff")).file()


def value(expression: str) -> Any:
    """An expression as Terraform JSON has it. Raises NotHcl."""
    return _Reader(expression).value(0, len(expression))


class _Reader(Text):
    def file(self) -> Json:
        found, at = self.body(0, "", 0)
        if at < len(self.text):
            raise self.refused(at, "a closing bracket too much")
        return found

    def body(self, at: int, end: str, depth: int) -> tuple[Json, int]:
        """Attributes and blocks up to `end`, and where that stands."""
        if depth > DEEPEST:
            raise self.refused(at, f"more than {DEEPEST} blocks within each other")
        found: Json = {}
        while True:
            at = self.skipped(at)
            if at >= len(self.text) or self.text[at] == "}":
                if end and at >= len(self.text):
                    raise self.refused(at, "the file ends inside a block")
                return found, at
            name = _NAME.match(self.text, at)
            if name is None:
                raise self.refused(at, f"got {self.text[at]!r}, allowed is the name of an argument or block")
            at = self.skipped(name.end(), _BLANK)
            if self.text[at : at + 1] == "=":
                at, last = self.expression_end(start := at + 1, "\n}")
                found[name[0]] = self.value(start, last)
                continue
            labels = []
            while at < len(self.text) and self.text[at] != "{":
                label = _NAME.match(self.text, at)
                if self.text[at] == '"':
                    stop = self.string_end(at, 0)
                    labels.append(self.text[at + 1 : stop - 1])
                elif label:
                    stop = label.end()
                    labels.append(label[0])
                else:
                    raise self.refused(at, f"{name[0]}: neither `=` nor a block follows")
                at = self.skipped(stop, _BLANK)
            inner, at = self.body(at + 1, "}", depth + 1)
            at += 1
            self.placed(found, name[0], labels, inner, top=depth == 0)

    @staticmethod
    def placed(found: Json, name: str, labels: list[str], inner: Json, *, top: bool) -> None:
        place = found
        for label in (name, *labels)[:-1]:
            place = place.setdefault(label, {})
        last = (name, *labels)[-1]
        if (top and name in ONCE) or name == "lifecycle":
            known = place.get(last)
            place[last] = {**known, **inner} if isinstance(known, dict) else inner
        else:
            place.setdefault(last, []).append(inner)

    def value(self, start: int, stop: int, depth: int = 0) -> Any:
        """What stands from `start` to `stop`, as Terraform JSON has it."""
        if depth > DEEPEST:
            raise self.refused(start, f"more than {DEEPEST} brackets within each other")
        start = self.skipped(start)
        text = self.text[start:stop].rstrip()
        if not text:
            raise self.refused(stop, "a value is missing")
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        # A number that no program of ours can hold stays as it is written.
        if _NUMBER.fullmatch(text) and len(text) < LONGEST_NUMBER and math.isfinite(number := float(text)):
            return number if re.search(r"[.eE]", text) else int(text)
        heredoc = HEREDOC.match(self.text, start) if text.startswith("<<") else None
        if heredoc:
            inside, end = self.heredoc(heredoc)
            if end >= start + len(text):
                return inside
        if text[0] == '"' and self.string_end(start, 0) == start + len(text):
            return _ESCAPE.sub(lambda found: self.unescaped(start, found), text[1:-1])
        if text[0] in "[{" and self.closes(start) == start + len(text) and not re.match(r"[\[{]\s*for\b", text):
            inside_end = start + len(text) - 1
            return (
                self.elements(start + 1, inside_end, depth) if text[0] == "[" else self.object(start, inside_end, depth)
            )
        return f"${{{' '.join(SPACE.sub(' ', text).split()) if chr(34) not in text and '<<' not in text else text}}}"

    def unescaped(self, at: int, found: re.Match[str]) -> str:
        code = int(found[2] or found[3] or "0", 16)
        if code > sys.maxunicode:
            raise self.refused(at, f"{found[0]} is no letter of Unicode")
        return _PLAIN[found[1]] if found[1] else chr(code)

    def elements(self, at: int, stop: int, depth: int) -> list[Any]:
        found = []
        while (at := self.skipped(at)) < stop:
            end, last = self.expression_end(at, ",]")
            found.append(self.value(at, min(last, stop), depth + 1))
            at = end + 1
        return found

    def object(self, at: int, stop: int, depth: int) -> Any:
        start, found = at, {}
        at += 1
        while (at := self.skipped(at)) < stop:
            if self.text[at] == ",":
                at += 1
                continue
            middle, _ = self.expression_end(at, "=:}")
            if middle >= stop:
                raise self.refused(at, "a key without a value")
            key = self.text[at:middle].strip()
            if key.startswith("("):
                # A key that is computed: the object is an expression.
                return f"${{{self.text[start : stop + 1]}}}"
            at, last = self.expression_end(middle + 1, ",\n}")
            found[key.strip('"')] = self.value(middle + 1, min(last, stop), depth + 1)
        return found
