"""Long texts of a stack as files beside it, while it is planned.

Terraform reads every text of a JSON configuration as a template each time that it looks for references or values, letter by
letter: a third of a plan goes into the payloads of hosts, which have none. `file` reads them as they are.
"""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

Json = dict[str, Any]
LONG = 2_000
"""Letters; below that a file costs as much as it saves."""


def set_aside(document: Json, folder: Path) -> Json:
    """The document with its resources' long texts in files of `folder`."""
    found = document
    for kind, name, argument, text in _long(document):
        file = folder / f"{sha256(text.encode()).hexdigest()}.txt"
        if not file.exists():
            file.write_bytes(text.encode())
        if found is document:
            found = {
                **document,
                "resource": {
                    each: dict(named) if isinstance(named, dict) else named
                    for each, named in document["resource"].items()
                },
            }
        written = f'${{file("${{path.module}}/{file.name}")}}'
        found["resource"][kind][name] = {**found["resource"][kind][name], argument: written}
    return found


def put_back(plan: Json, document: Json) -> Json:
    """Plan JSON of such a stack, its `configuration` with the texts as the stack writes them. Changes `plan`."""
    configured = plan.get("configuration", {}).get("root_module", {}).get("resources", [])
    expressions = {one.get("address"): one.get("expressions", {}) for one in configured}
    for kind, name, argument, text in _long(document):
        if argument in expressions.get(f"{kind}.{name}", {}):
            expressions[f"{kind}.{name}"][argument] = {"constant_value": text}
    return plan


def _long(document: Json) -> Iterator[tuple[str, str, str, str]]:
    """Type, name, argument and text."""
    for kind, named in (document.get("resource") or {}).items():
        for name, body in named.items() if isinstance(named, dict) else ():
            for argument, text in body.items() if isinstance(body, dict) else ():
                if isinstance(text, str) and len(text) >= LONG and "${" not in text and "%{" not in text:
                    yield kind, name, argument, text
