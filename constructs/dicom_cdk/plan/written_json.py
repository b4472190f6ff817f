"""JSON that others wrote, read: no deeper than all that walks through it here can follow."""

import json
from typing import Any, NoReturn

DEEPEST = 100
"""Lists and maps within each other; more is no program that a person wrote."""


def read_json(text: str) -> Any:
    """What a text of JSON says. Raises ValueError for what is none, NaN and infinities included, and for what is nested deeper."""
    try:
        found = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise ValueError(_too_deep()) from None
    level = [found]
    for _ in range(DEEPEST + 1):
        nested = (one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list))
        level = [part for parts in nested for part in parts]
    if level:
        raise ValueError(_too_deep())
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _too_deep() -> str:
    return f"more than {DEEPEST} lists and maps within each other"
