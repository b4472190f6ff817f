"""Judges the tree of a site against its JSON Schema: types, ranges, value sets, patterns, missing and unknown keys.

The models say the same, and the schema is made from them; judging by the schema as data gives every error at once in our own
words, gives rules values to look at although others are wrong, and answers without importing pydantic, which takes longer than
all the rest.
"""

import datetime
import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from dicom_cdk import shipped
from dicom_cdk.settings.errors import Located, Path, Problem, shown
from dicom_cdk.settings.hints import as_written, matches, nearest, unknown_key
from dicom_cdk.settings.tree import UNREADABLE, Entries, Items, Node, Scalar, kind
from dicom_cdk.settings.wording import Schema, describe, type_of

Report = Callable[[Located], None]
FILE = "docs/site.schema.json"

INVALID = object()
"""Stands for a value that was refused."""

_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@cache
def site_schema() -> Schema:
    """The committed schema, as `dicom_cdk.settings.schema` makes it."""
    schema: Schema = json.loads(shipped.path(FILE).read_text(encoding="utf-8"))
    return schema


def check(root: Entries, report: Report) -> dict[str, Any]:
    """Every value of the site, defaults filled in, INVALID where it was refused; lists as tuples, dates as dates."""
    schema = site_schema()
    return _entries(root, schema, schema["then"], (), (root.file, root.line), report)


def given(root: Entries) -> dict[str, Any]:
    """Only what is written, as the models take it. For a tree that `check` found nothing wrong with."""
    value: dict[str, Any] = _given(root, site_schema())
    return value


def _value(node: Node, schema: Schema, path: Path, report: Report) -> Any:
    if isinstance(node, Scalar):
        if node.value is UNREADABLE:
            return INVALID
        if node.value is None:
            return _null(node, schema, path, report)
    match type_of(schema):
        case "object" if isinstance(node, Entries):
            return _entries(node, schema, {}, path, (node.file, node.line), report)
        case "array" if isinstance(node, Items):
            return _items(node, schema, path, report)
        case "object" | "array":
            return _refuse(node, path, report, f"is not {_shape(schema)}", _shape(schema), _reshaped(node, schema))
        case _ if not isinstance(node, Scalar):
            return _refuse(node, path, report, "is not a single value", describe(schema, _name(path)))
        case "integer":
            return _integer(node, schema, path, report)
        case "boolean":
            if isinstance(node.value, bool) and node.text.lower() in ("true", "false"):
                return node.value
            return _refuse(
                node, path, report, "is not true or false", "true or false", as_written(node, schema, _name(path))
            )
        case _:
            return _text(node, schema, path, report)


def _entries(
    node: Entries, schema: Schema, also: Schema, path: Path, at: tuple[str, int], report: Report
) -> dict[str, Any]:
    if "properties" not in schema:
        each: Schema = schema["additionalProperties"]
        return {name: _value(entry.node, each, (*path, name), report) for name, entry in node.entries.items()}
    known: Schema = schema["properties"]
    values: dict[str, Any] = {}
    for name, entry in node.entries.items():
        if name not in known:
            report(Located(entry.file, entry.line, unknown_key((*path, name), known, site_schema()["properties"])))
    required = [*schema.get("required", ()), *also.get("required", ())]
    for name, part in known.items():
        inside = (*path, name)
        below: Schema = also.get("properties", {}).get(name, {})
        if name in node.entries:
            entry = node.entries[name]
            if below and isinstance(inner := _or_empty(entry.node), Entries):
                values[name] = _entries(inner, part, below, inside, (entry.file, entry.line), report)
            else:
                values[name] = _value(entry.node, part, inside, report)
        elif name not in required:
            values[name] = _default(part)
        elif below:
            values[name] = _entries(Entries(*at), part, below, inside, at, report)
        else:
            report(Located(*at, Problem(inside, "is missing", shown(None), describe(part, name))))
            values[name] = INVALID
    return values


def _or_empty(node: Node) -> Node:
    """A map that must hold something and holds nothing is told by what is missing in it."""
    return Entries(node.file, node.line) if isinstance(node, Scalar) and node.value is None else node


