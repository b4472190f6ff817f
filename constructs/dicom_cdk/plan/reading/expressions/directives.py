"""Texts with `%{ if }` and `%{ for }` in them."""

import re
from collections.abc import Callable
from typing import Any

from dicom_cdk.plan.reading.expressions import conversions
from dicom_cdk.plan.reading.expressions.nodes import Node, Run
from dicom_cdk.plan.reading.hcl_text import NotHcl, Text

Part = Callable[[Run], str]
_IF = re.compile(r"if\b(?P<asked>.+)", re.DOTALL)
_FOR = re.compile(r"for\s+(?P<names>\w+(?:\s*,\s*\w+)?)\s+in\b(?P<over>.+)", re.DOTALL)


def of_text(text: str, parsed: Callable[[str], Node], unescaped: Callable[[str], str]) -> Part:
    """What gives the text. `parsed` reads an expression, `unescaped` letters. Raises NotHcl."""
    pieces = _pieces(text)
    found, rest = _until(pieces, (), parsed, unescaped)
    if rest:
        raise NotHcl(1, "an end without its start")
    return found


def _pieces(text: str) -> list[tuple[str, str]]:
    """Sign ("", "$" or "%") and what it holds; `~` takes the blanks beside it."""
    reader, at, start = Text(text), 0, 0
    found: list[tuple[str, str]] = []
    trimmed = False

    def letters(end: int, *, trims: bool) -> None:
        said = text[start:end]
        said = said.lstrip() if trimmed else said
        found.append(("", said.rstrip() if trims else said))

    while (opened := re.compile(r"[$%]\{").search(text, at)) is not None:
        at = opened.start()
        if text[max(at - 1, 0) : at] == text[at]:
            at += 2
            continue
        end = reader.template_end(at + 2, 0)
        inside = text[at + 2 : end - 1]
        letters(at, trims=inside.startswith("~"))
        trimmed = inside.endswith("~")
        found.append((text[at], inside.strip("~").strip()))
        at = start = end
    letters(len(text), trims=False)
    return found


def _until(
    pieces: list[tuple[str, str]],
    ends: tuple[str, ...],
    parsed: Callable[[str], Node],
    unescaped: Callable[[str], str],
) -> tuple[Part, list[tuple[str, str]]]:
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


def _closed(rest: list[tuple[str, str]]) -> list[tuple[str, str]]:
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
