"""Apply for rehearsals: what only the cloud can know is made up, the same from the same configuration; nothing is created."""

import hashlib
import json
from typing import Any

from dicom_cdk.offline.store import Json
from dicom_cdk.offline.values import Unknown, Value

_DIGITS = 12


def applied(name: str, block: Json, planned: Value) -> Value:
    """The planned value with every unknown filled in by its type; null (destroyed) stays null."""
    if planned is None:
        return None
    seed = json.dumps([name, planned], sort_keys=True, default=repr)
    return _Filling(seed).block(block, planned, ())


class _Filling:
    def __init__(self, seed: str) -> None:
        self._seed = seed

    def block(self, block: Json, value: Value, path: tuple[str, ...]) -> Value:
        if not isinstance(value, dict):
            return value
        found = dict(value)
        for name, facts in block.get("attributes", {}).items():
            found[name] = self._attribute(facts["type"], value.get(name), (*path, name))
        for name, facts in block.get("block_types", {}).items():
            given = value.get(name)
            if isinstance(given, Unknown):
                found[name] = None if facts["nesting_mode"] == "single" else []
            elif isinstance(given, list):
                found[name] = [self.block(facts["block"], one, (*path, name, str(at))) for at, one in enumerate(given)]
            else:
                found[name] = self.block(facts["block"], given, (*path, name))
        return found

    def _attribute(self, kind: Any, value: Value, path: tuple[str, ...]) -> Value:
        if isinstance(value, Unknown):
            return self._value(kind, path)
        if isinstance(value, list):
            inner = kind[1] if isinstance(kind, list) else "string"
            return [self._attribute(inner, one, (*path, str(at))) for at, one in enumerate(value)]
        if isinstance(value, dict) and isinstance(kind, list):
            inner = kind[1]
            return {
                key: self._attribute(inner[key] if kind[0] == "object" else inner, one, (*path, key))
                for key, one in value.items()
            }
        return value

    def _value(self, kind: Any, path: tuple[str, ...]) -> Value:
        digest = hashlib.sha256(f"{self._seed}\n{'.'.join(path)}".encode()).hexdigest()
        if kind == "string":
            return _text(path[-1], digest)
        if kind == "number":
            return int(digest[:4], 16) % 1000 + 1
        if kind == "bool":
            return False
        if kind[0] == "object":
            return {key: self._value(part, (*path, key)) for key, part in kind[1].items()}
        return {} if kind[0] == "map" else []


def _text(name: str, digest: str) -> str:
    if "rfc3339" in name or name.endswith("_time"):
        # A certificate's end has to be far away: what is near it is replaced.
        return "2099-01-01T00:00:00Z" if "end" in name else "2026-01-01T00:00:00Z"
    if name == "port" or name.endswith("_port"):
        return str(int(digest[:4], 16) % 4000 + 1000)
    return f"rehearsed-{name.replace('_', '-')}-{digest[:_DIGITS]}"
