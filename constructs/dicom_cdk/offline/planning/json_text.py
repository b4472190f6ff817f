"""JSON texts as Go's encoder would write them, for rules that compare documents instead of layouts."""

import json
import math
from typing import Any

from dicom_cdk.offline.values import number_text


def load(text: str) -> Any:
    """The parsed text. Raises ValueError for anything that is not JSON (NaN and Infinity are not), or no 64-bit float."""

    def refuse(name: str) -> Any:
        raise ValueError(f"{name} is not JSON")

    def number(digits: str) -> float:
        found = float(digits)
        return found if math.isfinite(found) else refuse(digits)

    try:
        found = json.loads(text, parse_constant=refuse, parse_float=number, parse_int=number)
        return _without_half_signs(found) if "\\u" in text else found
    except RecursionError:
        raise ValueError("nested too deep") from None


def _without_half_signs(value: Any) -> Any:
    """Half of a surrogate pair is no character: Go reads U+FFFD, and no other encoder could write it."""
    if isinstance(value, str):
        return "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in value)
    if isinstance(value, list):
        return [_without_half_signs(part) for part in value]
    if isinstance(value, dict):
        return {_without_half_signs(key): _without_half_signs(part) for key, part in value.items()}
    return value


def is_object(document: Any) -> bool:
    """A JSON object, or `null`."""
    return document is None or isinstance(document, dict)


def is_objects(document: Any) -> bool:
    """A JSON list of objects and `null`, or `null`."""
    return document is None or (isinstance(document, list) and all(map(is_object, document)))


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
    if number == 0:
        return "-0" if math.copysign(1, number) < 0 else "0"
    if 1e-6 <= abs(number) < 1e21:
        return number_text(number)
    text = repr(number)
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa.removesuffix('.0')}e{exponent[0]}{exponent[1:].lstrip('0')}" if exponent else text


def rewritten(text: str, drop: list[dict[str, Any]]) -> str:
    """A JSON object rewritten by `dump`, each `drop` path removed first where it holds exactly its value; else unchanged."""
    try:
        found = load(text)
        if not isinstance(found, dict):
            return text
        for one in drop:
            _drop(found, one["path"], one["value"])
        return dump(found)
    except (ValueError, RecursionError):
        return text


def _drop(document: dict[str, Any], path: list[str], value: Any) -> None:
    level: Any = document
    for key in path[:-1]:
        level = level.get(key) if isinstance(level, dict) else None
    if isinstance(level, dict) and path[-1] in level and level[path[-1]] == value:
        del level[path[-1]]


def same(kind: str, old: str, new: str) -> bool:
    """Whether both texts are JSON of the kind `object` or `objects` and mean the same; `null` is neither `{}` nor `[]`."""
    fits = is_object if kind == "object" else is_objects
    try:
        one, other = load(old), load(new)
        return fits(one) and fits(other) and dump(one) == dump(other)
    except (ValueError, RecursionError):
        return False
