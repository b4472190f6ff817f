"""The grammar of expressions, read into nodes that give their values.

Over 200 lines: one grammar, read by functions that call each other.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from dicom_cdk.plan.reading.expressions import conversions, directives, functions, operations
from dicom_cdk.plan.reading.expressions.nodes import Node, Run
from dicom_cdk.plan.reading.hcl_text import HEREDOC, Text, pieces
from dicom_cdk.plan.reading.written_json import DEEPEST

_TOKEN = re.compile(r"\.\.\.|=>|&&|\|\||[=!<>]=|[-+*/%<>!?:,.()\[\]{}=]")
_NAME = re.compile(r"[^\W\d][\w-]*")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_ESCAPE = re.compile(r'\\(?:([nrt"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))')
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_BINDING = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))
_CONSTANTS = {"true": True, "false": False, "null": None}


@lru_cache(maxsize=4096)
def parsed(text: str) -> Node:
    reader = _Reader(text)
    found = reader.ternary(0)
    if reader.at < len(text):
        raise reader.refused(reader.at, "more than one expression")
    return found


class _Reader(Text):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.at = self.skipped(0)

    def sign(self) -> str:
        found = _TOKEN.match(self.text, self.at)
        return found[0] if found else ""

    def take(self, sign: str) -> bool:
        if self.sign() != sign:
            return False
        self.at = self.skipped(self.at + len(sign))
        return True

    def need(self, sign: str) -> None:
        if not self.take(sign):
            raise self.refused(self.at, f"{sign} is missing")

    def word(self) -> str:
        found = _NAME.match(self.text, self.at)
        if not found:
            raise self.refused(self.at, "a name is missing")
        self.at = self.skipped(found.end())
        return found[0]

    def node(self, start: int, value: Callable[[Run], Any], steps: tuple[Any, ...] | None = None) -> Node:
        return Node(self.text[start : self.at].strip(), value, steps)

    def ternary(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise self.refused(self.at, f"more than {DEEPEST} brackets within each other")
        start, asked = self.at, self.operators(0, depth)
        if not self.take("?"):
            return asked
        then = self.ternary(depth + 1)
        self.need(":")
        other = self.ternary(depth + 1)
        return self.node(start, lambda run: run.whole(then if conversions.boolean(run.whole(asked)) else other))

    def operators(self, level: int, depth: int) -> Node:
        if level == len(_BINDING):
            return self.unary(depth)
        start, left = self.at, self.operators(level + 1, depth)
        while (sign := self.sign()) in _BINDING[level]:
            self.take(sign)
            left = self.node(start, operations.operation(sign, left, self.operators(level + 1, depth)))
        return left

    def unary(self, depth: int) -> Node:
        start = self.at
        sign = self.sign()
        if sign in functions.SIGNS:
            self.take(sign)
            inner, function = self.unary(depth), functions.SIGNS[sign]
            return self.node(start, lambda run: functions.applied(function, [run.whole(inner)]))
        return self.followed(depth)

    def followed(self, depth: int) -> Node:
        """A value, and the steps into it."""
        start, found = self.at, self.primary(depth)
        while (sign := self.sign()) in (".", "["):
            self.take(sign)
            if self.take("*"):
                if sign == "[":
                    self.need("]")
                found = self.node(start, self.splat(found, depth))
            elif sign == ".":
                number = _NUMBER.match(self.text, self.at)
                step: Any = int(number[0]) if number and number[0].isdigit() else self.word()
                if number:
                    self.at = self.skipped(number.end())
                found = self.stepped(start, found, step)
            else:
                key = self.ternary(depth + 1)
                self.need("]")
                literal = re.fullmatch(r'\d+|"[^"\\$%]*"', key.text)
                if literal:
                    found = self.stepped(start, found, int(key.text) if key.text.isdigit() else key.text[1:-1])
                else:
                    found = self.node(start, operations.indexed(found, key))
        return found

    def stepped(self, start: int, into: Node, step: Any) -> Node:
        if into.steps is None:
            return self.node(start, lambda run: conversions.followed(run.whole(into), (step,)))
        steps = (*into.steps, step)
        return self.node(start, lambda run: run.named(steps), steps)

    def splat(self, into: Node, depth: int) -> Callable[[Run], Any]:
        """`[*]` and the steps behind it, taken into each element."""
        steps: list[Any] = []
        while self.sign() == "." and len(steps) < depth + DEEPEST:
            self.take(".")
            steps.append(self.word())
        return lambda run: [conversions.followed(one, tuple(steps)) for one in conversions.elements(run.whole(into))]

    def primary(self, depth: int) -> Node:
        start = self.at
        number = _NUMBER.match(self.text, self.at)
        if number:
            self.at = self.skipped(number.end())
            said = float(number[0]) if re.search(r"[.eE]", number[0]) else int(number[0])
            literal = int(said) if said % 1 == 0 else said
            return self.node(start, lambda _: literal)
        if self.text[start : start + 1] == '"':
            end = self.string_end(start, 0)
            self.at = self.skipped(end)
            written = self.text[start + 1 : end - 1]
            # Outside quotes a backslash is a letter.
            shown = written if "\\" not in written else None
            return Node(self.text[start:end], _text(written, escaped=True), shown=shown)
        heredoc = HEREDOC.match(self.text, start)
        if heredoc:
            inside, end = self.heredoc(heredoc)
            self.at = self.skipped(end)
            return self.node(start, _text(inside, escaped=False))
        if self.take("("):
            inner = self.ternary(depth + 1)
            self.need(")")
            return self.node(start, lambda run: run.whole(inner))
        if self.take("["):
            return self.forloop(start, "]", depth) if self.is_for() else self.tuple(start, depth)
        if self.take("{"):
            return self.forloop(start, "}", depth) if self.is_for() else self.object(start, depth)
        name = self.word()
        if name in _CONSTANTS:
            return self.node(start, lambda _: _CONSTANTS[name])
        if self.text[start + len(name) : self.at + 1] == "(":
            self.take("(")
            return self.call(start, name, depth)
        return self.node(start, lambda run: run.named((name,)), (name,))

    def is_for(self) -> bool:
        return re.match(r"for\b(?!-)\s+\w", self.text[self.at :]) is not None

    def listed(self, end: str, depth: int) -> tuple[list[Node], bool]:
        """Expressions with commas between them, up to `end`; and whether the last one is spread."""
        found: list[Node] = []
        spread = False
        while not self.take(end):
            found.append(self.ternary(depth + 1))
            spread = self.take("...")
            if not self.take(",") and self.sign() != end:
                raise self.refused(self.at, f"{end} is missing")
        return found, spread

    def tuple(self, start: int, depth: int) -> Node:
        parts, _ = self.listed("]", depth)
        return self.node(start, lambda run: [run.part(one) for one in parts])

    def object(self, start: int, depth: int) -> Node:
        parts: list[tuple[str | Node, Node]] = []
        while not self.take("}"):
            bare = _NAME.match(self.text, self.at)
            key: str | Node = self.word() if bare else self.ternary(depth + 1)
            if not self.take("="):
                self.need(":")
            parts.append((key, self.ternary(depth + 1)))
            self.take(",")
        return self.node(
            start,
            lambda run: {
                key if isinstance(key, str) else conversions.text(run.whole(key)): run.part(value)
                for key, value in parts
            },
        )

    def call(self, start: int, name: str, depth: int) -> Node:
        arguments, spread = self.listed(")", depth)
        if name in ("try", "can"):
            return self.node(start, operations.tried(name, arguments))
        if name not in functions.FUNCTIONS:
            return self.node(start, operations.unknown)
        function = functions.FUNCTIONS[name]

        def value(run: Run) -> Any:
            # coalesce and the like want to see that an argument is unknown before a later one is taken.
            given = [run.part(one) for one in arguments]
            if spread and isinstance(given[-1], list):
                given = [*given[:-1], *given[-1]]
            return functions.called(name, function, given)

        return self.node(start, value)

    def forloop(self, start: int, end: str, depth: int) -> Node:
        self.word()
        names = [self.word()]
        if self.take(","):
            names.append(self.word())
        if self.word() != "in":
            raise self.refused(self.at, "in is missing")
        over = self.ternary(depth + 1)
        self.need(":")
        key = self.ternary(depth + 1)
        value = None
        if end == "}":
            self.need("=>")
            value = self.ternary(depth + 1)
        grouped = self.take("...")
        condition = None
        if re.match(r"if\b", self.text[self.at :]):
            self.word()
            condition = self.ternary(depth + 1)
        self.need(end)
        return self.node(start, operations.loop(names, over, key, value, condition, grouped=grouped))


def _text(written: str, *, escaped: bool) -> Callable[[Run], Any]:
    parts = pieces(written)
    if any(sign == "%" for sign, _ in parts):
        return directives.of_text(parts, parsed, (lambda said: _ESCAPE.sub(_unescaped, said)) if escaped else str)
    read: list[str | Node] = [
        parsed(text) if sign else _ESCAPE.sub(_unescaped, text) if escaped else text for sign, text in parts
    ]
    if len(read) == 1 and isinstance(only := read[0], Node):
        return lambda run: run.whole(only)
    return lambda run: conversions.limited(
        "".join(one if isinstance(one, str) else conversions.text(run.whole(one)) for one in read)
    )


def _unescaped(found: re.Match[str]) -> str:
    return _PLAIN[found[1]] if found[1] else chr(int(found[2] or found[3], 16))
