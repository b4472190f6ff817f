"""Whether an entry of an answers file is meant by a configuration: both are what the provider's schema says they are."""

from collections.abc import Callable, Mapping
from typing import Any

from dicom_cdk.offline.store import Json


def matches(block: Json, given: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a configuration says all of `wanted`, both as `block` types them; of a nested block, too, a part is enough."""
    return all(_same(block, key, given.get(key), value) for key, value in wanted.items())


def _same(block: Json, name: str, given: Any, wanted: Any) -> bool:
    if wanted in (None, []) or given in (None, []):
        return wanted in (None, []) and given in (None, [])
    nested = block.get("block_types", {}).get(name)
    if nested is None:
        return _alike(block["attributes"][name]["type"], given, wanted)

    def part(one: Any, other: Any) -> bool:
        return matches(nested["block"], one, other)

    if nested["nesting_mode"] == "single":
        return part(given, wanted)
    return _pairs(given, wanted, part, any_order=nested["nesting_mode"] == "set")


def _alike(kind: Any, given: Any, wanted: Any) -> bool:
    outer = kind[0] if isinstance(kind, list) else "map" if isinstance(wanted, dict) else kind
    if outer in ("list", "set") and isinstance(given, list):
        return _pairs(given, wanted, lambda one, other: _alike(kind[1], one, other), any_order=outer == "set")
    if outer in ("map", "object") and isinstance(given, dict):
        inner = kind[1] if isinstance(kind, list) else "dynamic"
        return all(
            _alike(inner[key] if isinstance(inner, dict) else inner, given.get(key), value)
            for key, value in wanted.items()
        )
    return bool(given == wanted)


def _pairs(given: list[Any], wanted: list[Any], alike: Callable[[Any, Any], bool], *, any_order: bool) -> bool:
    """Element by element; a set has no order."""
    if len(given) != len(wanted):
        return False
    if not any_order:
        return all(map(alike, given, wanted))
    left = list(given)
    for one in wanted:
        found = next((at for at, other in enumerate(left) if alike(other, one)), None)
        if found is None:
            return False
        left.pop(found)
    return True
