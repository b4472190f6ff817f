"""One fact in two forms: the `convert` of provider/read-back.md, section 2."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from dicom_cdk.offline.fields import Field, Kind
from dicom_cdk.offline.values import UNKNOWN, Value, number_text

_SITE_NAMES = {"is_base_encode": "isBase64Encode", "timeout": "time_out", "user_name": "username"}
Names = Callable[[str], str]


def convert(name: str, value: Value, target: Field, place: Mapping[str, str]) -> Value:
    """`value` in the form that `target` has it in; unknown where it is not of the form it should be.

    `place`: what `{region}` and `{account}` stand for.
    """
    kind, _, argument = name.partition(":")
    try:
        return _converted(kind, argument, value, target, place)
    except (ValueError, TypeError, AttributeError, KeyError):
        return UNKNOWN


def _converted(kind: str, argument: str, value: Value, target: Field, place: Mapping[str, str]) -> Value:
    match kind:
        case "join_comma":
            return ",".join(value)
        case "split_comma":
            return value.split(",") if value else []
        case "one_element":
            return [value] if value else []
        case "first_element":
            return value[0] if value else UNKNOWN
        case "column":
            return [row[argument] for row in value]
        case "rows":
            return [_row(argument, one, target, place) for one in value]
        case "dimension_map":
            return _dimension_map(value)
        case "dimension_list_json":
            return _text([{key: part} for key, parts in value.items() for part in parts.split(",")])
        case "json_of_camel_block":
            return _text(_object(value[0], camel)) if value else UNKNOWN
        case "json_of_camel_list":
            return _text([_object(one, camel) for one in value])
        case "json_of_string_list":
            return _text(value)
        case "string_list_of_json":
            return [one if isinstance(one, str) else json.dumps(one) for one in json.loads(value)] if value else []
        case "camel_block_of_json":
            return [_block(json.loads(value), target, camel)] if value else []
        case "camel_list_of_json":
            return [_block(one, target, camel) for one in json.loads(value)] if value else []
        case "site_options_block":
            return [_block(json.loads(value), target, _site)] if value else []
        case "site_options_json":
            return _text(_object(value[0], _site)) if value else UNKNOWN
    raise ValueError(f"facts name the conversion {kind!r}, which this version does not know; update dicom-cdk")


def camel(name: str) -> str:
    """`is_contain_key_word` as `isContainKeyWord`."""
    return re.sub(r"_(.)", lambda found: found[1].upper(), name)


def _site(name: str) -> str:
    return _SITE_NAMES.get(name, name)


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _row(argument: str, value: str, target: Field, place: Mapping[str, str]) -> Value:
    column, *fixed = argument.split(",")
    row: dict[str, Value] = dict.fromkeys(target.fields or {}, "")
    row[column] = value
    for one in fixed:
        key, _, text = one.partition("=")
        row[key] = text.format_map(place)
    return row


def _dimension_map(value: str) -> Value:
    found: dict[str, list[str]] = {}
    for one in json.loads(value) if value else []:
        for key, part in one.items():
            found.setdefault(key, []).append(part)
    return {key: ",".join(parts) for key, parts in found.items()}


def _object(element: Value, names: Names) -> Any:
    """A block's element as an object: what is absent stays out, a nested block is an object."""
    found = {}
    for key, part in element.items():
        if part is None or part == []:
            continue
        nested = isinstance(part, list) and isinstance(part[0], dict)
        found[names(key)] = _object(part[0], names) if nested else part
    return found


def _block(document: Any, target: Field, names: Names) -> dict[str, Value]:
    """An object as a block's element; what it does not say is the zero value."""
    found: dict[str, Value] = {}
    for name, field in (target.fields or {}).items():
        part = document.get(names(name))
        if field.fields is not None:
            parts = part if isinstance(part, list) else [part] if isinstance(part, dict) else []
            found[name] = [_block(one, field, names) for one in parts]
        else:
            found[name] = zero(field) if part is None else fitted(field, part)
    return found


def zero(field: Field) -> Value:
    """What an absent field of a block's element is in the state."""
    if not field.plain:
        return {} if field.kind is Kind.MAP else []
    return {Kind.STRING: "", Kind.BOOL: False}.get(field.kind, 0)


def fitted(field: Field, value: Value) -> Value:
    """A known value in the field's own type; a fraction as its decimal text, as the planner has it."""
    if value is None or not field.plain:
        return value
    if field.kind is Kind.STRING:
        if isinstance(value, bool):
            return str(value).lower()
        return value if isinstance(value, str) else number_text(value) if isinstance(value, int | float) else value
    if field.kind is Kind.BOOL:
        return value if isinstance(value, bool) else str(value).lower() in ("true", "1")
    if isinstance(value, bool):
        return int(value)
    text = value if isinstance(value, str) else number_text(value)
    try:
        return int(text)
    except ValueError:
        return text if re.fullmatch(r"-?\d+\.\d+", text) else 0
