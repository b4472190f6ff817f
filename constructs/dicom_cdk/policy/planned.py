"""A plan as it is judged: laid over its cdk.tf.json, what the plan knows counts, what it does not know or hides is read there.

Without that file such attributes are `hidden`, and policies that need them say "not judged" (facts: policies 2).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dicom_cdk.plan.addresses import plain, steps_of
from dicom_cdk.plan.reading import plan_shape
from dicom_cdk.plan.redaction.secret_values import REDACTED
from dicom_cdk.plan.stack import NotAStack
from dicom_cdk.policy import instances
from dicom_cdk.policy.document import Document, Json, Resource

ONLY_IN_STACK = ("lifecycle", "//")
_BY_KEY = re.compile(r"(?:each\.(?:key|value)|count\.index)\b")
_WHOLE = re.compile(r"(\$\{(?:module\.[\w-]+\.)*(?:alicloud|random|tls|time)_[a-z0-9_]+\.[\w-]+)\}")


def of_plan(plan: Json, name: str, file: Path, stack: Document | None) -> Document:
    """The document of `terraform show -json`, laid over that of its cdk.tf.json where there is one. Raises NotAStack."""
    if not isinstance(plan, dict) or not isinstance(plan.get("planned_values"), dict):
        raise NotAStack(
            f"{file}: no plan of `terraform show -json` or `dicom-cdk plan --json`: it has no planned_values"
        )
    if wrong := plan_shape.misfit(plan):
        raise NotAStack(f"{file}: no plan as Terraform writes it: {wrong}; name what `dicom-cdk plan --json` wrote")
    written = dict(_configured((plan.get("configuration") or {}).get("root_module") or {}))
    unknown = {
        one["address"]: (one.get("change") or {}).get("after_unknown") or {}
        for one in plan.get("resource_changes") or []
    }
    # Terraform goes on showing the values of what leaves the state.
    leaving = {
        one["address"]
        for one in plan.get("resource_changes") or []
        if (one.get("change") or {}).get("actions") == ["forget"]
    }
    by_instance = instances.expanded(stack).resources if stack else {}
    resources = {}
    for one in _planned(plan["planned_values"].get("root_module") or {}):
        address = one["address"]
        if address in leaving:
            continue
        # By its keys, where the files name them: what refers to all instances of another one says which it means.
        below = by_instance.get(address) or (stack.resources.get(_configuration_key(address)) if stack else None)
        resources[address] = _laid_over(
            one, _of_instance(written.get(_configuration_key(address), {}), address), unknown.get(address, {}), below
        )
    if not resources and not plan.get("configuration") and not plan["planned_values"].get("outputs"):
        raise NotAStack(f"{file}: nothing in the plan to judge; name what `dicom-cdk plan --json` wrote")
    return Document(name, stack.file if stack else file, resources, "plan", stack.unseen if stack else ())


def _laid_over(one: Json, written: Json, unknown: Json, below: Resource | None) -> Resource:
    """One planned resource over what is written of it: references are kept for who asks where they lead, known values beside."""
    shown = {key: value for key, value in (one.get("values") or {}).items() if value not in (None, [], {}, "")}
    partly = {key for key in shown if _has(unknown.get(key), True) or _has(shown[key], REDACTED)}
    known = {key: value for key, value in shown.items() if key not in partly}
    hidden: set[str] = set()
    if below is not None:
        values = dict(below.values)
    else:
        values = {
            key: _merged(shown.get(key), said) if _refers(said) else shown.get(key, said)
            for key, said in written.items()
        }
        values |= {key: shown[key] for key in partly if key not in values and not _has(shown[key], REDACTED)}
        unsure = {key for key, said in written.items() if _refers(said)} | partly | set(unknown)
        hidden = (unsure - set(known) - {"depends_on"}) | {*ONLY_IN_STACK}
    values = {**{key: value for key, value in known.items() if key not in values}, **values}
    return Resource(
        one["address"],
        one["type"],
        one["name"],
        values,
        below.path if below else "",
        below.waivers if below else (),
        frozenset(hidden),
        known,
        below.module if below else None,
    )


def _merged(shown: Any, referred: Any) -> Any:
    """What is known of a nested block, with references where it is not."""
    if isinstance(shown, dict) and isinstance(referred, dict):
        return {**shown, **{key: _merged(shown.get(key), part) for key, part in referred.items()}}
    if isinstance(shown, list) and isinstance(referred, list) and len(shown) == len(referred):
        return [_merged(one, part) for one, part in zip(shown, referred, strict=True)]
    return referred


def _planned(module: Any) -> Iterator[Json]:
    for one in module.get("resources") or []:
        if one.get("mode", "managed") == "managed":
            yield one
    for child in module.get("child_modules") or []:
        yield from _planned(child)


def _configured(module: Json, prefix: str = "") -> Iterator[tuple[str, Json]]:
    """Address without indexes → argument → its constant, or what it refers to, as text."""
    for one in module.get("resources") or []:
        found = {
            name: text
            for name, expression in (one.get("expressions") or {}).items()
            if (text := _referred(expression, prefix)) is not None
        }
        if one.get("depends_on"):
            found["depends_on"] = [f"{prefix}{name}" for name in one["depends_on"]]
        yield prefix + one["address"], found
    for name, call in (module.get("module_calls") or {}).items():
        yield from _configured(call.get("module") or {}, f"{prefix}module.{name}.")


def _referred(expression: Any, prefix: str) -> Any:
    """`prefix`: of the module that says so, for what its references lead to."""
    if isinstance(expression, list):
        found = [_referred(part, prefix) for part in expression]
        return found if any(part is not None for part in found) else None
    if not isinstance(expression, dict):
        return None
    if isinstance(expression.get("references"), list):
        said = [str(name) for name in expression["references"]]
        # Terraform lists what stands before each step, too.
        named = [name for name in said if not any(other.startswith((f"{name}.", f"{name}[")) for other in said)]
        return ",".join(f"${{{prefix}{name}}}" for name in named)
    if "constant_value" in expression:
        return None if _has(expression["constant_value"], REDACTED) else expression["constant_value"]
    return {name: text for name, part in expression.items() if (text := _referred(part, prefix)) is not None} or None


def _of_instance(written: Json, address: str) -> Json:
    """`written` in words of one instance: its own module, and what it refers to by its own key."""
    *modules, own = steps_of(address)
    bare, real = ("".join(f"{step}." for step in found) for found in (map(plain, modules), modules))
    key = own[len(plain(own)) :]

    def meant(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: meant(part) for name, part in value.items()}
        if isinstance(value, list):
            return [meant(part) for part in value]
        if not isinstance(value, str):
            return value
        by_key = key and _BY_KEY.search(value)
        value = _WHOLE.sub(lambda found: f"{found[1]}{key}}}", value) if by_key else value
        return value.replace(f"${{{bare}", f"${{{real}") if bare != real else value

    return {name: meant(part) for name, part in written.items()}


def _refers(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_refers(part) for part in value.values())
    if isinstance(value, list):
        return any(_refers(part) for part in value)
    return isinstance(value, str) and "${" in value


def _configuration_key(address: str) -> str:
    return re.sub(r"\[[^]]*\]", "", address)


def _has(value: Any, mark: Any) -> bool:
    """Whether `mark` is anywhere in `value`."""
    if isinstance(value, dict):
        return any(_has(part, mark) for part in value.values())
    if isinstance(value, list):
        return any(_has(part, mark) for part in value)
    return value is mark if isinstance(mark, bool) else bool(value == mark)
