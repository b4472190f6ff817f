"""Schemas as the protocol's messages (facts: offline-plan 2; numbers of tfplugin5)."""

import json

from dicom_cdk.offline import wire
from dicom_cdk.offline.store import Json

_TYPES = {kind: wire.field(2, json.dumps(kind)) for kind in ("string", "number", "bool")}
_FLAGS = tuple(
    (flag, wire.field(number, True))
    for flag, number in (("required", 4), ("optional", 5), ("computed", 6), ("sensitive", 7), ("deprecated", 9))
)
_NESTING = {"single": 1, "list": 2, "set": 3, "map": 4}


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
    return b"".join((wire.field(1, name), typed, *(said for flag, said in _FLAGS if facts.get(flag))))


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
