"""Instances of `for_each` and `count`, where the stack itself says which: each is judged like one of a plan."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from dicom_cdk.plan.reading.expressions import Names, evaluated
from dicom_cdk.policy.document import Document, Json, Resource
from dicom_cdk.policy.dynamic_blocks import written_out

MOST = 200
"""Instances of one resource; of more, what is written is judged once."""
REPEATED = ("for_each", "count")


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
        yield replace(
            one,
            address=f"{one.address}[{json.dumps(key, ensure_ascii=False)}]",
            values=written_out(evaluated(values, meant)),
        )


def _named(values: Json) -> dict[Any, Names] | None:
    """Key → what its instance calls its own; None where only a plan knows."""
    count, each = values.get("count"), values.get("for_each")
    if isinstance(count, int | str) and not isinstance(count, bool) and str(count).isdigit():
        return {number: Names({("count", "index"): number}) for number in range(min(int(count), MOST + 1))}
    if isinstance(each, list) and all(isinstance(one, str) and "${" not in one for one in each):
        each = {one: one for one in each}
    if isinstance(each, dict) and not any("${" in key for key in each):
        return {key: Names({("each", "key"): key, ("each", "value"): value}) for key, value in each.items()}
    return None
