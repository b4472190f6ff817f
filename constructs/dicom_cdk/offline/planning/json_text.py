"""JSON texts as Go's encoder would write them, for rules that compare documents instead of layouts."""

import json
from typing import Any

from dicom_cdk.offline.values import number_text


def load(text: str) -> Any:
    """The parsed text. Raises ValueError for anything that is not JSON (NaN and Infinity are not)."""

    def refuse(name: str) -> Any:
        raise ValueError(f"{name} is not JSON")

    try:
        return json.loads(text, parse_constant=refuse)
    except RecursionError:
        raise ValueError("nested too deep") from None


def load_object(text: str) -> dict[str, Any] | None:
    """A JSON object, or `null` as {}; None for anything else."""
    try:
        found = load(text)
    except ValueError:
        return None
    if found is None:
        return {}
    return found if isinstance(found, dict) else None


def load_objects(text: str) -> list[dict[str, Any]] | None:
    """A JSON list of objects, or `null` as an empty one; None for anything else."""
    try:
        found = load(text)
    except ValueError:
        return None
    if found is None:
        return []
    if isinstance(found, list) and all(isinstance(part, dict) or part is None for part in found):
        return [part or {} for part in found]
    return None


def dump(value: Any) -> str:
    """Keys sorted at every depth, no blanks, numbers as 64-bit floats, `<`, `>`, `&` escaped."""
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, int | float):
        return _float_text(float(value))
    if isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False)
        for plain, escaped in (
            ("<", "\\u003c"),
            (">", "\\u003e"),
            ("&", "\\u0026"),
            ("\u2028", "\\u2028"),
            ("\u2029", "\\u2029"),
        ):
            text = text.replace(plain, escaped)
        return text
    if isinstance(value, list):
        return "[" + ",".join(dump(part) for part in value) + "]"
    return "{" + ",".join(f"{dump(key)}:{dump(value[key])}" for key in sorted(value)) + "}"


def _float_text(number: float) -> str:
    if number == 0 or 1e-6 <= abs(number) < 1e21:
        return number_text(number)
    text = repr(number)
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa.removesuffix('.0')}e{exponent[0]}{exponent[1:].lstrip('0').zfill(2)}" if exponent else text


def rewritten(text: str, drop: list[dict[str, Any]]) -> str:
    """A JSON object rewritten by `dump`, each `drop` path removed first where it holds exactly its value; else unchanged."""
    try:
        found = load(text)
    except ValueError:
        return text
    if not isinstance(found, dict):
        return text
    for one in drop:
        _drop(found, one["path"], one["value"])
    return dump(found)


def _drop(document: dict[str, Any], path: list[str], value: Any) -> None:
    level: Any = document
    for key in path[:-1]:
        level = level.get(key) if isinstance(level, dict) else None
    if isinstance(level, dict) and path[-1] in level and level[path[-1]] == value:
        del level[path[-1]]


def same(kind: str, old: str, new: str) -> bool:
    """Whether both texts are JSON of the kind `object` or `objects` and mean the same."""
    if kind == "object":
        one, other = load_object(old), load_object(new)
        return one is not None and other is not None and dump(one) == dump(other)
    first, second = load_objects(old), load_objects(new)
    return first is not None and second is not None and dump(first) == dump(second)
