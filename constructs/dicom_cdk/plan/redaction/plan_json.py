"""Plan JSON without any value that may be secret: by Terraform's own marks, and by what `secret_values` knows.

Terraform masks in text only; its JSON holds every value in clear (facts: offline-plan 6, provider 0.2).
"""

from collections.abc import Collection, Iterator
from typing import Any

from dicom_cdk.plan.redaction.configuration import (
    constants_without,
    hidden_in,
    redacted_configuration,
    secret_variable,
    without,
)
from dicom_cdk.plan.redaction.secret_values import (
    REDACTED,
    SAID_BY_ID,
    SHORTEST,
    clean,
    is_marked,
    is_secret,
    secret_texts,
)

Json = dict[str, Any]


def redacted(
    plan: Json, used: frozenset[str] | None = None, also: Collection[str] = (), *, only_changes: bool = False
) -> Json:
    """A copy of `terraform show -json` with every such value replaced.

    `used`: of `secrets_in`, where somebody asked before; `also`: secret texts that a plan does not mark; `only_changes`: without
    what a plan says of everything else, half of it.
    """
    found = {key: value for key, value in plan.items() if key not in ("timestamp", "prior_state")}
    variables = plan.get("configuration", {}).get("root_module", {}).get("variables", {})
    if "variables" in plan:
        found["variables"] = {
            name: {"value": REDACTED} if secret_variable(name, variables.get(name, {})) else clean(value)
            for name, value in plan["variables"].items()
        }
    if only_changes:
        found.pop("planned_values", None)
    elif "planned_values" in plan:
        found["planned_values"] = _state(plan["planned_values"])
    for key in ("resource_changes", "resource_drift"):
        if key in plan:
            found[key] = [_changed(one) for one in plan[key]]
    if "relevant_attributes" in plan:
        # Terraform writes these in another order every time.
        found["relevant_attributes"] = sorted(plan["relevant_attributes"], key=str)
    if "output_changes" in plan:
        found["output_changes"] = {
            name: _change(change, frozenset(), name) for name, change in plan["output_changes"].items()
        }
    secrets: set[str] = set()
    if "configuration" in plan:
        # What a module is handed may be secret by where it goes: literals that resources have in secret places.
        written = redacted_configuration(plan["configuration"], secrets)
        if only_changes:
            del found["configuration"]
        else:
            found["configuration"] = constants_without(written, _used(plan) if used is None else used)
    secrets.update(_values_of(plan.get("variables", {}), variables), _marked(plan), also)
    all_of_them = frozenset(text for text in secrets if len(text) >= SHORTEST)
    return {key: without(part, all_of_them) for key, part in found.items()}


def secrets_in(plan: Json) -> frozenset[str]:
    """Secret texts of a plan as Terraform writes it: of its resources, and of its sensitive variables."""
    variables = plan.get("configuration", {}).get("root_module", {}).get("variables", {})
    given = (text for text in _values_of(plan.get("variables", {}), variables) if len(text) >= SHORTEST)
    return _used(plan) | frozenset(given)


def _used(plan: Json) -> frozenset[str]:
    """Secret texts of all resources, before and after."""
    sides = ((one, one["change"].get(side)) for one in plan.get("resource_changes", []) for side in ("before", "after"))
    return frozenset(text for one, value in sides for text in secret_texts(value, hidden_in(one))) | _marked(plan)


def _marked(plan: Json) -> frozenset[str]:
    """Texts that Terraform marks, before and after, since a provider that copies one into another argument leaves the mark behind;
    and ids that are secrets."""
    changes = [one["change"] for one in plan.get("resource_changes", [])]
    ids = (
        one["change"].get("importing") or {} for one in plan.get("resource_changes", []) if one["type"] in SAID_BY_ID
    )
    return frozenset(str(one["id"]) for one in ids if len(str(one.get("id", ""))) >= SHORTEST) | frozenset(
        text
        for one in changes
        for side in ("before", "after")
        for text in _texts_marked(one.get(side), one.get(f"{side}_sensitive"))
    )


def _texts_marked(value: Any, mask: Any) -> Iterator[str]:
    if mask is True and isinstance(value, str) and len(value) >= SHORTEST:
        yield value
    elif isinstance(value, dict) and isinstance(mask, dict):
        for key, part in mask.items():
            yield from _texts_marked(value.get(key), part)
    elif isinstance(value, list) and isinstance(mask, list):
        for one, part in zip(value, mask, strict=False):
            yield from _texts_marked(one, part)


def _values_of(given: Json, variables: Json) -> list[str]:
    """Values of sensitive variables, and of others what is secret by name, which may stand inside other texts too."""
    values = [one.get("value") for name, one in given.items() if is_marked(variables.get(name, {}))]
    named = {name: one.get("value") for name, one in given.items() if not is_marked(variables.get(name, {}))}
    return [*(value for value in values if isinstance(value, str)), *secret_texts(named, frozenset())]


def _state(values: Json) -> Json:
    found = dict(values)
    if "outputs" in values:
        found["outputs"] = {
            name: {**one, "value": REDACTED if one.get("sensitive") or is_secret(name, {}) else clean(one["value"])}
            if "value" in one
            else one
            for name, one in values["outputs"].items()
        }
    if "root_module" in values:
        found["root_module"] = _module(values["root_module"])
    return found


def _module(module: Json) -> Json:
    found = dict(module)
    if "resources" in module:
        found["resources"] = [
            {**one, "values": clean(_masked(one.get("values"), one.get("sensitive_values")), hidden_in(one))}
            for one in module["resources"]
        ]
    if "child_modules" in module:
        found["child_modules"] = [_module(child) for child in module["child_modules"]]
    return found


def _changed(one: Json) -> Json:
    return {**one, "change": _change(one["change"], hidden_in(one))}


def _change(change: Json, paths: frozenset[str], name: str = "") -> Json:
    found = dict(change)
    for side in ("before", "after"):
        if side in change:
            value = clean(_masked(change[side], change.get(f"{side}_sensitive")), paths)
            found[side] = REDACTED if name and is_secret(name, {}) and value is not None else value
    return found


def _masked(value: Any, mask: Any) -> Any:
    """`value` with what `mask` (true, or a structure of such) marks replaced."""
    if mask is True:
        return None if value is None else REDACTED
    if isinstance(value, dict) and isinstance(mask, dict):
        return {key: _masked(part, mask.get(key)) for key, part in value.items()}
    if isinstance(value, list) and isinstance(mask, list):
        return [_masked(part, mask[at] if at < len(mask) else None) for at, part in enumerate(value)]
    return value
