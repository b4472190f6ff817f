"""A module's HCL as Terraform JSON: blocks and literals; every other expression is kept as the text `${…}`.

Terraform itself plans modules; this is for who looks into their files: types, calls, arguments as they are written.

Over 200 lines: one small reader of a language; its parts call each other.
"""

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_BLANK = re.compile(r"(?:[ \t\r]|/\*.*?\*/)+", re.DOTALL)
_COMMENT = re.compile(r"#[^\n]*|//[^\n]*|/\*.*?\*/", re.DOTALL)
_NAME = re.compile(r"[^\W\d][\w-]*")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_HEREDOC = re.compile(r"<<(?P<flush>-?)(?P<word>[\w-]+)[ \t\r]*\n")
_ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))')
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_CONSTANTS = {"true": True, "false": False, "null": None}
DEEPEST = 100
"""Blocks, brackets and templates within each other; more is no program that a person wrote."""
ONCE = ("locals", "terraform", "variable", "output", "resource", "data", "ephemeral")
"""Blocks of a file that are one map by name in Terraform JSON; all others may stand several times."""


class NotHcl(Exception):
    """The text is no HCL, at `line`, from 1."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


def read(text: str) -> Json:
    """The file's blocks as Terraform JSON has them; a block that stands several times, or nested, is a list. Raises NotHcl."""
    return _Reader(text.removeprefix("\ufeff")).file()


def value(expression: str) -> Any:
    """An expression as Terraform JSON has it. Raises NotHcl."""
    return _Reader(expression).value(0, len(expression))


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text

    def file(self) -> Json:
        found, at = self.body(0, "", 0)
        if at < len(self.text):
            raise self.refused(at, "a closing bracket too much")
        return found

    def refused(self, at: int, why: str) -> NotHcl:
        return NotHcl(self.text.count("\n", 0, at) + 1, why)

    def skipped(self, at: int, what: re.Pattern[str] = _SPACE) -> int:
        found = what.match(self.text, at)
        return found.end() if found else at

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

    def expression_end(self, at: int, ends: str) -> tuple[int, int]:
        """Where the expression ends, at one of `ends` outside brackets, texts and comments; and behind its last sign."""
        waiting: list[str] = []
        last = at
        while at < len(self.text):
            sign = self.text[at]
            if sign == '"':
                at = last = self.string_end(at, 0)
                continue
            heredoc = _HEREDOC.match(self.text, at) if sign == "<" else None
            if heredoc:
                at = last = self.heredoc(heredoc)[1]
                continue
            if sign in "#/":
                comment = _COMMENT.match(self.text, at)
                if comment:
                    at = comment.end()
                    continue
            if not waiting and sign in ends:
                return at, last
            if sign in _CLOSING:
                waiting.append(_CLOSING[sign])
            elif sign in ")]}" and (not waiting or waiting.pop() != sign):
                raise self.refused(at, f"{sign} closes nothing")
            at += 1
            last = last if sign.isspace() else at
        if waiting:
            raise self.refused(at, f"{waiting[-1]} is missing")
        return at, last

    def string_end(self, at: int, depth: int) -> int:
        """Behind the closing quote; templates inside may have quotes of their own."""
        start = at
        if depth > DEEPEST:
            raise self.refused(at, f"more than {DEEPEST} texts within each other")
        at += 1
        while at < len(self.text):
            sign = self.text[at]
            if sign == "\\":
                at += 2
            elif sign in "$%" and self.text[at : at + 3] in ("$${", "%%{"):
                at += 3
            elif sign in "$%" and self.text[at + 1 : at + 2] == "{":
                at = self.template_end(at + 2, depth + 1)
            elif sign == '"':
                return at + 1
            elif sign == "\n":
                break
            else:
                at += 1
        raise self.refused(start, "a text without its closing quote")

    def template_end(self, at: int, depth: int) -> int:
        open_ = 1
        while at < len(self.text):
            sign = self.text[at]
            if sign == '"':
                at = self.string_end(at, depth)
                continue
            open_ += (sign == "{") - (sign == "}")
            at += 1
            if open_ == 0:
                return at
        raise self.refused(at, "a template without its closing bracket")

    def heredoc(self, found: re.Match[str]) -> tuple[str, int]:
        """Its text, and where it ends."""
        last = re.compile(rf"^[ \t]*{re.escape(found['word'])}[ \t\r]*$", re.MULTILINE).search(self.text, found.end())
        if last is None:
            raise self.refused(found.start(), f"the text is not ended by {found['word']}")
        lines = self.text[found.end() : last.start()].split("\n")
        if found["flush"]:
            margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
            lines = [line[margin:] for line in lines]
        return "\n".join(lines), last.end()

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
        if _NUMBER.fullmatch(text):
            return float(text) if re.search(r"[.eE]", text) else int(text)
        heredoc = _HEREDOC.match(self.text, start) if text.startswith("<<") else None
        if heredoc:
            inside, end = self.heredoc(heredoc)
            if end >= start + len(text):
                return inside
        if text[0] == '"' and self.string_end(start, 0) == start + len(text):
            return _ESCAPE.sub(_unescaped, text[1:-1])
        if text[0] in "[{" and self.closes(start) == start + len(text) and not re.match(r"[\[{]\s*for\b", text):
            inside_end = start + len(text) - 1
            return (
                self.elements(start + 1, inside_end, depth) if text[0] == "[" else self.object(start, inside_end, depth)
            )
        return f"${{{' '.join(_SPACE.sub(' ', text).split()) if chr(34) not in text and '<<' not in text else text}}}"

    def closes(self, at: int) -> int:
        """Behind the bracket that closes the one at `at`."""
        return self.expression_end(at + 1, _CLOSING[self.text[at]])[0] + 1

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


def _unescaped(found: re.Match[str]) -> str:
    return _PLAIN[found[1]] if found[1] else chr(int(found[2] or found[3], 16))


def templates(text: str) -> Iterator[tuple[bool, str]]:
    """The parts of a text: (True, what stands inside `${…}`) and (False, letters as they are). A broken template is letters."""
    reader, at, start = _Reader(text), 0, 0
    while (at := text.find("${", at)) >= 0:
        if text[max(at - 1, 0) : at] == "$":
            at += 2
            continue
        try:
            end = reader.template_end(at + 2, 0)
        except NotHcl:
            break
        if at > start:
            yield False, text[start:at]
        yield True, text[at + 2 : end - 1]
        at = start = end
    if start < len(text) or not text:
        yield False, text[start:]
