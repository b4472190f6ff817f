"""Where each provider block of a module leads: what says its account and region."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from dicom_cdk.plan.reading.expressions import Names, evaluated
from dicom_cdk.plan.reading.stated import Decided, stated

Json = dict[str, Any]
PLACE = ("region", "account_id", "profile", "assume_role", "assume_role_with_oidc", "ecs_role_name", "endpoints")
"""Arguments of the provider that lead to another account or region."""


def places(document: Json, given: Mapping[str, Any] | None = None) -> dict[str, Json]:
    """Name of each provider block of one module, such as alicloud, alicloud.hz or alicloud.by["a"], → what says where it leads.

    `given`: what the module's variables are handed.
    """
    found: dict[str, Json] = {}
    names = Decided(stated(document), {("var", name): value for name, value in (given or {}).items()})
    for name, blocks in (document.get("provider") or {}).items():
        for one in blocks if isinstance(blocks, list) else [blocks]:
            if isinstance(one, dict):
                alias = f".{one['alias']}" if one.get("alias") else ""
                place = evaluated({key: one[key] for key in PLACE if key in one}, names)
                found |= {
                    f"{name}{alias}{index}": evaluated(place, each)
                    for index, each in _each(evaluated(one.get("for_each"), names))
                }
    return found


def _each(for_each: Any) -> Iterator[tuple[str, Names]]:
    """Index and `each` of each block that one stands for (OpenTofu's for_each); one without it stands for itself."""
    if isinstance(for_each, list):
        for_each = {str(one): one for one in for_each}
    if isinstance(for_each, dict):
        for key, value in for_each.items():
            yield f"[{json.dumps(key)}]", Names({("each", "key"): key, ("each", "value"): value})
    else:
        # What a plan alone could tell: told as it is written, so that another text is another place.
        yield "", Names({} if for_each is None else {("each", "value"): str(for_each), ("each", "key"): ""})
