"""Values of which no fact is known: typed right, within the value set, the same from the same configuration."""

import hashlib
from typing import Any

from dicom_cdk.offline.fields import Field, Kind
from dicom_cdk.offline.store import Json
from dicom_cdk.offline.values import Unknown, Value

MARK = "rehearsed"
"""What a made-up text begins with."""
FAR, NOW = "2099-01-01T00:00:00Z", "2026-01-01T00:00:00Z"
_DIGITS = 12


class Chance:
    """Digits that depend on nothing but a seed and a path."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def digest(self, path: tuple[str, ...]) -> str:
        """64 hexadecimal digits."""
        return hashlib.sha256(f"{self._seed}\n{'.'.join(path)}".encode()).hexdigest()


def value(field: Field, path: tuple[str, ...], chance: Chance) -> Value:
    """A value of a field of alicloud.

    A list of objects that only the cloud fills has one, and so has a block of the resource that comes once: outputs read the first.
    Other collections are empty, as after a Read that finds nothing.
    """
    if field.fields is not None and (not field.optional or (field.max_items == 1 and len(path) == 1)):
        return [{name: value(part, (*path, "0", name), chance) for name, part in field.fields.items()}]
    if not field.plain:
        return {} if field.kind is Kind.MAP else []
    digest = chance.digest(path)
    allowed = _value_set(field)
    if allowed:
        return allowed[0]
    if field.kind is Kind.BOOL:
        return False
    if field.kind is Kind.STRING:
        return text(path[-1], digest)
    low, high = _range(field)
    return low + int(digest[:4], 16) % (high - low + 1)


def _value_set(field: Field) -> list[Any]:
    for check in field.checks:
        if check["kind"] in ("enum", "int_enum"):
            return [one for one in check["args"] if one != ""]
    return []


def _range(field: Field) -> tuple[int, int]:
    for check in field.checks:
        if check["kind"] == "int_range":
            return check["args"][0], check["args"][1]
        if check["kind"] == "int_min":
            least = check["args"][0] if isinstance(check["args"], list) else check["args"]
            return least, least + 999
    return 1, 1000


def text(name: str, digest: str) -> str:
    """A text for an attribute of this name."""
    if "rfc3339" in name or name.endswith("_time"):
        # A certificate's end has to be far away: what is near it is replaced.
        return FAR if "end" in name else NOW
    if name == "port" or name.endswith("_port"):
        return str(int(digest[:4], 16) % 4000 + 1000)
    return f"{MARK}-{name.replace('_', '-')}-{digest[:_DIGITS]}"


def typed(kind: Any, path: tuple[str, ...], chance: Chance) -> Value:
    """A value of a Terraform type, for providers of which only the schema is known."""
    digest = chance.digest(path)
    if kind == "string":
        return text(path[-1], digest)
    if kind == "number":
        return int(digest[:4], 16) % 1000 + 1
    if kind == "bool":
        return False
    if kind[0] == "object":
        return {key: typed(part, (*path, key), chance) for key, part in kind[1].items()}
    if kind[0] in ("list", "set") and isinstance(kind[1], list) and kind[1][0] == "object":
        return [typed(kind[1], (*path, "0"), chance)]
    return {} if kind[0] == "map" else []


def by_schema(block: Json, given: Value, path: tuple[str, ...], chance: Chance) -> Value:
    """`given` with every unknown filled in by its type."""
    if not isinstance(given, dict):
        return given
    found = dict(given)
    for name, facts in block.get("attributes", {}).items():
        found[name] = _attribute(facts["type"], given.get(name), (*path, name), chance)
    for name, facts in block.get("block_types", {}).items():
        inner, part = facts["block"], given.get(name)
        if isinstance(part, Unknown):
            found[name] = None if facts["nesting_mode"] == "single" else []
        elif isinstance(part, list):
            found[name] = [by_schema(inner, one, (*path, name, str(at)), chance) for at, one in enumerate(part)]
        else:
            found[name] = by_schema(inner, part, (*path, name), chance)
    return found


def _attribute(kind: Any, given: Value, path: tuple[str, ...], chance: Chance) -> Value:
    if isinstance(given, Unknown):
        return typed(kind, path, chance)
    if isinstance(given, list):
        inner = kind[1] if isinstance(kind, list) else "string"
        return [_attribute(inner, one, (*path, str(at)), chance) for at, one in enumerate(given)]
    if isinstance(given, dict) and isinstance(kind, list):
        inner = kind[1]
        return {
            key: _attribute(inner[key] if kind[0] == "object" else inner, one, (*path, key), chance)
            for key, one in given.items()
        }
    return given
