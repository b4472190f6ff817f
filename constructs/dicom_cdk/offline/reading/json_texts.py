"""Values inside JSON texts: what lies at a path, and RAM policies as text and as blocks."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from dicom_cdk.offline.values import UNKNOWN, Unknown, Value


def json_path(text: str, path: str) -> Value:
    """The list at a dotted path of a JSON text; unknown where there is none."""
    try:
        found: Any = json.loads(text)
        for step in path.split("."):
            found = found[int(step)] if step.isdigit() else found[step]
    except (ValueError, KeyError, IndexError, TypeError):
        return UNKNOWN
    return found if isinstance(found, list) else UNKNOWN


def _policy_text(statement: Value, version: Value) -> Value:
    if not isinstance(statement, list):
        return UNKNOWN
    statements = [{"Effect": one["effect"], "Action": one["action"], "Resource": one["resource"]} for one in statement]
    return json.dumps({"Statement": statements, "Version": version or "1"}, separators=(",", ":"))


def _trust_text(users: Value, services: Value, version: Value) -> Value:
    principals = {key: given for key, given in (("RAM", users), ("Service", services)) if given}
    if any(isinstance(given, Unknown) for given in principals.values()):
        return UNKNOWN
    statement = {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": principals}
    return json.dumps({"Statement": [statement], "Version": version or "1"}, separators=(",", ":"))


POLICIES: Mapping[str, Callable[..., Value]] = {"policy-text": _policy_text, "trust-text": _trust_text}
"""Kind of a `like` to what makes a RAM policy's text of the block form."""


def statements_of(text: str) -> Value:
    """The statements of a RAM policy's text, as the block form has them."""
    try:
        found = json.loads(text)["Statement"]
        return [
            {"effect": one["Effect"], "action": _listed(one["Action"]), "resource": _listed(one["Resource"])}
            for one in found
        ]
    except (ValueError, KeyError, TypeError):
        return UNKNOWN


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
