"""JSON that others wrote, read: no deeper than all that walks through it here can follow."""

import json
import math
import re
from typing import Any, NoReturn

DEEPEST = 100
"""Lists, maps, blocks, brackets and templates within each other; more is no program that a person wrote."""


def read_document(text: str) -> Any:
    """What a whole file of JSON says, of which nothing may be passed over.

    Raises ValueError for what read_json refuses, for a key that stands twice in one map, and for a number that is none here.
    """
    if not text.strip():
        raise ValueError("it is empty")
    return _bounded(text, parse_float=_finite, object_pairs_hook=_once)


def read_json(text: str) -> Any:
    """What a text of JSON says. Raises ValueError for what is none, NaN and infinities included, and for what is nested deeper."""
    return _bounded(text)


def _bounded(text: str, **hooks: Any) -> Any:
    try:
        found = json.loads(text, parse_constant=_no_number, **hooks)
    except RecursionError:
        raise ValueError(_too_deep()) from None
    except json.JSONDecodeError:
        raise
    except ValueError as error:
        # In Python's own words, which name a setting of Python.
        if "integer string conversion" in str(error):
            raise ValueError("a number of more than 4,300 digits; write one that a program can hold") from None
        raise
    level = [found]
    for _ in range(DEEPEST + 1):
        nested = (one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list))
        level = [part for parts in nested for part in parts]
    if level:
        raise ValueError(_too_deep())
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{json.dumps(twice)} stands twice in one map; keep one of them")
    return found


def _finite(written: str) -> float:
    found = float(written)
    if math.isinf(found):
        raise ValueError(f"{written[:40]} is no number that a program can hold; write a smaller one")
    return found


def is_open(value: Any) -> bool:
    """Whether a text of Terraform JSON is a template, which Terraform alone may know."""
    opened = isinstance(value, str) and "{" in value and ("${" in value or "%{" in value)
    return opened and _TEMPLATE.search(value) is not None


_TEMPLATE = re.compile(r"(?<!\$)\$\{|(?<!%)%\{")


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _too_deep() -> str:
    return f"more than {DEEPEST} lists and maps within each other"
