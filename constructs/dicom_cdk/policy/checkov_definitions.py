"""Our document as Checkov's parser would read it, which refuses a whole file for a `moved` block (facts: policies 0)."""

import json
import re
from collections.abc import Container, Mapping
from typing import Any

from dicom_cdk.plan.addresses import keyless
from dicom_cdk.plan.reading.repeated import REPEATED
from dicom_cdk.plan.stack import texts_in
from dicom_cdk.policy.document import Document, Resource, references

Json = dict[str, Any]
_KEY = r'\[(?:"(?:[^"\\]|\\.)*"|\d+)\]'
_NAMED = re.compile(
    rf"(?<![\w.\"-])(?:module\.[\w-]+(?:{_KEY})?\.)*(?P<type>(?!module\.)[a-z0-9_]+)\.[A-Za-z0-9_-]+(?:{_KEY})?"
)
EVERY = "all"
"""What Checkov calls every type; a policy that names none asks for every type too."""
PLACES = ("__startline__", "__endline__")
CARRIED = ("user_data", "command_content")
"""Long texts that no graph policy looks at."""


def definitions(document: Document, *, whole: bool, types: frozenset[str] = frozenset({EVERY})) -> Json:
    """Before Checkov prepares them. A resource's "line" is its place in the list, from 1, which brings its address back.

    `whole`: payloads too, and literals in place of references to them; a graph needs the references. `types`: others are left out.
    """
    blocks: Json = {}
    names = _names(document)
    for place, one in enumerate(document.resources.values(), 1):
        if EVERY not in types and one.type not in types:
            continue
        values = (
            document.resolved(one)
            if whole
            else _once({key: _followed(one, key, value) for key, value in one.values.items() if key not in CARRIED})
        )
        values = _renamed(values, names) if names else values
        values = {key: value for key, value in values.items() if value is not None}
        named = blocks.setdefault(one.type, {})
        name = names.get(one.address, f"{one.type}.{one.name}").rpartition(".")[2]
        named[name] = {**values, **dict.fromkeys(PLACES, place)}
    return {"resource": blocks}


def _followed(one: Resource, key: str, value: Any) -> Any:
    """A reference to a resource is an edge; of any other expression what a plan knows is more."""
    return one.known[key] if key in one.known and not any(references(value)) else value


def _once(values: Json) -> Json:
    """Without count and for_each, but with what they refer to. What we leave together is judged as it is written: Checkov would
    judge each instance, of which one that passes hid all that fail, and hand each of them all keys."""
    repeated = [values[key] for key in REPEATED if key in values]
    if not repeated:
        return values
    found = {key: value for key, value in values.items() if key not in REPEATED}
    said = sorted({text for text in texts_in(repeated) if "${" in text})
    return {**found, "repeated_by": said} if said else found


def _names(document: Document) -> dict[str, str]:
    """Address of each resource in a module, and of each instance → one as if it stood in the stack, and no other has: Checkov takes
    module.x for a call to follow, and what keys differ by is no letter of a name."""
    found: dict[str, str] = {}
    taken = {(one.type, one.name) for one in document.resources.values()}
    for place, one in enumerate(document.resources.values(), 1):
        if one.address == f"{one.type}.{one.name}":
            continue
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", one.address)
        name = f"{name}-{place}" if (one.type, name) in taken else name
        taken.add((one.type, name))
        found[one.address] = f"{one.type}.{name}"
        # Without its own key it is the first that is meant: what refers to all of them leads there too.
        found.setdefault(keyless(one.address), f"{one.type}.{name}")
    return found


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(part, names) for key, part in value.items()}
    if isinstance(value, list):
        return [_renamed(part, names) for part in value]
    if isinstance(value, str) and "." in value and ("${" in value or _NAMED.fullmatch(value)):
        return _NAMED.sub(lambda found: names.get(found[0]) or _without_key(found[0], names), value)
    return value


def _without_key(address: str, names: Mapping[str, str]) -> str:
    bare = keyless(address) if address.endswith("]") else address
    return names[bare] + address[len(bare) :] if bare in names else address


def by_themselves(whole: Json, known: Container[str]) -> dict[int, str]:
    """Place of each resource → what Python policies judge it by, which is itself alone. What is `known` is taken out of `whole`."""
    keys: dict[int, str] = {}
    left = []
    for entity in whole.get("resource", []):
        ((kind, named),) = entity.items()
        ((name, body),) = named.items()
        said = {argument: value for argument, value in body.items() if argument not in PLACES}
        key = json.dumps([kind, name, said], sort_keys=True, default=str)
        keys[body[PLACES[0]]] = key
        if key not in known:
            left.append(entity)
    whole["resource"] = left
    return keys
