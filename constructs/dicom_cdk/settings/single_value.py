"""Judges one value of a site's tree against its part of the JSON Schema."""

import datetime
import re
from collections.abc import Callable
from typing import Any

from dicom_cdk.settings.errors import Located, Path, Problem
from dicom_cdk.settings.hints import as_written, matches, nearest
from dicom_cdk.settings.tree import Node, Scalar, kind
from dicom_cdk.settings.wording import Schema, describe, type_of

Report = Callable[[Located], None]

INVALID = object()
"""Stands for a value that was refused."""

_DECIMAL = r"[-+]?(0|[1-9][0-9]*)"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


def single_value(node: Node, schema: Schema, path: Path, report: Report) -> Any:
    """The value of `node`, or INVALID with one problem reported."""
    if not isinstance(node, Scalar):
        return refuse(node, path, report, "is not a single value", describe(schema, key_of(path)))
    match type_of(schema):
        case "integer":
            return _integer(node, schema, path, report)
        case "boolean":
            if isinstance(node.value, bool) and node.text.lower() in ("true", "false"):
                return node.value
            do = as_written(node, schema, key_of(path))
            return refuse(node, path, report, "is not true or false", "true or false", do)
        case _:
            return _text(node, schema, path, report)


def null(node: Scalar, schema: Schema, path: Path, report: Report) -> Any:
    """None where that is allowed, else INVALID; of a key without a value."""
    if "null" in schema["type"]:
        return None
    do = "remove the key to take the default, or write a value"
    return refuse(node, path, report, "has no value", describe(schema, key_of(path)), do)


def _integer(node: Scalar, schema: Schema, path: Path, report: Report) -> Any:
    value, allowed = node.value, describe(schema, key_of(path))
    if not isinstance(value, int) or isinstance(value, bool):
        return refuse(node, path, report, "is not a whole number", allowed, as_written(node, schema, key_of(path)))
    if not re.fullmatch(_DECIMAL, node.text):
        return refuse(
            node, path, report, "is not written as a decimal number", allowed, "write it with the digits 0 to 9 only"
        )
    if "enum" in schema:
        return value if value in schema["enum"] else refuse(node, path, report, "is not one of the values", allowed)
    if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        return refuse(node, path, report, "is out of range", allowed)
    if value % schema.get("multipleOf", 1):
        return refuse(node, path, report, f"is not a multiple of {schema['multipleOf']}", allowed)
    return value


def _text(node: Scalar, schema: Schema, path: Path, report: Report) -> Any:
    allowed = describe(schema, key_of(path))
    value = node.value
    if schema.get("format") == "date":
        return _date(node, path, report, allowed)
    if not isinstance(value, str):
        return refuse(node, path, report, "is not text", allowed, as_written(node, schema, key_of(path)))
    if "enum" in schema:
        if value in schema["enum"]:
            return value
        near = nearest(value, [each for each in schema["enum"] if isinstance(each, str)], cutoff=0.8)
        return refuse(
            node, path, report, "is not one of the values", allowed, f'did you mean "{near}"?' if near else ""
        )
    low, high = schema.get("minLength", 0), schema.get("maxLength")
    if not low <= len(value) <= (len(value) if high is None else high):
        what = (
            f"is too {'short' if len(value) < low else 'long'} ({len(value)} character{'' if len(value) == 1 else 's'})"
        )
        return refuse(node, path, report, what, f"{low} to {high} characters")
    if "pattern" in schema and not matches(schema["pattern"], value):
        what = "is IPv6" if ":" in value and "IPv4" in allowed else "has a wrong form"
        if "/" in value and allowed.startswith("an IPv4 address"):
            what = "is a network, not one host"
        return refuse(node, path, report, what, allowed)
    return value


def _date(node: Scalar, path: Path, report: Report, allowed: str) -> Any:
    try:
        if re.fullmatch(_DATE, node.text):
            return datetime.date.fromisoformat(node.text)
    except ValueError:
        pass
    return refuse(node, path, report, "is not a day", allowed)


def refuse(node: Node, path: Path, report: Report, what: str, allowed: str, do: str = "") -> Any:
    """Report what is wrong with `node`; INVALID, to stand for its value."""
    report(Located(node.file, node.line, Problem(path, what, kind(node), allowed, do)))
    return INVALID


def key_of(path: Path) -> str:
    """The last name of `path`: what a list's items are called by."""
    return next((part for part in reversed(path) if isinstance(part, str)), "")
