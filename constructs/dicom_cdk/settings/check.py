"""Judges the tree of a site against its JSON Schema: types, ranges, value sets, patterns, missing and unknown keys.

The models say the same, and the schema is made from them; judging by the schema as data gives every error at once in our own
words, gives rules values to look at although others are wrong, and answers without importing pydantic, which takes longer than
all the rest.
"""

import json
from functools import cache
from typing import Any

from dicom_cdk import shipped
from dicom_cdk.settings.errors import Located, Path, Problem, shown
from dicom_cdk.settings.hints import unknown_key
from dicom_cdk.settings.single_value import INVALID, Report, null, refuse, single_value
from dicom_cdk.settings.tree import UNREADABLE, Entries, Items, Node, Scalar
from dicom_cdk.settings.wording import Schema, describe, type_of

FILE = "docs/site.schema.json"


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
            return null(node, schema, path, report)
    match type_of(schema):
        case "object" if isinstance(node, Entries):
            return _entries(node, schema, {}, path, (node.file, node.line), report)
        case "array" if isinstance(node, Items):
            return _items(node, schema, path, report)
        case "object" | "array":
            return refuse(node, path, report, f"is not {_shape(schema)}", _shape(schema), _reshaped(node, schema))
        case _:
            return single_value(node, schema, path, report)


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
            values[name] = _entries(Entries(*at, {}), part, below, inside, at, report)
        else:
            report(Located(*at, Problem(inside, "is missing", shown(None), describe(part, name))))
            values[name] = INVALID
    return values


def _or_empty(node: Node) -> Node:
    """A map that must hold something and holds nothing is told by what is missing in it."""
    return Entries(node.file, node.line, {}) if isinstance(node, Scalar) and node.value is None else node


def _default(schema: Schema) -> Any:
    if type_of(schema) == "object" and "null" not in schema["type"]:
        return {name: _default(part) for name, part in schema.get("properties", {}).items()}
    value = schema.get("default")
    return tuple(value) if isinstance(value, list) else value


def _items(node: Items, schema: Schema, path: Path, report: Report) -> Any:
    values = tuple(_value(item, schema["items"], (*path, index), report) for index, item in enumerate(node.items))
    return INVALID if any(value is INVALID for value in values) else values


def _shape(schema: Schema) -> str:
    return "a list" if type_of(schema) == "array" else "a map"


def _reshaped(node: Node, schema: Schema) -> str:
    if type_of(schema) == "array" and isinstance(node, Scalar):
        return f"write [{node.text}]" if node.text.strip() else "write []"
    return "write its keys below it, indented by two blanks" if type_of(schema) == "object" else ""


def _given(node: Node, schema: Schema) -> Any:
    if isinstance(node, Entries):
        known = schema.get("properties", {})
        each = schema.get("additionalProperties")
        return {name: _given(entry.node, known.get(name) or each or {}) for name, entry in node.entries.items()}
    if isinstance(node, Items):
        return tuple(_given(item, schema["items"]) for item in node.items)
    return node.text if schema.get("format") == "date" else node.value
