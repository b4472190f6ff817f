"""Durations of a resource's block `timeouts`."""

import re

from dicom_cdk.offline.diagnostics import Diagnostic
from dicom_cdk.offline.values import Unknown, Value

UNITS = ("ns", "us", "µs", "ms", "s", "m", "h")


def bad_timeouts(proposed: Value) -> list[Diagnostic]:
    """Seen in the cases: a bad or unknown duration passes validate and is refused at plan, if that has anything else to change.

    `proposed`: of a type with such a block.
    """
    given = proposed.get("timeouts")
    if not isinstance(given, dict):
        return []
    return [
        Diagnostic(
            "Invalid timeout", f"timeouts.{name}: got {text!r}, allowed: a duration such as 10m.", ("timeouts", name)
        )
        for name, text in given.items()
        if text is not None and (isinstance(text, Unknown) or not _duration(str(text)))
    ]


def _duration(text: str) -> bool:
    units = "|".join(UNITS)
    return bool(re.fullmatch(rf"[+-]?(0|(\d+(\.\d*)?|\.\d+)({units})((\d+(\.\d*)?|\.\d+)({units}))*)", text))
