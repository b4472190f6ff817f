"""Terraform's own part of validate and plan, as far as the recorded cases need it, so that all of them run in process.

It is a stand-in for tests only; test_real_terraform.py runs a sample of the same cases through the real thing.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dicom_cdk.offline.planning.plan import Planned
from dicom_cdk.offline.values import UNKNOWN, Unknown, Value, holds_unknown, number_text, number_value

Json = dict[str, Any]


@dataclass
class Finding:
    kind: str
    path: tuple[str | int, ...]


@dataclass
class Decoded:
    """A configuration with its types converted; `findings` are what Terraform itself refuses."""

    value: dict[str, Value] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


class WrongTypeError(ValueError):
    pass


def decode(block: Json, config: Json) -> Decoded:
    """The configuration of one resource, in JSON syntax, as a value of the block's type."""
    found = Decoded()
    found.value = _block(block, config, (), found.findings)
    return found


def _expression(raw: Any) -> Value:
    """A JSON expression: templates are evaluated, every reference being unknown."""
    if isinstance(raw, str):
        if re.search(r"(?<!\$)\$\{", raw):
            return UNKNOWN
        return raw.replace("$${", "${").replace("%%{", "%{")
    if isinstance(raw, list):
        return [_expression(part) for part in raw]
    if isinstance(raw, dict):
        return {key: _expression(part) for key, part in raw.items()}
    return raw


def convert(wanted: Any, value: Value) -> Value:
    """The value converted to a cty type, or WrongTypeError."""
    if value is None or isinstance(value, Unknown):
        return value
    if wanted == "string":
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return number_text(value)
        if isinstance(value, str):
            return value
        raise WrongTypeError
    if wanted == "number":
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise WrongTypeError
        if isinstance(value, str) and not re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", value):
            raise WrongTypeError
        return number_value(number_text(value))
    if wanted == "bool":
        words = {"true": True, "false": False, "1": True, "0": False}
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value in words:
            return words[value]
        raise WrongTypeError
    outer, inner = wanted
    if outer in ("list", "set"):
        if not isinstance(value, list):
            raise WrongTypeError
        converted = [convert(inner, part) for part in value]
        if (
            outer == "set"
            and holds_unknown([part for part in converted if isinstance(part, Unknown)])
            and len(converted) == 1
        ):
            return converted
        return in_set_order(inner, converted) if outer == "set" else converted
    if not isinstance(value, dict):
        raise WrongTypeError
    if outer == "map":
        return {key: convert(inner, part) for key, part in value.items()}
    if set(inner) - set(value):
        raise WrongTypeError
    return {key: convert(part, value[key]) for key, part in inner.items()}


def _block(block: Json, config: Any, path: tuple[str | int, ...], findings: list[Finding]) -> dict[str, Value]:
    attributes, blocks = block.get("attributes", {}), block.get("block_types", {})
    value: dict[str, Value] = {}
    dynamic = config.get("dynamic", {})
    for key in config:
        if key not in attributes and key not in blocks and key not in ("dynamic", "//"):
            findings.append(Finding("unknown_argument", (*path, key)))
    for name, facts in attributes.items():
        value[name] = None
        if name in config:
            try:
                value[name] = convert(facts["type"], _expression(config[name]))
            except WrongTypeError:
                findings.append(Finding("wrong_type", (*path, name)))
                continue
            if facts.get("required") and value[name] is None:
                findings.append(Finding("missing_required", (*path, name)))
        elif facts.get("required"):
            findings.append(Finding("missing_required", (*path, name)))
    for name, facts in blocks.items():
        value[name] = _nested(name, facts, config.get(name), dynamic.get(name), (*path, name), findings)
    return value


