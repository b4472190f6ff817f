"""Texts with `%{ if }` and `%{ for }` in them."""

import re
from collections.abc import Callable
from typing import Any

from dicom_cdk.plan.reading.expressions import conversions
from dicom_cdk.plan.reading.expressions.nodes import Node, Run
from dicom_cdk.plan.reading.hcl_text import NotHcl

Part = Callable[[Run], str]
Piece = tuple[str, str]
"""Of `pieces`."""
_IF = re.compile(r"if\b(?P<asked>.+)", re.DOTALL)
_FOR = re.compile(r"for\s+(?P<names>\w+(?:\s*,\s*\w+)?)\s+in\b(?P<over>.+)", re.DOTALL)


def of_text(parts: list[Piece], parsed: Callable[[str], Node], unescaped: Callable[[str], str]) -> Part:
    """What gives the text of `pieces`. `parsed` reads an expression, `unescaped` letters. Raises NotHcl."""
    found, rest = _until(_trimmed(parts), (), parsed, unescaped)
    if rest:
        raise NotHcl(1, "an end without its start")
    return found


def _trimmed(parts: list[Piece]) -> list[Piece]:
    """`~` takes the blanks beside it."""
    found: list[Piece] = []
    for at, (sign, said) in enumerate(parts):
        if sign:
            found.append((sign, said.strip("~").strip()))
            continue
        before, after = parts[at - 1] if at else ("", ""), parts[at + 1] if at + 1 < len(parts) else ("", "")
        said = said.lstrip() if before[1].endswith("~") else said
        found.append(("", said.rstrip() if after[1].startswith("~") else said))
    return found


def _until(
    pieces: list[Piece],
    ends: tuple[str, ...],
    parsed: Callable[[str], Node],
    unescaped: Callable[[str], str],
) -> tuple[Part, list[Piece]]:
    """The parts up to one of `ends`, and what follows, with that end."""
    parts: list[Part] = []
    while pieces:
        (sign, said), *rest = pieces
        if sign == "%" and said in ends:
            break
        if sign == "":
            parts.append(_letters(unescaped(said)))
        elif sign == "$":
            parts.append(_expression(parsed(said)))
        elif asked := _IF.fullmatch(said):
            then, rest = _until(rest, ("else", "endif"), parsed, unescaped)
            other: Part = _letters("")
            if rest and rest[0][1] == "else":
                other, rest = _until(rest[1:], ("endif",), parsed, unescaped)
            parts.append(_chosen(parsed(asked["asked"]), then, other))
            rest = _closed(rest)
        elif loop := _FOR.fullmatch(said):
            inside, rest = _until(rest, ("endfor",), parsed, unescaped)
            parts.append(_repeated(re.findall(r"\w+", loop["names"]), parsed(loop["over"]), inside))
            rest = _closed(rest)
        else:
            raise NotHcl(1, f"got {said!r}, allowed are if, else, endif, for and endfor")
        pieces = rest
    return (lambda run: conversions.limited("".join(part(run) for part in parts))), pieces


def _closed(rest: list[Piece]) -> list[Piece]:
    if not rest:
        raise NotHcl(1, "an end is missing")
    return rest[1:]


def _letters(said: str) -> Part:
    return lambda _: said


def _expression(node: Node) -> Part:
    return lambda run: conversions.text(run.whole(node))


def _chosen(asked: Node, then: Part, other: Part) -> Part:
    return lambda run: (then if conversions.boolean(run.whole(asked)) else other)(run)


def _repeated(names: list[str], over: Node, inside: Part) -> Part:
    def made(run: Run) -> str:
        said: list[Any] = []
        for at, one in conversions.pairs(run.whole(over)):
            given = (at, one) if len(names) > 1 else (one,)
            said.append(inside(run.beside(dict(zip(names, given, strict=True)))))
            conversions.limited(said)
        return conversions.limited("".join(said))  # type: ignore[no-any-return]

    return made
