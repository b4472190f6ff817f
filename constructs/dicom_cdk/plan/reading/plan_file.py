"""What a plan creates, from the file that Terraform keeps it in.

`terraform show` starts the providers again for their schemas and reads the stack once more: a sixth of a plan. The file is a zip
with one message of Protocol Buffers, in Terraform and OpenTofu alike (their internal/plans/internal/planproto/planfile.proto,
version 3 since Terraform 0.14). It is theirs alone: what is not as it is known here is NotAsKnown, and who asks goes another way.
"""

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dicom_cdk.offline import dynamic_value, wire
from dicom_cdk.offline.values import MalformedValueError, Value

VERSION = 3
MEMBER = "tfplan"
NOTHING, CREATE = 0, 1
"""Of its actions."""
_ADDRESS = re.compile(r"([\w-]+)\.([\w-]+)(?:\[(.+)\])?", re.DOTALL)
Step = dict[str, Any]


class NotAsKnown(Exception):
    """A file of another form, or a plan that does more than create resources of the root module."""


@dataclass(frozen=True)
class Created:
    """A resource that is made. `index`: of count or for_each, None without; `provider`, `sensitive`: as a state writes them.

    A number in `values` may be a text, where no other form of it is exact; a state takes it so too.
    """

    type: str
    name: str
    index: int | str | None
    provider: str
    values: dict[str, Value]
    sensitive: list[list[Step]]


@dataclass(frozen=True)
class Output:
    """`type`: as a state writes it."""

    value: Value
    type: Any
    sensitive: bool


@dataclass(frozen=True)
class PlanFile:
    """`version`: of the program that wrote it."""

    version: str
    resources: list[Created]
    outputs: dict[str, Output]


def read(file: Path) -> PlanFile:
    """The plan in a file. Raises NotAsKnown."""
    try:
        with zipfile.ZipFile(file) as whole:
            plan = wire.decode(whole.read(MEMBER))
        if wire.number_of(plan, 1) != VERSION:
            raise NotAsKnown(f"{file.name}: version {wire.number_of(plan, 1)}, known is {VERSION}")
        return PlanFile(
            wire.text_of(plan, 14),
            [_created(wire.decode(one)) for one in _messages(plan, 3)],
            dict(filter(None, (_output(wire.decode(one)) for one in _messages(plan, 4)))),
        )
    # A zip whose encryption is Terraform's own, or Python's, is no zip either.
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, RuntimeError) as error:
        raise NotAsKnown(f"{file.name}: {error}") from error


def _created(message: wire.Fields) -> Created:
    address = wire.text_of(message, 13)
    parts = _ADDRESS.fullmatch(address)
    change = wire.decode(wire.data_of(message, 9))
    values = _after(change)
    if parts is None or wire.data_of(message, 7) or not isinstance(values, dict):
        raise NotAsKnown(f"{address} is more than a new resource of the root module")
    type_, name, index = parts.groups()
    marked = [list(map(_step, _messages(wire.decode(path), 1))) for path in _messages(change, 4)]
    return Created(type_, name, _index(index), wire.text_of(message, 8), values, marked)


def _output(message: wire.Fields) -> tuple[str, Output] | None:
    """Its name and itself; None for one of null, which a state leaves out."""
    change = wire.decode(wire.data_of(message, 2))
    if wire.number_of(change, 1) == NOTHING:
        return None
    type_, value = typed(_after(change))
    return wire.text_of(message, 1), Output(value, type_, bool(wire.number_of(message, 3)))


def typed(value: Value) -> tuple[Any, Value]:
    """Type, as a state writes it, and value of what the schema leaves open. Raises MalformedValueError."""
    if not (isinstance(value, list) and len(value) == 2 and isinstance(value[0], bytes)):
        raise MalformedValueError(f"{type(value).__name__} where a type and a value are expected")
    return json.loads(value[0]), value[1]


def _after(change: wire.Fields) -> Value:
    if wire.number_of(change, 1) != CREATE:
        raise NotAsKnown(f"action {wire.number_of(change, 1)}, known is {CREATE}, which creates")
    (after,) = _messages(change, 2)
    return dynamic_value.decoded(after)


def _step(data: bytes) -> Step:
    step = wire.decode(data)
    if 1 in step:
        return {"type": "get_attr", "value": wire.text_of(step, 1)}
    key = dynamic_value.of(step, 2)
    if not isinstance(key, int | str):
        raise MalformedValueError(f"a step of {type(key).__name__}")
    return {"type": "index", "value": {"value": key, "type": "string" if isinstance(key, str) else "number"}}


def _index(text: str | None) -> int | str | None:
    """As it stands in an address: a number, or a text as HCL quotes it."""
    index = None if text is None else json.loads(text)
    return index.replace("$${", "${").replace("%%{", "%{") if isinstance(index, str) else index


def _messages(fields: wire.Fields, number: int) -> Iterator[bytes]:
    for one in fields.get(number, ()):
        if not isinstance(one, bytes):
            raise wire.MalformedMessageError(f"field {number} is a number, expected a message")
        yield one
