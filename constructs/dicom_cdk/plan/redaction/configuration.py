"""The configuration in plan JSON without secrets: Terraform repeats every literal there, without marks."""

from typing import Any

from dicom_cdk.plan.redaction.scrubbing import scrubbed
from dicom_cdk.plan.redaction.secret_values import (
    REDACTED,
    clean,
    hidden,
    is_marked,
    is_secret,
    tells_nothing,
)

Json = dict[str, Any]


def redacted_configuration(configuration: Json, secrets: set[str]) -> Json:
    """A copy with every secret literal replaced; secret texts are added to `secrets`."""
    found = dict(configuration)
    if "root_module" in configuration:
        found["root_module"] = _written(configuration["root_module"], secrets)
    if "provider_config" in configuration:
        found["provider_config"] = {
            name: {**one, "expressions": _expressions(one["expressions"], frozenset(), secrets)}
            if "expressions" in one
            else one
            for name, one in configuration["provider_config"].items()
        }
    return found


def constants_without(value: Any, secrets: frozenset[str]) -> Any:
    """Literals alone: references are names, and a secret may be a plain word."""
    if not secrets:
        return value
    if isinstance(value, dict):
        return {
            key: without(part, secrets) if key in ("constant_value", "default") else constants_without(part, secrets)
            for key, part in value.items()
        }
    return [constants_without(part, secrets) for part in value] if isinstance(value, list) else value


def _written(module: Json, secrets: set[str]) -> Json:
    found = dict(module)
    if "resources" in module:
        found["resources"] = [
            {
                **one,
                "expressions": _expressions(one.get("expressions", {}), hidden_in(one), secrets),
                **_run(one, secrets),
            }
            for one in module["resources"]
        ]
    if "variables" in module:
        found["variables"] = {
            name: _said({**body, "default": REDACTED}, body["default"], secrets)
            if "default" in body and body["default"] is not None and secret_variable(name, body)
            else clean(body)
            for name, body in module["variables"].items()
        }
    if "outputs" in module:
        found["outputs"] = {
            name: {
                **one,
                "expression": _expressions(
                    {name: one.get("expression", {})}, frozenset({name} if one.get("sensitive") else ()), secrets
                )[name],
            }
            for name, one in module["outputs"].items()
        }
    if "module_calls" in module:
        found["module_calls"] = {name: _call(call, secrets) for name, call in module["module_calls"].items()}
    return found


def _run(one: Json, secrets: set[str]) -> Json:
    """The provisioners of a resource, which a plan has in its configuration only."""
    parts = [
        {**part, "expressions": _expressions(part.get("expressions") or {}, frozenset(), secrets)}
        for part in one.get("provisioners", [])
    ]
    return {"provisioners": parts} if parts else {}


def _call(call: Json, secrets: set[str]) -> Json:
    variables = call.get("module", {}).get("variables", {})
    marked = frozenset(name for name, body in variables.items() if is_marked(body))
    found = {**call, "expressions": _expressions(call.get("expressions", {}), marked, secrets)}
    return {**found, "module": _written(call["module"], secrets)} if "module" in call else found


def _expressions(expressions: Json, paths: frozenset[str], secrets: set[str], path: str = "") -> Json:
    """Arguments with what is secret replaced as a whole; references are names, not values, and stay."""
    found: Json = {}
    names = {key: one.get("constant_value") for key, one in expressions.items() if isinstance(one, dict)}
    for name, one in expressions.items():
        below = f"{path}.{name}" if path else name
        if (below in paths or is_secret(name, names)) and _constants(one):
            found[name] = _said(REDACTED, one, secrets)
        else:
            found[name] = _expression(one, paths, secrets, below)
    return found


def _expression(one: Any, paths: frozenset[str], secrets: set[str], path: str) -> Any:
    if isinstance(one, list):
        return [_expression(part, paths, secrets, path) for part in one]
    if not isinstance(one, dict):
        return one
    if "constant_value" in one:
        return {**one, "constant_value": clean(one["constant_value"], paths, path)}
    if "references" in one:
        return one
    return _expressions(one, paths, secrets, path)


def _constants(one: Any) -> list[Any]:
    """Literal values of an expression; with references beside them, only what is more than the reference."""
    if isinstance(one, list):
        return [found for part in one for found in _constants(part)]
    if not isinstance(one, dict):
        return []
    if "constant_value" in one:
        value = one["constant_value"]
        return [] if value in (None, "", [], {}) or tells_nothing(value) else [value]
    return [found for part in one.values() for found in _constants(part)]


def _said(instead: Any, one: Any, secrets: set[str]) -> Any:
    """`instead`, with the text of `one` noted."""
    value = one.get("constant_value") if isinstance(one, dict) else one
    if isinstance(value, str):
        secrets.add(value)
    return instead


def secret_variable(name: str, body: Json) -> bool:
    """By its mark, or by its name."""
    return is_marked(body) or is_secret(name, {})


def hidden_in(one: Json) -> frozenset[str]:
    """Secret paths of a resource or data source, as a plan names it."""
    return hidden(one["type"], "data" if one.get("mode") == "data" else "managed")


def without(value: Any, secrets: frozenset[str]) -> Any:
    """`value` with secret texts taken out of every text in it."""
    if not secrets:
        return value
    if isinstance(value, dict):
        return {key: without(part, secrets) for key, part in value.items()}
    if isinstance(value, list):
        return [without(part, secrets) for part in value]
    return scrubbed(value, secrets) if isinstance(value, str) else value
