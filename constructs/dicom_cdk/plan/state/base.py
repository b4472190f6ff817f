"""The state that a stack leaves when it is applied on nothing, from one plan in which all values are known.

An apply walks all resources a second time and writes the state after each: as long again as the plan. Where anything is unknown in
the plan, or happens at apply only, there is no such state and the stack has to be applied.
"""

import base64
import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from dicom_cdk.offline.store import FactStore
from dicom_cdk.plan.stack import Stack

Json = dict[str, Any]
SECTIONS = frozenset({"//", "terraform", "provider", "variable", "locals", "data", "resource", "output"})
"""What a stack may consist of; with others, such as modules, imports and checks, it is applied."""
OWN = "terraform_data"
"""Terraform's own resource, which it plans itself; it leaves open what it could say."""
VERSION = 4
LINEAGE = "00000000-0000-4000-8000-000000000000"


def can_be_planned(stack: Stack) -> bool:
    """Whether a plan can stand for an apply, as far as the stack itself tells."""
    resources = stack.document.get("resource") or {}
    bodies = [one for named in resources.values() if isinstance(named, dict) for one in named.values()]
    whole = all(isinstance(one, dict) for one in bodies)
    own = resources.get(OWN) or {}
    return stack.document.keys() <= SECTIONS and whole and isinstance(own, dict) and all(map(_literal, own.values()))


def of_plan(plan: Json, kept: Mapping[tuple[str, str], bytes], store: FactStore) -> bytes | None:
    """The state as Terraform writes it, from `terraform show -json` of such a plan; None where the plan leaves anything open.

    `kept`: what the provider keeps beside a resource, by type and id. What only an apply would need (the order in which resources
    depend on each other) is left out.
    """
    changes = [one["change"] for one in plan.get("resource_changes", []) if one["type"] != OWN]
    changes += plan.get("output_changes", {}).values()
    if any(_holds_true(one.get("after_unknown")) for one in changes):
        return None
    planned = plan.get("planned_values", {})
    if planned.get("root_module", {}).get("child_modules"):
        return None
    resources: dict[tuple[str, str], Json] = {}
    for one in planned.get("root_module", {}).get("resources", []):
        if one["mode"] != "managed":
            continue
        instance = _instance(one, kept, store)
        if instance is None:
            return None
        named = resources.setdefault(
            (one["type"], one["name"]),
            {
                "mode": "managed",
                "type": one["type"],
                "name": one["name"],
                "provider": f'provider["{one["provider_name"]}"]',
                "instances": [],
            },
        )
        named["instances"].append(instance)
    aliases = {
        (one["type"], one["name"]): one["provider_config_key"].partition(".")[2]
        for one in plan.get("configuration", {}).get("root_module", {}).get("resources", [])
    }
    for key, named in resources.items():
        if aliases.get(key):
            named["provider"] += f".{aliases[key]}"
    outputs = {
        name: {key: said[key] for key in ("value", "type", "sensitive") if said.get(key) is not False and key in said}
        for name, said in planned.get("outputs", {}).items()
    }
    state = {
        "version": VERSION, "terraform_version": plan["terraform_version"], "serial": 1, "lineage": LINEAGE,
        "outputs": outputs, "resources": list(resources.values()), "check_results": None,
    }  # fmt: skip
    return json.dumps(state).encode()


def _instance(planned: Json, kept: Mapping[tuple[str, str], bytes], store: FactStore) -> Json | None:
    if planned["type"] == OWN:
        return _own(planned)
    facts = store.find("managed", planned["type"])
    if facts is None:
        return None
    try:
        marked = list(_marked(planned.get("sensitive_values") or {}, facts.schema["block"]))
    except _Unclear:
        return None
    found: Json = {"schema_version": planned["schema_version"], "attributes": planned["values"]}
    if "index" in planned:
        found["index_key"] = planned["index"]
    beside = kept.get((planned["type"], str(planned["values"].get("id"))))
    if beside:
        found["private"] = base64.b64encode(beside).decode()
    return {**found, "sensitive_attributes": marked}


def _own(planned: Json) -> Json:
    """Terraform's own resource: an id, and what it is given, of which it remembers the type too."""
    given = {name: planned["values"].get(name) for name in ("input", "triggers_replace")}
    typed = {name: None if value is None else {"value": value, "type": _type(value)} for name, value in given.items()}
    made_up = str(uuid.uuid5(uuid.UUID(LINEAGE), planned["address"]))
    attributes = {"id": made_up, "output": typed["input"], **typed}
    index = {"index_key": planned["index"]} if "index" in planned else {}
    return {"schema_version": planned["schema_version"], "attributes": attributes, "sensitive_attributes": [], **index}


def _literal(value: Any) -> bool:
    """Whether a value's type is the one that it is written in: no template, and no null, in it."""
    if isinstance(value, dict):
        return all(map(_literal, value.values()))
    if isinstance(value, list):
        return all(map(_literal, value))
    return value is not None and not (isinstance(value, str) and ("${" in value or "%{" in value))


def _type(value: Any) -> Any:
    """The type of a literal, as a state has it."""
    if isinstance(value, dict):
        return ["object", {name: _type(part) for name, part in value.items()}]
    if isinstance(value, list):
        return ["tuple", list(map(_type, value))]
    return "bool" if isinstance(value, bool) else "string" if isinstance(value, str) else "number"


class _Unclear(Exception):
    """The plan's JSON does not tell which element of a set is marked."""


def _marked(tree: Any, block: Json) -> Iterator[list[Json]]:
    """Paths of what is sensitive in a block, as a state has them, from the plan's tree of true values."""
    for name, part in tree.items():
        here = {"type": "get_attr", "value": name}
        if name in block.get("attributes", {}):
            found = _in_value(part, block["attributes"][name]["type"])
        else:
            found = _in_blocks(part, block["block_types"][name])
        yield from ([here, *path] for path in found)


def _in_blocks(tree: Any, nested: Json) -> Iterator[list[Json]]:
    if tree is True:
        yield []
    elif nested["nesting_mode"] == "single":
        yield from _marked(tree, nested["block"])
    else:
        for step, part in _elements(tree, nested["nesting_mode"]):
            yield from ([step, *path] for path in _marked(part, nested["block"]))


def _in_value(tree: Any, kind: Any) -> Iterator[list[Json]]:
    if tree is True:
        yield []
    elif not isinstance(kind, str):
        outer, inner = kind
        if outer == "object":
            for name, part in tree.items():
                yield from ([{"type": "get_attr", "value": name}, *path] for path in _in_value(part, inner[name]))
        else:
            for step, part in _elements(tree, outer):
                yield from ([step, *path] for path in _in_value(part, inner))


def _elements(tree: Any, outer: str) -> Iterator[tuple[Json, Any]]:
    """Steps into a list, a set or a map. Raises _Unclear for a set with a mark in it."""
    if outer == "set" and _holds_true(tree):
        raise _Unclear
    for at, part in tree.items() if isinstance(tree, dict) else enumerate(tree):
        kind = "string" if isinstance(at, str) else "number"
        yield {"type": "index", "value": {"value": at, "type": kind}}, part


def _holds_true(tree: Any) -> bool:
    if isinstance(tree, dict):
        return any(map(_holds_true, tree.values()))
    if isinstance(tree, list):
        return any(map(_holds_true, tree))
    return tree is True
