"""Values made to fit a schema: every attribute there, nothing else."""

from typing import Any

from dicom_cdk.offline.store import Json
from dicom_cdk.offline.values import Value


def complete(block: Json, value: Value) -> Value:
    """`value` with every attribute and block of the schema, absent ones null or empty, and nothing that it does not know."""
    if not isinstance(value, dict):
        return None
    found = {name: fit(facts["type"], value.get(name)) for name, facts in block.get("attributes", {}).items()}
    for name, facts in block.get("block_types", {}).items():
        given, inner = value.get(name), facts["block"]
        if facts["nesting_mode"] == "single":
            found[name] = complete(inner, given)
        elif isinstance(given, list):
            found[name] = [complete(inner, element) for element in given]
        elif isinstance(given, dict) and facts["nesting_mode"] == "map":
            found[name] = {key: complete(inner, element) for key, element in given.items()}
        else:
            found[name] = {} if facts["nesting_mode"] == "map" else []
    return found


def fit(kind: Any, value: Value) -> Value:
    """A value of an attribute's type: objects get their missing attributes."""
    if value is None or isinstance(kind, str):
        return value
    outer, inner = kind
    if outer == "object" and isinstance(value, dict):
        return {key: fit(part, value.get(key)) for key, part in inner.items()}
    if outer == "map" and isinstance(value, dict):
        return {key: fit(inner, part) for key, part in value.items()}
    if outer in ("list", "set") and isinstance(value, list):
        return [fit(inner, part) for part in value]
    return value
