"""Terraform values as plain Python, and their msgpack form on the wire.

null is None; an unknown is an `Unknown` (refinements travel along untouched); a number is an int, a float or, where neither is
exact, its decimal text, as Terraform sends it; list, set and tuple are lists; map and object are dicts. Only the schema says which.
(facts: offline-plan 2)
"""

import functools
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

Value: TypeAlias = Any
"""None, Unknown, bool, int, float, str, list or dict of these."""


class Unknown:
    """A value that is known only after apply."""

    __slots__ = ("code", "data")

    def __init__(self, code: int = 0, data: bytes = b"\x00") -> None:
        self.code = code
        self.data = data

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown)

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


class MalformedValueError(ValueError):
    """The bytes are not a Terraform value."""


def _extension(code: int, data: bytes) -> Unknown:
    return UNKNOWN if code == 0 else Unknown(code, data)


@functools.cache
def _msgpack() -> Any:
    import msgpack

    return msgpack


def decode(data: bytes) -> Value:
    """The value in the msgpack bytes of a DynamicValue; empty bytes are null.

    Raises MalformedValueError.
    """
    if not data:
        return None
    try:
        return _msgpack().unpackb(data, ext_hook=_extension, raw=False, strict_map_key=True)
    except Exception as error:  # msgpack has no common base for truncated, trailing, deep and ill-typed input
        raise MalformedValueError(f"not a Terraform value: {type(error).__name__}: {error}") from None


def encode(value: Value) -> bytes:
    """The msgpack bytes of a value."""
    packed: bytes = _msgpack().packb(value, default=_pack_unknown, use_bin_type=True)
    return packed


def _pack_unknown(value: object) -> Any:
    if isinstance(value, Unknown):
        return _msgpack().ExtType(value.code, value.data)
    raise TypeError(f"{type(value).__name__} is no Terraform value")


def holds_unknown(value: Value) -> bool:
    """Whether the value or anything in it is unknown."""
    if isinstance(value, Unknown):
        return True
    if isinstance(value, dict):
        return any(holds_unknown(part) for part in value.values())
    if isinstance(value, list):
        return any(holds_unknown(part) for part in value)
    return False


def number_text(value: int | float | str) -> str:
    """A number's shortest decimal text without exponent, as Go's 'f' format with precision -1 writes it."""
    if isinstance(value, int):
        return str(value)
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        return str(value)
    if not number.is_finite():
        return str(value)
    if number == number.to_integral_value():
        return str(int(number)) if abs(number.adjusted()) < 4000 else str(value)
    text = format(number, "f")
    return text.rstrip("0") if "." in text else text


def number_value(text: str) -> int | str:
    """The wire form of a decimal text: an int where it is one, else the text, which keeps it exact."""
    try:
        return int(text)
    except ValueError:
        return text


def whole(value: int | float | str) -> int | None:
    """The number as an int, or None where it has a fraction."""
    if isinstance(value, int):
        return value
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > 4000 or number != number.to_integral_value():
        return None
    return int(number)
