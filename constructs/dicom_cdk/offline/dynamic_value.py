"""DynamicValue of the plugin protocol: a Terraform value inside a message, as MessagePack or as JSON."""

import json

from dicom_cdk.offline import wire
from dicom_cdk.offline.values import MalformedValueError, Value, decode, encode


def of(request: wire.Fields, number: int) -> Value:
    """The value in field `number`. Raises MalformedMessageError, MalformedValueError."""
    return decoded(wire.data_of(request, number))


def decoded(data: bytes) -> Value:
    """The value of a DynamicValue. Raises MalformedMessageError, MalformedValueError."""
    message = wire.decode(data)
    text = wire.data_of(message, 2)
    if text:
        try:
            return json.loads(text)
        except ValueError as error:
            raise MalformedValueError(f"not a Terraform value: {error}") from None
    return decode(wire.data_of(message, 1))


def field(number: int, value: Value) -> bytes:
    """A value as field `number`, in MessagePack."""
    return wire.always(number, wire.always(1, encode(value)))
