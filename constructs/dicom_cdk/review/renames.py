"""Resources that only got another address: recognized, so that they are moved instead of destroyed and made anew."""

import json
import re
from collections.abc import Mapping
from typing import Any

from dicom_cdk.plan import modules

Json = dict[str, Any]


def declared(document: Json) -> dict[str, str]:
    """Old → new address, from the stack's own `moved` blocks."""
    moved = document.get("moved") or []
    return {one["from"]: one["to"] for one in (moved if isinstance(moved, list) else [moved]) if isinstance(one, dict)}


def suggested(before: Mapping[str, Json], after: Mapping[str, Json]) -> dict[str, str]:
    """Old → new address of resources of one type that are gone and come, and say the same but for names of constructs.

    `before`, `after`: address → arguments of what is on one side only. A tie is no rename: nothing is suggested.
    """
    found: dict[str, str] = {}
    for old, values in before.items():
        kind = _kind(old)
        same = [
            new
            for new, other in after.items()
            if _kind(new) == kind and new not in found.values() and _essence(values) == _essence(other)
        ]
        twins = [one for one in before if _kind(one) == kind and _essence(before[one]) == _essence(values)]
        if len(same) == 1 and len(twins) == 1:
            found[old] = same[0]
    return found


def _kind(address: str) -> str:
    return modules.own(address).partition(".")[0]


def _essence(values: Json) -> str:
    """Arguments without notes; references by type and attribute, since a renamed resource renames those to it."""
    text = json.dumps({key: value for key, value in values.items() if key not in ("//", "depends_on")}, sort_keys=True)
    return re.sub(
        r"(?:module\.[\w-]+\.)*((?:alicloud|random|tls|time|terraform)_[a-z0-9_]+)\.[A-Za-z0-9_-]+", r"\1", text
    )
