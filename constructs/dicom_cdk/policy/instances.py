"""Instances of `for_each` and `count`, where the stack itself says which: each is judged like one of a plan."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from dicom_cdk.plan import hcl, hcl_text
from dicom_cdk.policy.document import Document, Json, Resource

MOST = 200
"""Instances of one resource; of more, what is written is judged once."""
REPEATED = ("for_each", "count")
_SET = re.compile(r"\$\{\s*toset\((?P<inside>.*)\)\s*\}", re.DOTALL)
_NAMED = re.compile(r'\$\{\s*(?P<what>each\.key|each\.value|count\.index)(?P<keys>(?:\.\w+|\["[^"]+"\])*)\s*\}')
_KEY = re.compile(r'\.(\w+)|\["([^"]+)"\]')
_OPEN = object()


def expanded(document: Document) -> Document:
    """The document with a resource for each instance that its files name; a plan names all itself."""
    if document.mode != "json" or not any(key in one.values for one in document.resources.values() for key in REPEATED):
        return document
    found = (each for one in document.resources.values() for each in _instances(one))
    return replace(document, resources={each.address: each for each in found})


def _instances(one: Resource) -> Iterator[Resource]:
    values = {key: value for key, value in one.values.items() if key not in REPEATED}
    named = _named(one.values)
    if named is None or len(named) > MOST:
        yield one
        return
    for key, meant in named.items():
        yield replace(one, address=f"{one.address}[{json.dumps(key, ensure_ascii=False)}]", values=_put(values, meant))


def _named(values: Json) -> dict[Any, Mapping[str, Any]] | None:
    """Key → what its instance calls its own; None where only a plan knows."""
    count, each = values.get("count"), values.get("for_each")
    if isinstance(count, int | str) and not isinstance(count, bool) and str(count).isdigit():
        return {number: {"count.index": number} for number in range(min(int(count), MOST + 1))}
    members = _SET.fullmatch(each) if isinstance(each, str) else None
    if members:
        try:
            each = hcl.value(members["inside"])
        except hcl_text.NotHcl:
            return None
        if isinstance(each, list) and all(isinstance(one, str) and "${" not in one for one in each):
            return {one: {"each.key": one, "each.value": one} for one in each}
        return None
    if isinstance(each, dict) and not any("${" in key for key in each):
        return {key: {"each.key": key, "each.value": value} for key, value in each.items()}
    return None


def _put(value: Any, meant: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        return {key: _put(part, meant) for key, part in value.items()}
    if isinstance(value, list):
        return [_put(part, meant) for part in value]
    if not isinstance(value, str) or "${" not in value:
        return value
    whole = _NAMED.fullmatch(value)
    if whole:
        found = _followed(whole, meant)
        return value if found is _OPEN else found

    def text(match: re.Match[str]) -> str:
        found = _followed(match, meant)
        return str(found) if isinstance(found, str | int | float) and not isinstance(found, bool) else match[0]

    return _NAMED.sub(text, value)


def _followed(match: re.Match[str], meant: Mapping[str, Any]) -> Any:
    found = meant.get(match["what"], _OPEN)
    for step in _KEY.finditer(match["keys"]):
        found = found.get(step[1] or step[2], _OPEN) if isinstance(found, dict) else _OPEN
    return found
