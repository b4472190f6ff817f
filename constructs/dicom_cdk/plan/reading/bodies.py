"""Terraform JSON in the one form that everything here reads: a body may stand in a list, or be split over the bodies of one.

Terraform takes a list of bodies for the file itself, for each section, and below each label of a block.
"""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "module": 1, "variable": 1, "output": 1, "provider": 1, "check": 1}
"""Sections whose blocks have labels, and how many."""
WHOLE = ("locals", "terraform")
"""Sections that are one block, wherever its parts stand."""
NESTED = ("required_providers", "backend", "cloud")
"""Blocks inside `terraform` that are read here."""


def merged(document: Any) -> Any:
    """The document with the bodies of its lists put together; what has another form is left as it is, for whoever refuses it.

    Two blocks of one name stay both, in a list, as Terraform sees and refuses them.
    """
    bodies = document if isinstance(document, list) else [document]
    if not bodies or not all(isinstance(body, dict) for body in bodies):
        return document
    found: Json = {}
    for body in bodies:
        for section, part in body.items():
            if len(bodies) == 1:
                found[section] = part
            elif section == "//":
                found.setdefault(section, part)
            else:
                found.setdefault(section, []).extend(part if isinstance(part, list) else [part])
    for section, part in found.items():
        if section in LABELS:
            found[section] = _labelled(part, LABELS[section], keep=section == "provider")
        elif section in WHOLE:
            found[section] = _one(part, NESTED if section == "terraform" else ())
    return found


def _labelled(part: Any, labels: int, *, keep: bool) -> Any:
    """`keep`: several blocks of one label are not one too many, so their list stays."""
    if labels == 0:
        return part[0] if isinstance(part, list) and len(part) == 1 and isinstance(part[0], dict) and not keep else part
    if isinstance(part, list):
        if not part or not all(isinstance(one, dict) for one in part):
            return part
        together: Json = {}
        for one in part:
            for label, inner in one.items():
                if label == "//":
                    together.setdefault(label, inner)
                else:
                    together.setdefault(label, []).extend(inner if isinstance(inner, list) else [inner])
        part = together
    if not isinstance(part, dict):
        return part
    return {label: inner if label == "//" else _labelled(inner, labels - 1, keep=keep) for label, inner in part.items()}


def _one(part: Any, nested: tuple[str, ...]) -> Any:
    """One block of what may be several: an argument that two of them have is a list of both, which Terraform refuses."""
    parts = part if isinstance(part, list) else [part]
    if not parts or not all(isinstance(one, dict) for one in parts):
        return part
    found: Json = {}
    for key, value in _pairs(parts):
        if key in nested:
            found[key] = _one([*_listed(found.get(key)), *_listed(value)], ())
        else:
            found[key] = [found[key], value] if key in found and key != "//" else value
    return found


def _pairs(parts: list[Json]) -> Iterator[tuple[str, Any]]:
    for one in parts:
        yield from one.items()


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]
