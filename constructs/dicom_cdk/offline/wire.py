"""Protocol Buffers wire format, as far as plugin protocol 5 needs it: varints and length-delimited fields.

Messages are dicts of field number to the list of its values (`int` or `bytes`); who reads one knows the numbers
(facts: offline-plan 2).
"""

from collections.abc import Iterable
from typing import TypeAlias

Fields: TypeAlias = dict[int, list[int | bytes]]


class MalformedMessageError(ValueError):
    """The bytes are not a Protocol Buffers message."""


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data):
            raise MalformedMessageError(f"message ends inside a number at byte {at} of {len(data)}")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise MalformedMessageError(f"number longer than 64 bits before byte {at}")


def decode(data: bytes) -> Fields:
    """The fields of one message. Raises MalformedMessageError for truncated bytes or an unknown wire type."""
    fields: Fields = {}
    at, end = 0, len(data)
    while at < end:
        key, at = _varint(data, at)
        number, wire_type = key >> 3, key & 7
        if number == 0:
            raise MalformedMessageError(f"field number 0 before byte {at}")
        value: int | bytes
        if wire_type == 0:
            value, at = _varint(data, at)
        else:
            if wire_type == 2:
                size, at = _varint(data, at)
            elif wire_type == 1:
                size = 8
            elif wire_type == 5:
                size = 4
            else:
                raise MalformedMessageError(f"wire type {wire_type} before byte {at}; allowed: 0, 1, 2, 5")
            if at + size > end:
                raise MalformedMessageError(f"field {number} wants {size} bytes at byte {at}, {end - at} are left")
            value = data[at : at + size]
            at += size
        fields.setdefault(number, []).append(value)
    return fields


def data_of(fields: Fields, number: int) -> bytes:
    """The last value of a length-delimited field, empty when absent."""
    values = fields.get(number)
    if not values:
        return b""
    value = values[-1]
    if not isinstance(value, bytes):
        raise MalformedMessageError(f"field {number} is a number, expected bytes")
    return value


def text_of(fields: Fields, number: int) -> str:
    """The same as text."""
    try:
        return data_of(fields, number).decode()
    except UnicodeDecodeError as error:
        raise MalformedMessageError(f"field {number} is not UTF-8: {error.reason}") from None


def number_of(fields: Fields, number: int) -> int:
    """The last value of a varint field as a signed 64-bit number, 0 when absent."""
    values = fields.get(number)
    if not values:
        return 0
    value = values[-1]
    if not isinstance(value, int):
        raise MalformedMessageError(f"field {number} is bytes, expected a number")
    return value - (1 << 64) if value >= 1 << 63 else value


def _encode_varint(value: int) -> bytes:
    if value < 0x80:
        return bytes((value,))
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def field(number: int, value: int | bytes | str | bool | None) -> bytes:
    """One field; nothing for None, 0, False and empty text, which is how proto3 writes a default."""
    return always(number, value) if value else b""


def always(number: int, value: int | bytes | str | bool | None) -> bytes:
    """One field also when it has the default value: needed inside a `oneof` and for empty messages."""
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        length = len(value)
        if number < 16 and length < 0x80:  # a byte each, as nearly all are
            return bytes((number << 3 | 2, length)) + value
        return _encode_varint(number << 3 | 2) + _encode_varint(length) + value
    return _encode_varint(number << 3) + _encode_varint(int(value or 0) & 0xFFFFFFFFFFFFFFFF)


def repeated(number: int, values: Iterable[bytes]) -> bytes:
    """One field for each value."""
    return b"".join(always(number, value) for value in values)


def map_entry(number: int, key: str, value: bytes) -> bytes:
    """One entry of a `map<string, message>`."""
    return always(number, field(1, key) + always(2, value))
