"""The JSON Schema of a site file, made from the settings models (`dicom-cdk schema`, `make docs`).

It serves three: editors (`# yaml-language-server: $schema=…`), `check`, which judges site files by it, and the settings
reference. So it is plain: no references, no alternatives; a value that may be left out by `null` has the type `[…, "null"]`.
What a base file may give (see `extends`) is required only where there is none.
"""

import json
from typing import Any, get_args, get_origin

from dicom_cdk.settings.descriptions import descriptions
from dicom_cdk.settings.models.base import Settings
from dicom_cdk.settings.site import SiteSettings

Schema = dict[str, Any]

_EXTENDS: Schema = {
    "type": "string",
    "minLength": 1,
    "description": "A base file, relative to this one: its maps are merged key by key, everything else is replaced.",
}
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def site_schema() -> Schema:
    """The schema as plain data. Equal models give equal schemas, in the order of the models."""
    root = _of_model(SiteSettings)
    required = _pop_required(root)
    root["properties"] = {"extends": _EXTENDS, **root["properties"]}
    return {
        "$schema": _DIALECT,
        "$comment": "Generated from the settings models by `make docs`; do not edit.",
        "title": "Site of dicom-cdk",
        **root,
        "if": {"not": {"required": ["extends"]}},
        "then": required,
    }


def schema_text() -> str:
    """The schema as it is committed in docs/site.schema.json."""
    return json.dumps(site_schema(), indent=1, ensure_ascii=False) + "\n"


def _of_model(model: type[Settings]) -> Schema:
    plain = model.model_json_schema()
    said = descriptions(model)
    properties = {}
    for name, field in model.model_fields.items():
        about = {"description": said[name]} if name in said else {}
        properties[name] = {**about, **_of_field(field.annotation, plain["properties"][name])}
    schema: Schema = {"type": "object", "additionalProperties": False, "properties": properties}
    if required := plain.get("required"):
        schema["required"] = required
    return schema


def _of_field(annotation: Any, plain: Schema) -> Schema:
    if isinstance(annotation, type) and issubclass(annotation, Settings):
        return _of_model(annotation)
    if get_origin(annotation) is tuple:
        item = get_args(annotation)[0]
        if isinstance(item, type) and issubclass(item, Settings):
            return {"type": "array", "items": _of_model(item), "default": []}
    if type(None) in get_args(annotation):
        inside = _of_field(get_args(annotation)[0], {})
        if "properties" in inside:
            return {**inside, "type": ["object", "null"]}
        if "items" in inside:
            return {"type": ["array", "null"], "items": inside["items"]}
    return _leaf(plain)


def _leaf(plain: Schema) -> Schema:
    schema = {key: value for key, value in plain.items() if key not in ("title", "anyOf", "default")}
    if "anyOf" in plain:
        # Settings know one alternative only: null, which takes the default.
        value, _null = plain["anyOf"]
        schema |= _leaf(value)
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    if "items" in schema:
        schema["items"] = _leaf(schema["items"])
    if plain.get("default") is not None:
        schema["default"] = plain["default"]
    return schema


def _pop_required(schema: Schema) -> Schema:
    """Take `required` out of a map and of the maps in it, and give it back as a schema of its own."""
    taken: Schema = {}
    if required := schema.pop("required", None):
        taken["required"] = required
    inside = {
        name: part
        for name, value in schema["properties"].items()
        if "properties" in value and (part := _pop_required(value))
    }
    if inside:
        taken["properties"] = inside
    return taken
