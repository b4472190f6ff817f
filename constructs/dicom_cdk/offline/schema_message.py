"""Schemas as the protocol's messages (facts: offline-plan 2; numbers of tfplugin5)."""

import functools
import json
from collections.abc import Mapping

from dicom_cdk.offline import wire
from dicom_cdk.offline.store import FactStore, Json, Mode

_TYPES = {kind: wire.field(2, json.dumps(kind)) for kind in ("string", "number", "bool")}
_FLAGS = {"required": 4, "optional": 5, "computed": 6, "sensitive": 7, "deprecated": 9}
_NESTING = {"single": 1, "list": 2, "set": 3, "map": 4}
_TYPES_OF: dict[Mode, int] = {"managed": 2, "data": 3, "ephemeral": 8}


@functools.cache
def whole(store: FactStore, provider: str) -> bytes:
    """The answer to GetSchema with every type of a provider: of aliyun/alicloud one megabyte, half a second's work."""
    return answer(store, provider, {mode: store.schemas(provider, mode) for mode in ("managed", "data")})


def answer(store: FactStore, provider: str, served: Mapping[Mode, Mapping[str, Json]]) -> bytes:
    """The answer to GetSchema with these types of a provider, and with all that are ephemeral."""
    parts = [wire.always(1, schema(store.provider_block(provider)))]
    # Server capabilities, get_provider_schema_optional: Terraform asks once and keeps the answer.
    parts.append(wire.always(6, wire.always(2, True)))
    if provider != "alicloud":
        served = {**served, "ephemeral": store.schemas(provider, "ephemeral")}
    for mode, schemas in served.items():
        parts += [wire.map_entry(_TYPES_OF[mode], name, schema(one)) for name, one in schemas.items()]
    return b"".join(parts)


def schema(facts: Json) -> bytes:
    """The Schema message of `{block, version}`."""
    return wire.field(1, facts.get("version", 0)) + wire.always(2, _block(facts["block"]))


def _block(block: Json) -> bytes:
    return b"".join(
        (
            wire.repeated(2, (_attribute(name, facts) for name, facts in block.get("attributes", {}).items())),
            wire.repeated(3, (_nested(name, facts) for name, facts in block.get("block_types", {}).items())),
            wire.field(6, block.get("deprecated")),
        )
    )


def _attribute(name: str, facts: Json) -> bytes:
    kind = facts["type"]
    typed = _TYPES[kind] if isinstance(kind, str) else wire.field(2, json.dumps(kind, separators=(",", ":")))
    return wire.field(1, name) + typed + _said(tuple(map(facts.get, _FLAGS)))


@functools.cache
def _said(flags: tuple[bool | None, ...]) -> bytes:
    """The same few combinations for all attributes of all types."""
    return b"".join(wire.field(number, given) for number, given in zip(_FLAGS.values(), flags, strict=True))


def _nested(name: str, facts: Json) -> bytes:
    return b"".join(
        (
            wire.field(1, name),
            wire.always(2, _block(facts["block"])),
            wire.field(3, _NESTING[facts["nesting_mode"]]),
            wire.field(4, facts.get("min_items")),
            wire.field(5, facts.get("max_items")),
        )
    )
