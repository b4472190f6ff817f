"""What a policy of YAML passes because an argument is there, though its expression may come to null: `var.on ? key : null`."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dicom_cdk.plan.reading.written_json import is_open
from dicom_cdk.policy.document import Document
from dicom_cdk.policy.policy_files import Json
from dicom_cdk.policy.verdict import Verdict, read

_MAY_BE_NULL = re.compile(r"\bnull\b|\b(?:one|try|lookup|coalesce)\(|\?")


def judged(document: Document, graph: tuple[Json, ...], found: list[Verdict]) -> list[Verdict]:
    """`found` with "not judged" in place of what passed so."""
    wanted = {one["metadata"]["id"]: sorted(set(_wanted(one["definition"]))) for one in graph}
    return [_judged(document, one, wanted.get(one.policy, [])) if one.passed else one for one in found]


def _judged(document: Document, verdict: Verdict, wanted: list[str]) -> Verdict:
    one = document.resources[verdict.address]
    names = [name for name in wanted if is_open(text := one.get(name)) and _MAY_BE_NULL.search(text)]
    if not names:
        return verdict
    resolved: Mapping[str, Any] = document.resolved(one)
    left = tuple(name for name in names if is_open(resolved.get(name)))
    return read(Verdict(verdict.policy, verdict.address, True, left), document.mode)


def _wanted(definition: Any) -> Iterator[str]:
    """Arguments that have to be there."""
    if isinstance(definition, list):
        for part in definition:
            yield from _wanted(part)
    elif isinstance(definition, dict):
        if definition.get("operator") == "exists" and "attribute" in definition:
            yield str(definition["attribute"])
        for part in definition.values():
            yield from _wanted(part)
