"""Ids of `import` blocks that are secrets: a hand-off asks for them by variables, since its files are read by many."""

import json
import re
from collections.abc import Mapping
from typing import Any

from dicom_cdk.plan.redaction.secret_values import ids
from dicom_cdk.plan.stack import Stack

Json = dict[str, Any]
DESCRIPTION = "id by which {address} is imported: the secret itself"


def asked_for(stack: Stack) -> tuple[Stack, frozenset[str]]:
    """The stack with a variable in place of each such id, and the names of the variables that hold secrets from now on.

    Terraform takes no sensitive variable for an id. A variable that had one by default has no default any more.
    """
    own = stack.document.get("variable") or {}
    names: dict[str, str] = {}
    added: Json = {}
    for address, texts in ids(stack.document).items():
        for number, text in enumerate(sorted(texts), 1):
            if text not in names:
                name = re.sub(r"\W+", "_", f"{address}_{number}" if len(texts) > 1 else address).strip("_") + "_secret"
                names[text] = _free(name, {*own, *added})
                added[names[text]] = {"type": "string", "description": DESCRIPTION.format(address=address)}
    if not names:
        return stack, frozenset()
    emptied = {
        name
        for name, body in own.items()
        if isinstance(body, dict) and _asking(body.get("default"), names) != body.get("default")
    }
    kept = {
        name: {key: part for key, part in body.items() if key != "default"} if name in emptied else body
        for name, body in own.items()
    }
    document = dict(stack.document)
    document |= {key: _asking(document[key], names) for key in ("import", "locals") if key in document}
    # What only a variable said by default is asked for by that one.
    written = json.dumps(document)
    asked = {name: body for name, body in added.items() if f"${{var.{name}}}" in written}
    document["variable"] = {**kept, **asked}
    return Stack(stack.folder, document), frozenset({*emptied, *asked})


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _asking(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _asking(part, names) for key, part in value.items()}
    if isinstance(value, list):
        return [_asking(part, names) for part in value]
    if isinstance(value, str):
        for text in sorted(names, key=len, reverse=True):
            value = value.replace(text, f"${{var.{names[text]}}}")
    return value
