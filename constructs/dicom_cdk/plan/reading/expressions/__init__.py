"""Expressions of Terraform, evaluated as far as the files themselves say what they are: nothing is asked, nothing is guessed."""

from typing import Any

from dicom_cdk.plan.reading.expressions import conversions, directives
from dicom_cdk.plan.reading.expressions.conversions import LARGEST, Open, Unknown, Wrong
from dicom_cdk.plan.reading.expressions.nodes import Run
from dicom_cdk.plan.reading.expressions.reader import parsed
from dicom_cdk.plan.reading.expressions.wording import Names, as_written, inlined
from dicom_cdk.plan.reading.hcl_text import NotHcl, pieces

__all__ = ["Names", "evaluated"]

LONGEST = 20_000
"""Letters of an expression; a payload is no range of addresses."""


def evaluated(value: Any, names: Names) -> Any:
    """`value` with every `${…}` that is decided put in; of what only Terraform knows, what its names stand for."""
    # Most values are texts without anything to evaluate.
    if not isinstance(value, str):
        if isinstance(value, dict):
            return {key: evaluated(part, names) for key, part in value.items()}
        return [evaluated(part, names) for part in value] if isinstance(value, list) else value
    if "${" not in value and "%{" not in value:
        return value
    parts = pieces(value)
    signs = [sign for sign, _ in parts]
    if signs == ["$"]:
        found = _expression(parts[0][1], names)
        return str(found) if isinstance(found, Unknown) else found
    if "%" in signs and (found := _directed(parts, names)) is not None:
        return found
    whole = "".join(_piece(sign, text, names) for sign, text in parts)
    # A long text is as long as somebody wrote it.
    return whole if len(whole) <= LARGEST + len(value) else inlined(value, names)


def _directed(parts: list[directives.Piece], names: Names) -> str | None:
    """A text with `%{ if }` or `%{ for }`; None where it is not decided as a whole."""
    try:
        return directives.of_text(parts, parsed, str)(Run(names))
    except (NotHcl, Wrong, Open, RecursionError):
        return None


def _piece(sign: str, text: str, names: Names) -> str:
    if sign == "":
        return text
    found = _expression(text, names) if sign == "$" else None
    if isinstance(found, Unknown):
        return found
    try:
        return conversions.text(found)
    except (Open, Wrong):
        return inlined(as_written(sign, text), names)


def _expression(text: str, names: Names) -> Any:
    """The value of what stands inside `${…}`; Unknown where nobody but Terraform knows it, or where it is wrong."""
    try:
        if len(text) <= LONGEST:
            return Run(names).part(parsed(text))
    except (NotHcl, Wrong, Open, RecursionError):
        pass
    return Unknown(inlined(f"${{{text}}}", names))
