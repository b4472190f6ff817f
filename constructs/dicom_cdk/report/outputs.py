"""What a stack's outputs will be, in words where only the apply can tell."""

import json
import re
from typing import Any

from dicom_cdk.plan.redaction.secret_values import REDACTED, clean, hidden, is_marked
from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import Document

REFERENCE = re.compile(r"\$\{([a-z0-9_]+\.[A-Za-z0-9_-]+)\.([a-z0-9_]+)\}")
"""A whole expression that reads one attribute of one resource."""


def outputs(stack: Stack, document: Document) -> list[tuple[str, str, str]]:
    """Name, value as text, description of each; sensitive values are not said."""
    found = []
    for name, body in sorted((stack.document.get("output") or {}).items()):
        value = clean({name: body.get("value") if isinstance(body, dict) else body})[name]
        marked = isinstance(body, dict) and is_marked(body)
        description = str(body.get("description", "")) if isinstance(body, dict) else ""
        found.append((name, "(sensitive)" if marked else _said(value, document), description))
    return found


def _said(value: Any, document: Document) -> str:
    if isinstance(value, list):
        return ", ".join(_said(one, document) for one in value)
    text = value if isinstance(value, str) else json.dumps(value)
    text = REFERENCE.sub(lambda found: _attribute(found[1], found[2], document), text)
    return "known after the apply (an expression)" if "${" in text else text


def _attribute(address: str, attribute: str, document: Document) -> str:
    """Its value where the configuration says it, otherwise whose it is."""
    resource = document.resources.get(address)
    value = resource.get(attribute) if resource else None
    if isinstance(value, str | int) and "${" not in str(value):
        secret = resource is not None and attribute in hidden(resource.type)
        return REDACTED if secret else str(clean({attribute: value})[attribute])
    owner = (resource.path if resource else "") or address
    return f"‹{attribute} of {owner}, known after the apply›"
