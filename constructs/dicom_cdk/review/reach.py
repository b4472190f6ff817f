"""As much of both sides as a change can reach: a review plans that, and not the whole of a stack of hundreds of resources.

A resource that is written as before, and that leads to nothing which is written otherwise, has the plan that it had. What has to
be planned is what differs, what refers to it, directly or by others, and what all these refer to themselves.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dicom_cdk.plan.stack import Stack, lifecycle

Json = dict[str, Any]
NAMED = {"locals": "local", "variable": "var", "output": "output"}
"""Sections of single values, and how they are referred to."""
FOLLOWED = ("resource", "data", *NAMED)
KEPT = ("//", "provider", "terraform")
"""Sections that go along whole. A stack with others, such as modules and moves, is planned whole, as is one where these differ."""
ELSEWHERE = "data.terraform_remote_state."
"""What it gives may differ although it is written as before."""
ORDER = "depends_on"
FIRST = "create_before_destroy"
_REFERENCE = re.compile(
    r"(?<![\w.\-])(?:(?:local|var)\.[A-Za-z_][\w-]*|(?:data\.)?[a-z][a-z0-9]*_[a-z0-9_]+\.[A-Za-z_][\w-]*)"
)


def reached(before: Stack, after: Stack) -> tuple[Stack, Stack]:
    """Both stacks without what the difference cannot reach; as they are where that cannot be told."""
    old, new = _parts(before.document), _parts(after.document)
    if old is None or new is None or any(before.document.get(one) != after.document.get(one) for one in KEPT[1:]):
        return before, after
    differing = {one for one in {*old, *new} if old.get(one) != new.get(one) or one.startswith(ELSEWHERE)}
    if not differing:
        return before, after
    # Order alone changes no value. But it can close a circle, which takes a reference that was not there before.
    ordered = any(_references(new[one]) - _references(old[one]) for one in differing if one in old and one in new)
    # Texts are long: what is written as before is read once.
    sides = {one: [old.get(one), new.get(one)] if one in differing else [new[one]] for one in {*old, *new}}
    values = {one: {found for body in bodies for found in _values(one, body)} for one, bodies in sides.items()}
    every = {one: values[one] | _references([_order(body) for body in bodies]) for one, bodies in sides.items()}
    leads = every if ordered else values
    led_to: dict[str, set[str]] = {}
    for one, others in leads.items():
        for other in others:
            led_to.setdefault(other, set()).add(one)
    planned = _all(differing, led_to)
    everywhere = _references([after.document.get(one) for one in KEPT[1:]])
    kept = _all({*planned, *everywhere}, leads)
    gone = set(every) - kept
    return _only(before, kept, gone, _made_first(old, every)), _only(after, kept, gone, _made_first(new, every))


def _parts(document: Json) -> dict[str, Any] | None:
    """Everything that can refer or be referred to, by how it is; None for a document that has more, or is of another shape."""
    if not set(document) <= {*FOLLOWED, *KEPT}:
        return None
    found: dict[str, Any] = {}
    for section in FOLLOWED:
        named = document.get(section) or {}
        if not isinstance(named, dict):
            return None
        for address, body in _addressed(section, named):
            if address is None:
                return None
            found[address] = body
    return found


def _addressed(section: str, named: Json) -> Iterator[tuple[str | None, Any]]:
    if section in NAMED:
        yield from ((f"{NAMED[section]}.{name}", body) for name, body in named.items())
        return
    prefix = "data." if section == "data" else ""
    for kind, bodies in named.items():
        if kind == "//":
            continue
        if not isinstance(bodies, dict):
            yield None, None
            return
        yield from ((f"{prefix}{kind}.{name}", body) for name, body in bodies.items())


def _references(value: Any) -> set[str]:
    found: set[str] = set()
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            # Most texts are words, payloads among them: a look for the dot is quicker than one for a name.
            if "." in one:
                found.update(_REFERENCE.findall(one))
        elif isinstance(one, dict):
            # Keys are templates too.
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
    return found


def _values(address: str, body: Any) -> set[str]:
    """What values of a part refer to; with what it comes after, where that decides when it is read."""
    if not isinstance(body, dict) or address.startswith("data."):
        return _references(body)
    return _references({name: part for name, part in body.items() if name != ORDER})


def _order(body: Any) -> Any:
    """What a part comes after, besides what its values refer to."""
    return body.get(ORDER) if isinstance(body, dict) else None


def _made_first(parts: Json, leads: Mapping[str, set[str]]) -> set[str]:
    """Resources whose replacement is made before they are destroyed: those that say so, and all that these come after."""
    saying = {
        one for one, body in parts.items() if isinstance(body, dict) and lifecycle(body).get(FIRST) in (True, "true")
    }
    return _all(saying, leads)


def _all(begin: set[str], steps: Mapping[str, set[str]]) -> set[str]:
    found, todo = set(begin), list(begin)
    while todo:
        for other in steps.get(todo.pop(), ()):
            if other not in found:
                found.add(other)
                todo.append(other)
    return found


def _only(stack: Stack, kept: set[str], gone: set[str], made_first: set[str]) -> Stack:
    def left(address: str, body: Any) -> Any:
        if not isinstance(body, dict):
            return body
        body = dict(body)
        if isinstance(body.get(ORDER), list):
            body[ORDER] = [one for one in body[ORDER] if not _references(one) & gone]
        if address in made_first and not address.startswith("data."):
            # Said here, since the one that asks for it may be left out.
            body["lifecycle"] = {**lifecycle(body), FIRST: True}
        return body

    document = {name: body for name, body in stack.document.items() if name in KEPT}
    for section in FOLLOWED:
        here: Json = {}
        for address, body in _addressed(section, stack.document.get(section) or {}):
            if address not in kept:
                continue
            kind, _, name = address.removeprefix("data.").rpartition(".")
            if section in NAMED:
                here[name] = body
            else:
                here.setdefault(kind, {})[name] = left(address, body)
        if here:
            document[section] = here
    return Stack(stack.folder, document)
