"""What a document itself says of its variables and locals, put where they are named."""

import json
import re
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
_SET = re.compile(r"\$\{toset\((?P<kind>var|local)\.(?P<name>[A-Za-z0-9_-]+)\)\}")
_FILLED = re.compile(r"\$\{(?P<kind>var|local)\.(?P<name>[A-Za-z0-9_-]+)\}")


def stated(document: Json) -> dict[tuple[str, str], Any]:
    """What variables (by their defaults) and locals stand for."""
    found: dict[tuple[str, str], Any] = {}
    for name, body in (document.get("variable") or {}).items():
        if isinstance(body, dict) and "default" in body:
            found["var", name] = body["default"]
    for name, value in (document.get("locals") or {}).items() if isinstance(document.get("locals"), dict) else ():
        found["local", name] = value
    return found


def filled(value: Any, values: Mapping[tuple[str, str], Any], depth: int = 0) -> Any:
    """`value` with variables and locals replaced by what they stand for, `values` being of `stated`; others stay references."""
    if isinstance(value, dict):
        return {key: filled(part, values, depth) for key, part in value.items()}
    if isinstance(value, list):
        return [filled(part, values, depth) for part in value]
    if not isinstance(value, str) or "${" not in value or not values or depth > 8:
        return value
    whole = _FILLED.fullmatch(value)
    if whole:
        key = (whole["kind"], whole["name"])
        return filled(values[key], values, depth + 1) if key in values else value
    members = _SET.fullmatch(value)
    if members and isinstance(listed := values.get((members["kind"], members["name"])), list):
        return f"${{toset({json.dumps(listed, ensure_ascii=False)})}}"

    def text(match: re.Match[str]) -> str:
        given = values.get((match["kind"], match["name"]))
        return str(given) if isinstance(given, str | int | float) and not isinstance(given, bool) else match[0]

    return _FILLED.sub(text, value)
