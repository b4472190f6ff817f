"""Expressions of Terraform, evaluated as far as the files themselves say what they are: nothing is asked, nothing is guessed."""

import json
import re
from typing import Any

from dicom_cdk.plan.reading.expressions import conversions, directives
from dicom_cdk.plan.reading.expressions.conversions import LARGEST, Open, Unknown, Wrong
from dicom_cdk.plan.reading.expressions.nodes import Names, Run
from dicom_cdk.plan.reading.expressions.reader import parsed
from dicom_cdk.plan.reading.hcl_text import NotHcl, pieces

__all__ = ["Names", "evaluated", "expression", "written"]

_SIMPLE = re.compile(r'[\w.\-\[\]"*]+')
LONGEST = 20_000
"""Letters of an expression; a payload is no range of addresses."""


def evaluated(value: Any, names: Names) -> Any:
    """`value` with every `${…}` that is decided put in; what only Terraform knows stays as it is written."""
    # Most values are texts without anything to evaluate.
    if not isinstance(value, str):
        if isinstance(value, dict):
            return {key: evaluated(part, names) for key, part in value.items()}
        return [evaluated(part, names) for part in value] if isinstance(value, list) else value
    if ("${" not in value and "%{" not in value) or len(value) > LONGEST:
        return value
    parts = pieces(value)
    signs = {sign for sign, _ in parts}
    if "%" in signs and (found := _directed(parts, names)) is not None:
        return found
    if signs == {"$"} and len(parts) == 1:
        found = expression(parts[0][1], names)
        return value if isinstance(found, Unknown) else found
    said = [_spliced(text, names) if sign == "$" else _as_written(sign, text) for sign, text in parts]
    whole = "".join(said)
    return whole if len(whole) <= LARGEST else value


def _as_written(sign: str, text: str) -> str:
    return f"{sign}{{{text}}}" if sign else text


def _directed(parts: list[directives.Piece], names: Names) -> str | None:
    """A text with `%{ if }` or `%{ for }`; None where it is not decided as a whole."""
    try:
        return directives.of_text(parts, parsed, str)(Run(names))
    except (NotHcl, Wrong, Open, RecursionError):
        return None


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


def _quoted(value: str) -> str:
    """As a text in quotes; what stands in its templates has quotes of its own."""
    parts = (
        _as_written(sign, text if sign else json.dumps(text, ensure_ascii=False)[1:-1]) for sign, text in pieces(value)
    )
    return f'"{"".join(parts)}"'


def _spliced(text: str, names: Names) -> str:
    found = expression(text, names)
    try:
        return f"${{{text}}}" if isinstance(found, Unknown) else conversions.text(found)
    except (Open, Wrong):
        return f"${{{text}}}"


def expression(text: str, names: Names) -> Any:
    """The value of what stands inside `${…}`; Unknown where nobody but Terraform knows it, or where it is wrong."""
    whole = Unknown(f"${{{text}}}")
    try:
        return Run(names).part(parsed(text))
    except (NotHcl, Wrong, Open, RecursionError):
        return whole