def _default(schema: Schema) -> Any:
    if type_of(schema) == "object":
        return {name: _default(part) for name, part in schema.get("properties", {}).items()}
    value = schema.get("default")
    return tuple(value) if isinstance(value, list) else value


def _items(node: Items, schema: Schema, path: Path, report: Report) -> Any:
    values = tuple(_value(item, schema["items"], (*path, index), report) for index, item in enumerate(node.items))
    return INVALID if any(value is INVALID for value in values) else values


def _null(node: Scalar, schema: Schema, path: Path, report: Report) -> Any:
    if "null" in schema["type"]:
        return None
    do = "remove the key to take the default, or write a value"
    return _refuse(node, path, report, "has no value", describe(schema, _name(path)), do)


def _integer(node: Scalar, schema: Schema, path: Path, report: Report) -> Any:
    value, allowed = node.value, describe(schema, _name(path))
    if not isinstance(value, int) or isinstance(value, bool):
        return _refuse(node, path, report, "is not a whole number", allowed, as_written(node, schema, _name(path)))
    if not _DECIMAL.fullmatch(node.text):
        return _refuse(
            node, path, report, "is not written as a decimal number", allowed, "write it with the digits 0 to 9 only"
        )
    if "enum" in schema:
        return value if value in schema["enum"] else _refuse(node, path, report, "is not one of the values", allowed)
    if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        return _refuse(node, path, report, "is out of range", allowed)
    if value % schema.get("multipleOf", 1):
        return _refuse(node, path, report, f"is not a multiple of {schema['multipleOf']}", allowed)
    return value


def _text(node: Scalar, schema: Schema, path: Path, report: Report) -> Any:
    allowed = describe(schema, _name(path))
    value = node.value
    if schema.get("format") == "date":
        return _date(node, path, report, allowed)
    if not isinstance(value, str):
        return _refuse(node, path, report, "is not text", allowed, as_written(node, schema, _name(path)))
    if "enum" in schema:
        if value in schema["enum"]:
            return value
        near = nearest(value, [each for each in schema["enum"] if isinstance(each, str)], cutoff=0.8)
        return _refuse(
            node, path, report, "is not one of the values", allowed, f'did you mean "{near}"?' if near else ""
        )
    low, high = schema.get("minLength", 0), schema.get("maxLength")
    if not low <= len(value) <= (len(value) if high is None else high):
        what = (
            f"is too {'short' if len(value) < low else 'long'} ({len(value)} character{'' if len(value) == 1 else 's'})"
        )
        return _refuse(node, path, report, what, f"{low} to {high} characters")
    if "pattern" in schema and not matches(schema["pattern"], value):
        what = "is IPv6" if ":" in value and "IPv4" in allowed else "has a wrong form"
        return _refuse(node, path, report, what, allowed)
    return value


def _date(node: Scalar, path: Path, report: Report, allowed: str) -> Any:
    try:
        if _DATE.fullmatch(node.text):
            return datetime.date.fromisoformat(node.text)
    except ValueError:
        pass
    return _refuse(node, path, report, "is not a day", allowed)


def _shape(schema: Schema) -> str:
    return "a list" if type_of(schema) == "array" else "a map"


def _reshaped(node: Node, schema: Schema) -> str:
    if type_of(schema) == "array" and isinstance(node, Scalar):
        return f"write [{node.text}]" if node.text.strip() else "write []"
    return "write its keys below it, indented by two blanks" if type_of(schema) == "object" else ""


def _refuse(node: Node, path: Path, report: Report, what: str, allowed: str, do: str = "") -> Any:
    report(Located(node.file, node.line, Problem(path, what, kind(node), allowed, do)))
    return INVALID


def _name(path: Path) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def _given(node: Node, schema: Schema) -> Any:
    if isinstance(node, Entries):
        known = schema.get("properties", {})
        each = schema.get("additionalProperties")
        return {name: _given(entry.node, known.get(name) or each or {}) for name, entry in node.entries.items()}
    if isinstance(node, Items):
        return tuple(_given(item, schema["items"]) for item in node.items)
    return node.text if schema.get("format") == "date" else node.value