def _nested(
    name: str, facts: Json, raw: Any, dynamic: Any, path: tuple[str | int, ...], findings: list[Finding]
) -> Value:
    mode = facts["nesting_mode"]
    if dynamic is not None:
        if isinstance(_expression(dynamic["for_each"]), Unknown):
            return UNKNOWN
        each = _expression(dynamic["for_each"])
        content = json.dumps(dynamic["content"])
        iterator = dynamic.get("iterator", name)
        raw = []
        for one in each if isinstance(each, list) else each.values():
            raw.append(
                json.loads(content.replace(f"${{{iterator}.value}}", str(one)).replace(f"${{{iterator}.key}}", "0"))
            )
    if raw is None:
        bodies = []
    elif isinstance(raw, dict):
        bodies = [raw]
    elif isinstance(raw, list) and all(isinstance(body, dict) for body in raw):
        bodies = raw
    elif isinstance(raw, list) and all(body is None or isinstance(body, dict) for body in raw):
        bodies = [body for body in raw if body is not None]
    else:
        findings.append(Finding("wrong_type", path))
        return None if mode == "single" else []
    values = [_block(facts["block"], body, (*path, at), findings) for at, body in enumerate(bodies)]
    if mode == "single":
        if len(values) > 1:
            findings.append(Finding("too_many", path))
        return values[0] if values else None
    if len(values) < facts.get("min_items", 0):
        findings.append(Finding("missing_required" if not values else "too_few", path))
    if facts.get("max_items") and len(values) > facts["max_items"]:
        findings.append(Finding("too_many", path))
    return in_block_set_order(facts["block"], values) if mode == "set" else values


# Order of the elements of a set.


def _order_text(value: Value) -> str:
    if value is None:
        return "~"
    if isinstance(value, Unknown):
        return "?"
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + "".join(_order_text(part) + ";" for part in value) + "]"
    return "{" + "".join(json.dumps(key) + ":" + _order_text(value[key]) + ";" for key in sorted(value)) + "}"


def _object_text(value: Value) -> str:
    if not isinstance(value, dict):
        return _order_text(value)
    return "<" + "".join(_order_text(value[key]) + ";" for key in sorted(value)) + ">"


def _unique(texts: Callable[[Value], str], values: list[Value]) -> list[Value]:
    return list({texts(value): value for value in values}.values())


def in_set_order(inner: Any, values: list[Value]) -> list[Value]:
    if inner == "string":
        return sorted(
            _unique(_order_text, values),
            key=lambda v: (not isinstance(v, str), v if isinstance(v, str) else _order_text(v)),
        )
    if inner == "number":
        return sorted(
            _unique(_order_text, values), key=lambda v: float(v) if isinstance(v, int | float | str) else float("inf")
        )
    return sorted(_unique(_object_text, values), key=lambda v: _object_text(v).encode())


def in_block_set_order(block: Json, values: list[Value]) -> list[Value]:
    del block
    return sorted(_unique(_deep_text, values), key=lambda v: _deep_text(v).encode())


def _deep_text(value: Value) -> str:
    """The order text of a block element: objects at every depth are written as `<…>`."""
    if isinstance(value, dict):
        return "<" + "".join(_deep_text(value[key]) + ";" for key in sorted(value)) + ">"
    if isinstance(value, list):
        return "[" + "".join(_deep_text(part) + ";" for part in value) + "]"
    return _order_text(value)


def canonical(block: Json, value: Value) -> Value:
    """The same value with every set in order, so that `==` compares as Terraform does."""
    if value is None or isinstance(value, Unknown):
        return value
    found = {
        name: _canonical_type(facts["type"], value.get(name)) for name, facts in block.get("attributes", {}).items()
    }
    for name, facts in block.get("block_types", {}).items():
        part, inner = value.get(name), facts["block"]
        if isinstance(part, dict):
            part = canonical(inner, part)
        elif isinstance(part, list):
            part = [canonical(inner, element) for element in part]
            if facts["nesting_mode"] == "set":
                part = in_block_set_order(inner, part)
        found[name] = part
    return found


def _canonical_type(wanted: Any, value: Value) -> Value:
    if value is None or isinstance(value, Unknown) or isinstance(wanted, str):
        return value
    outer, inner = wanted
    if outer == "object":
        return {key: _canonical_type(part, value.get(key)) for key, part in inner.items()}
    if outer == "map":
        return {key: _canonical_type(inner, part) for key, part in value.items()}
    parts = [_canonical_type(inner, part) for part in value]
    return in_set_order(inner, parts) if outer == "set" else parts


