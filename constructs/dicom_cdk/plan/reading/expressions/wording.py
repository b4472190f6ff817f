"""How values, and expressions that only Terraform evaluates, are written: with what is known of their names put in."""

import json
import re
from typing import Any

from dicom_cdk.plan.reading.expressions.conversions import Open, Wrong, followed
from dicom_cdk.plan.reading.hcl_text import HEREDOC, NotHcl, Text, pieces
from dicom_cdk.plan.reading.written_json import is_open

LONGEST = 10_000
"""Letters of one value that is written out inside an expression."""
_SIMPLE = re.compile(r'(?:[\w.\-*]|\["(?:[^"\\$%]|\\.)*"\]|\[[\w.*]*\])+')
_NAME = r"[^\W\d][\w-]*(?:\.[\w-]+|\[[^\[\]]*\])*"
_TOKEN = re.compile(
    rf'"|<<-?[\w-]+[ \t\r]*\n|#[^\n]*|//[^\n]*|/\*.*?\*/|\.\s*[\w-]+|\d[\w.]*|(?P<name>{_NAME})', re.DOTALL
)
_STEP = re.compile(r"\.?(?P<name>[\w-]+)|\[\s*(?:(?P<number>\d+)|\"(?P<key>[^\"\\$%]*)\"|(?P<open>[^\[\]]*?))\s*\]")
_OPEN_STEP = re.compile(r"\[([^\[\]\"]*[^\[\]\"\d\s*][^\[\]\"]*)\]")
_MISSING = object()


class Names(dict[tuple[Any, ...], Any]):
    """What names stand for, by their steps, such as ("var", "nets") or ("each", "value").

    A step that only Terraform knows, as in `module.m[each.key].id`, is a tuple of its text.
    """

    def reference(self, written: str) -> str:
        """How a name is written that is known, and not put in: it leads nowhere, or to more than one place holds."""
        return written


def written(value: Any) -> str:
    """A value as it stands inside another expression."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_quoted(key)}: {written(part)}' for key, part in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if not isinstance(value, str):
        return json.dumps(value)
    parts = pieces(value)
    if [sign for sign, _ in parts] == ["$"]:
        inside = parts[0][1].strip()
        return inside if _SIMPLE.fullmatch(inside) else f"({inside})"
    return _quoted(value)


def as_written(sign: str, text: str) -> str:
    """One of `pieces`."""
    return f"{sign}{{{text}}}" if sign else text


def inlined(text: str, names: Names) -> str:
    """A text whose templates nobody evaluates here, with what their names stand for, for who looks for literals and references."""
    try:
        return "".join(as_written(sign, _expression(said, names) if sign else said) for sign, said in pieces(text))
    except NotHcl:
        return text


def _quoted(value: str) -> str:
    """As a text in quotes; what stands in its templates has quotes of its own."""
    parts = (
        as_written(sign, text if sign else json.dumps(text, ensure_ascii=False)[1:-1]) for sign, text in pieces(value)
    )
    return f'"{"".join(parts)}"'


def _expression(text: str, names: Names) -> str:
    reader, whole, at = Text(text), "", 0
    while (found := _TOKEN.search(text, at)) is not None:
        whole += text[at : found.start()]
        said, at = found[0], found.end()
        if found["name"]:
            said = _named(said, names)
        elif said == '"':
            end = reader.string_end(found.start(), 0)
            said, at = f'"{inlined(text[at : end - 1], names)}"', end
        elif opened := HEREDOC.match(text, found.start()):
            end = reader.heredoc(opened)[1]
            said, at = said + inlined(text[at:end], names), end
        whole += said
    return whole + text[at:]


def _named(text: str, names: Names) -> str:
    """What a name and its steps stand for, as far as they are known; behind it what follows."""
    steps, ends = [], []
    for step in _STEP.finditer(text):
        given = step["name"] or step["key"] or (int(step["number"]) if step["number"] else (step["open"],))
        steps.append(given)
        ends.append(step.end())
    for length in range(len(steps), 0, -1):
        value = names.get(tuple(steps[:length]), _MISSING)
        if value is _MISSING:
            continue
        kept = names.reference(text[: ends[length - 1]]) + _steps(text[ends[length - 1] :], names)
        try:
            while length < len(steps) and not is_open(value) and not isinstance(steps[length], tuple):
                value = followed(value, (steps[length],))
                length += 1
        except (Open, Wrong):
            return kept
        rest = _steps(text[ends[length - 1] :], names)
        shown = written(value)
        return kept if len(shown) > LONGEST or (rest and shown.startswith('"')) else shown + rest
    return _steps(text, names)


def _steps(text: str, names: Names) -> str:
    return _OPEN_STEP.sub(lambda step: f"[{_expression(step[1], names)}]", text)
