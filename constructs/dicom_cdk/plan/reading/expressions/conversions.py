"""What a value is in Terraform: its text, number, truth, elements; what only Terraform knows, and what it refuses."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from dicom_cdk.plan.reading.written_json import is_open

LARGEST = 50_000
"""Letters of a text that is made, and elements of a list."""


class Open(Exception):
    """Only Terraform knows it."""


class Wrong(Exception):
    """Terraform refuses it: a step into nothing, a text that is no number."""


class Unknown(str):
    """A part that only Terraform knows, as the `${…}` that it is written."""

    __slots__ = ()


class Partly(str):
    """A text of JSON with parts that only Terraform knows, each as the `${…}` that it is written."""

    __slots__ = ()


def text(value: Any) -> str:
    """As a template shows it. Raises Wrong for what has no text, and Open."""
    if is_open(value):
        raise Open
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    raise Wrong


def number(value: Any) -> Any:
    """Raises Wrong for what is none, and Open."""
    if is_open(value):
        raise Open
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    try:
        return int(value) if re.fullmatch(r"-?\d{1,30}", str(value)) else float(value)
    except (TypeError, ValueError):
        raise Wrong from None


def whole(value: Any) -> int:
    """Raises Wrong for a fraction, and Open."""
    found = number(value)
    if found != found or abs(found) > 2**130 or int(found) != found:
        raise Wrong
    return int(found)


def boolean(value: Any) -> bool:
    """Raises Wrong for what is none, and Open."""
    if is_open(value):
        raise Open
    said = {"true": True, "false": False}.get(value) if isinstance(value, str) else value
    if not isinstance(said, bool):
        raise Wrong
    return said


def elements(value: Any) -> list[Any]:
    """What `[*]` goes through."""
    return value if isinstance(value, list) else [] if value is None else [value]


def pairs(value: Any) -> Iterator[tuple[Any, Any]]:
    """What `for` goes through. Raises Wrong and Open."""
    if isinstance(value, dict):
        yield from sorted(value.items())
    else:
        yield from enumerate(listed(value))


def listed(value: Any) -> list[Any]:
    """Raises Wrong for what is no list, and Open."""
    if is_open(value):
        raise Open
    if not isinstance(value, list) or len(value) > LARGEST:
        raise Wrong
    return value


def mapped(value: Any) -> dict[str, Any]:
    """Raises Wrong for what is no map, and Open."""
    if is_open(value):
        raise Open
    if not isinstance(value, dict):
        raise Wrong
    return value


def followed(value: Any, steps: tuple[Any, ...]) -> Any:
    """What steps into a value lead to. Raises Wrong where they lead nowhere, and Open."""
    for step in steps:
        if is_open(value):
            raise Open
        if isinstance(value, dict) and isinstance(step, str | int) and str(step) in value:
            value = value[str(step)]
        elif isinstance(value, list) and re.fullmatch(r"\d+", str(step)) and int(step) < len(value):
            value = value[int(step)]
        else:
            raise Wrong
    return value


def limited(found: Any) -> Any:
    """Raises Open for what is larger than anybody writes."""
    if isinstance(found, str | list) and len(found) > LARGEST:
        raise Open
    if isinstance(found, float) and not math.isfinite(found):
        raise Open
    return found


def holds_open(value: Any) -> bool:
    """Whether a part of it is known by Terraform alone."""
    if isinstance(value, dict):
        return any(map(holds_open, value.values()))
    if isinstance(value, list):
        return any(map(holds_open, value))
    return is_open(value)


def scalar(value: Any) -> bool:
    """Whether it is a text, a number or a truth that is known."""
    return isinstance(value, str | int | float) and not is_open(value)


def json_text(value: Any) -> str:
    """As `jsonencode` writes it."""
    kind = Partly if holds_open(value) else str
    written = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return kind(written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
