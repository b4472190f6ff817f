"""From the overlay to the schema that Terraform is told, as the SDK lowers it (provider/README.md, "lowering").

What stands here is needed where no binary of the provider can be asked.
"""

from typing import Any

Json = dict[str, Any]
PLAIN = {"TypeString": "string", "TypeInt": "number", "TypeFloat": "number", "TypeBool": "bool"}
MANY = {"TypeList": "list", "TypeSet": "set", "TypeMap": "map"}


def schema(overlay: Json) -> Json:
    """The part of `terraform providers schema -json` for one provider, without descriptions."""
    provider = {"block": _block(overlay["provider"]), "version": 0}
    return {
        "provider": provider,
        "resource_schemas": {name: _type(one) for name, one in overlay["resources"].items()},
        "data_source_schemas": {name: _type(one) for name, one in overlay["data_sources"].items()},
    }


def _type(overlay: Json) -> Json:
    block = _block(overlay["fields"])
    attributes = block.setdefault("attributes", {})
    attributes.setdefault("id", {"computed": True, "optional": True, "type": "string"})
    timeouts = overlay.get("timeouts_s")
    if timeouts is not None and "timeouts" not in overlay["fields"]:
        operations = {name: {"optional": True, "type": "string"} for name in timeouts}
        block.setdefault("block_types", {})["timeouts"] = {
            "block": {"attributes": operations},
            "nesting_mode": "single",
        }
    if overlay.get("deprecated"):
        block["deprecated"] = True
    return {"block": block, "version": overlay["schema_version"]}


def _block(fields: Json) -> Json:
    attributes = {name: _attribute(one) for name, one in fields.items() if not _nested(one)}
    blocks = {name: _nested_block(one) for name, one in fields.items() if _nested(one)}
    return {**({"attributes": attributes} if attributes else {}), **({"block_types": blocks} if blocks else {})}


def _nested(field: Json) -> bool:
    return "block" in field and field["type"] != "TypeMap" and bool(field.get("optional") or field.get("required"))


def _attribute(field: Json) -> Json:
    required = bool(field.get("required")) and field.get("default") is None
    optional = bool(field.get("optional")) or (bool(field.get("required")) and not required)
    flags = {
        "required": required,
        "optional": optional,
        "computed": field.get("computed"),
        "sensitive": field.get("sensitive"),
        "deprecated": field.get("deprecated"),
    }
    return {"type": _kind(field), **{name: True for name, given in flags.items() if given}}


def _nested_block(field: Json) -> Json:
    least = field.get("min_items", 0)
    least = 0 if field.get("optional") else least or 1
    limits = {"min_items": least, "max_items": field.get("max_items", 0)}
    found = {name: number for name, number in limits.items() if number}
    block = _block(field["block"])
    if field.get("deprecated"):
        block["deprecated"] = True
    return {"block": block, "nesting_mode": MANY[field["type"]], **found}


def _kind(field: Json) -> Any:
    if field["type"] in PLAIN:
        return PLAIN[field["type"]]
    many = MANY[field["type"]]
    if "block" in field and field["type"] != "TypeMap":
        return [many, ["object", {name: _kind(one) for name, one in field["block"].items()}]]
    return [many, _kind(field["elem"]) if "elem" in field else "string"]
