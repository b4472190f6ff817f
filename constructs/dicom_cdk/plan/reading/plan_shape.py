"""The form of a plan's JSON, as far as anything here reads one that a user hands in; what has another form is told by its place."""

from collections.abc import Iterator
from typing import Any

Form = Any
"""A type; a list of one form, for a list of such; a map of forms by name, needed ones ending in !; a map of `*`: any names."""
_VALUES: Form = {}
_CHANGED: Form = [
    {
        "address!": str, "type!": str, "mode": str, "action_reason": str, "previous_address": str,
        "change!": {"actions!": [str], "after_unknown": _VALUES, "replace_paths": [[str | int]]},
    }
]  # fmt: skip
_PLANNED: Form = {"resources": [{"address!": str, "type!": str, "name!": str, "mode": str, "values": _VALUES}]}
_PLANNED["child_modules"] = [_PLANNED]
_CONFIGURED: Form = {"resources": [{"address!": str, "expressions": _VALUES, "depends_on": [str]}]}
_CONFIGURED["module_calls"] = {"*": {"module": _CONFIGURED}}
PLAN: Form = {
    "resource_changes": _CHANGED,
    "resource_drift": _CHANGED,
    "planned_values": {"root_module": _PLANNED, "outputs": _VALUES},
    "configuration": {"root_module": _CONFIGURED},
}
NAMES: dict[Any, str] = {dict: "a map", list: "a list", str: "a text", str | int: "a text or a number"}


def misfit(plan: Any) -> str:
    """Where a plan has another form than Terraform gives it, what is there and what is allowed; empty where it fits."""
    return next(_misfits(plan, PLAN, ""), "")


def _misfits(value: Any, form: Form, place: str) -> Iterator[str]:
    kind = _kind(form)
    if not isinstance(value, kind):
        yield f"{place or 'the plan'} is {type(value).__name__}, allowed is {NAMES[kind]}"
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from _misfits(part, form[0], f"{place}[{at}]")
    elif isinstance(value, dict):
        yield from _in_map(value, form, f"{place}." if place else "")


def _in_map(value: dict[str, Any], form: dict[str, Form], before: str) -> Iterator[str]:
    if "*" in form:
        for name, part in value.items():
            yield from _misfits(part, form["*"], f"{before}{name}")
        return
    for said, inner in form.items():
        name = said.removesuffix("!")
        part = value.get(name)
        if part is not None:
            yield from _misfits(part, inner, f"{before}{name}")
        elif said != name:
            yield f"{before}{name} is missing, allowed is {NAMES[_kind(inner)]}"


def _kind(form: Form) -> Any:
    return type(form) if isinstance(form, dict | list) else form
