"""The state that a stack leaves when it is applied on nothing, from one plan in which all values are known.

An apply walks all resources a second time and writes the state after each: as long again as the plan. Where anything is unknown in
the plan, or happens at apply only, there is no such state and the stack has to be applied.
"""

import base64
import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dicom_cdk.offline.store import FactStore
from dicom_cdk.offline.values import Value, holds_unknown
from dicom_cdk.plan.reading import plan_file
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
    return stack.document.keys() <= SECTIONS


def of_plan(file: Path, kept: Mapping[tuple[str, str], bytes], store: FactStore) -> bytes | None:
    """The state as Terraform writes it, from the file of such a plan; None where the plan leaves anything open.

    `kept`: what the provider keeps beside a resource, by type and id. What only an apply would need (the order in which resources
    depend on each other) is left out.
    """
    try:
        plan = plan_file.read(file)
    except plan_file.NotAsKnown:
        return None
    if any(holds_unknown(one.value) for one in plan.outputs.values()):
        return None
    resources: dict[tuple[str, str], Json] = {}
    # The file has them as they came.
    for one in sorted(plan.resources, key=lambda one: (one.type, one.name, isinstance(one.index, str), one.index or 0)):
        instance = _instance(one, kept, store)
        if instance is None:
            return None
        new = {"mode": "managed", "type": one.type, "name": one.name, "provider": one.provider, "instances": []}
        resources.setdefault((one.type, one.name), new)["instances"].append(instance)
    outputs = {
        name: {"value": one.value, "type": one.type, **({"sensitive": True} if one.sensitive else {})}
        for name, one in plan.outputs.items()
    }
    state = {
        "version": VERSION, "terraform_version": plan.version, "serial": 1, "lineage": LINEAGE,
        "outputs": outputs, "resources": list(resources.values()), "check_results": None,
    }  # fmt: skip
    return json.dumps(state).encode()


def _instance(planned: plan_file.Created, kept: Mapping[tuple[str, str], bytes], store: FactStore) -> Json | None:
    own = planned.type == OWN
    values = _own(planned) if own else planned.values
    facts = None if own else store.find("managed", planned.type)
    if holds_unknown(values) or (facts is None and not own):
        return None
    version = facts.schema.get("version", 0) if facts else 0
    found: Json = {"schema_version": version, "attributes": values, "sensitive_attributes": planned.sensitive}
    if planned.index is not None:
        found["index_key"] = planned.index
    beside = kept.get((planned.type, str(values.get("id"))))
    return found | ({"private": base64.b64encode(beside).decode()} if beside else {})


def _own(planned: plan_file.Created) -> dict[str, Value]:
    """Terraform's own resource: an id, and what it is given, of which it remembers the type too."""
    given = {name: planned.values.get(name) for name in ("input", "triggers_replace")}
    said = {name: None if value is None else plan_file.typed(value) for name, value in given.items()}
    typed = {name: None if one is None else {"value": one[1], "type": one[0]} for name, one in said.items()}
    index = "" if planned.index is None else f"[{json.dumps(planned.index)}]"
    made_up = str(uuid.uuid5(uuid.UUID(LINEAGE), f"{OWN}.{planned.name}{index}"))
    return {"id": made_up, "output": typed["input"], **typed}