# The proposed value.


def proposed(block: Json, prior: Value, config: Value) -> Value:
    """Config and prior state merged as Terraform merges them before it asks the provider."""
    before = prior or {}
    found: dict[str, Value] = {}
    for name, facts in block.get("attributes", {}).items():
        found[name] = before.get(name) if facts.get("computed") and config[name] is None else config[name]
    for name, facts in block.get("block_types", {}).items():
        found[name] = _proposed_nested(facts, before.get(name), config[name])
    return found


def _proposed_nested(facts: Json, prior: Value, config: Value) -> Value:
    if config is None or isinstance(config, Unknown):
        return config
    inner, mode = facts["block"], facts["nesting_mode"]
    if mode == "single":
        return proposed(inner, prior, config)
    if mode == "list":
        before = prior or []
        return [proposed(inner, before[at] if at < len(before) else None, element) for at, element in enumerate(config)]
    unused = list(prior or [])
    found = []
    for element in config:
        match = next((one for one in unused if _could_be(inner, one, element)), None)
        if match is not None:
            unused.remove(match)
        found.append(proposed(inner, match, element))
    return in_block_set_order(inner, found)


def _could_be(block: Json, prior: Value, config: Value) -> bool:
    """Whether a prior element of a set differs from the configured one only in computed fields absent in it."""
    return bool(canonical(block, proposed(block, prior, config)) == canonical(block, prior))


# The plan.


@dataclass
class Change:
    actions: list[str]
    after: Value
    after_unknown: Value
    replace_paths: list[list[str | int]]


Planner = Callable[[Value, Value, Value], Planned]
"""Prior, proposed and config to the provider's answer."""


class RefusedError(Exception):
    """The provider refused to plan."""


def change(block: Json, prior: Value, config: Value, ask: Planner) -> Change:
    """What `terraform show -json` would say of the resource."""
    if config is None:
        return Change(["delete"], None, {}, [])
    answer = _ask(ask, prior, proposed(block, prior, config), config)
    after = canonical(block, answer.value)
    if prior is None:
        return _change(block, ["create"], after, [])
    before = canonical(block, prior)
    paths = [path for path in answer.replace if _differs(before, after, path)]
    if not paths:
        return _change(block, ["no-op"] if before == after else ["update"], after, [])
    again = _ask(ask, None, proposed(block, None, config), config)
    return _change(block, ["delete", "create"], canonical(block, again.value), [list(path) for path in paths])


def _ask(ask: Planner, prior: Value, new: Value, config: Value) -> Planned:
    answer = ask(prior, new, config)
    if any(not one.warning for one in answer.diagnostics):
        raise RefusedError(answer.diagnostics[0].detail)
    return answer


def _at(value: Value, path: tuple[str | int, ...]) -> Value:
    for step in path:
        if value is None or isinstance(value, Unknown):
            return value
        try:
            value = value[step]
        except (KeyError, IndexError):
            return None
    return value


def _differs(before: Value, after: Value, path: tuple[str | int, ...]) -> bool:
    new = _at(after, path)
    return holds_unknown(new) or bool(_at(before, path) != new)


def _change(block: Json, actions: list[str], after: Value, paths: list[list[str | int]]) -> Change:
    del block
    if holds_unknown(after):
        return Change(actions, _known(after), _unknown(after), paths)
    return Change(actions, _known(after), {}, paths)


def _known(value: Value) -> Any:
    if isinstance(value, dict):
        return {key: _known(part) for key, part in value.items() if not isinstance(part, Unknown)}
    if isinstance(value, list):
        return [None if isinstance(part, Unknown) else _known(part) for part in value]
    return value


def _unknown(value: Value) -> Any:
    if isinstance(value, Unknown):
        return True
    if isinstance(value, dict):
        marked = {key: _unknown(part) for key, part in value.items()}
        return {key: part for key, part in marked.items() if part is not False}
    if isinstance(value, list):
        return [_unknown(part) for part in value]
    return False


def plain(value: Any) -> Any:
    """For comparison with JSON: decimal texts of numbers as floats is left to the caller; ints stay."""
    return value
