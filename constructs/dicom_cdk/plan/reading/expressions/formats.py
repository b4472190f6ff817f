"""`format` and `formatlist` of Terraform."""

import json
import re
from typing import Any

from dicom_cdk.plan.reading.expressions.conversions import Open, Wrong, boolean, json_text, number, scalar, text, whole

MOST = 1_000_000
"""Letters of all texts of a list that come from what is not one."""
_FORMAT = re.compile(
    r"%(?P<flags>[-+ 0#]*)(?P<width>\d*)(?P<digits>\.\d+)?(?:\[(?P<at>\d{1,3})\])?(?P<verb>[a-zA-Z%])|%"
)


def formatted(pattern: Any, *given: Any) -> str:
    """`format`, with the verbs of Go. Raises Wrong, and Open for verbs that nobody here knows."""
    at = 0

    def said(found: re.Match[str]) -> str:
        nonlocal at
        if found["verb"] == "%":
            return "%"
        if found["verb"] is None:
            raise Open
        if int(found["width"] or 0) > 1000 or int((found["digits"] or ".0")[1:] or 0) > 1000:
            raise Open
        at = int(found["at"] or at + 1)
        value = given[at - 1 if at else len(given)]
        flags = f"%{found['flags']}{found['width']}"
        if found["verb"] in "dxXob":
            return _whole_number(flags, found["verb"], whole(value))
        if found["verb"] == "t":
            return text(boolean(value))
        if found["verb"] in "feEgG":
            return f"{flags}{found['digits'] or ''}{found['verb']}" % float(number(value))
        if found["verb"] == "q":
            return json.dumps(text(value), ensure_ascii=False)
        shown = "null" if value is None else text(value) if scalar(value) else json_text(value)
        if found["verb"] not in "sv" or (found["verb"] == "s" and not scalar(value)):
            raise Wrong
        return f"{flags}{found['digits'] or ''}s".replace("%0", "%") % shown

    return _FORMAT.sub(said, text(pattern))


def _whole_number(flags: str, verb: str, value: int) -> str:
    if verb == "b":
        return format(value, "b")
    return f"{flags}{verb}" % value


def formatted_each(pattern: Any, *given: Any) -> list[str]:
    """`formatlist`. Raises Wrong and Open."""
    length = max((len(one) for one in given if isinstance(one, list)), default=1)
    rows = [one if isinstance(one, list) else [one] * length for one in given]
    if not rows:
        return [formatted(pattern)]
    if length * sum(len(one) for one in (pattern, *given) if isinstance(one, str)) > MOST:
        raise Open
    return [formatted(pattern, *row) for row in zip(*rows, strict=True)]
