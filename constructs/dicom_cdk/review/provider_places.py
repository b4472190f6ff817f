"""Where each provider block of a module leads: what says its account and region."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from dicom_cdk.plan.reading.stated import filled, stated

Json = dict[str, Any]
PLACE = ("region", "account_id", "profile", "assume_role", "assume_role_with_oidc", "ecs_role_name", "endpoints")
"""Arguments of the provider that lead to another account or region."""
_EACH = re.compile(r"\$\{each\.(?P<kind>key|value)(?P<path>(?:\.[A-Za-z_][\w-]*)*)\}")
_SET = re.compile(r"\$\{toset\((?P<list>\[.*\])\)\}", re.DOTALL)


def places(document: Json, given: Mapping[str, Any] | None = None) -> dict[str, Json]:
    """Name of each provider block of one module, such as alicloud, alicloud.hz or alicloud.by["a"], → what says where it leads.

    `given`: what the module's variables are handed.
    """
    found: dict[str, Json] = {}
    values = {**stated(document), **{("var", name): value for name, value in (given or {}).items()}}
    for name, blocks in (document.get("provider") or {}).items():
        for one in blocks if isinstance(blocks, list) else [blocks]:
            if isinstance(one, dict):
                alias = f".{one['alias']}" if one.get("alias") else ""
                place = {key: filled(one[key], values) for key in PLACE if key in one}
                found |= {
                    f"{name}{alias}{index}": _of(place, key, value)
                    for index, key, value in _each(filled(one.get("for_each"), values))
                }
    return found


def _each(for_each: Any) -> Iterator[tuple[str, Any, Any]]:
    """Index, key and value of each block that one stands for (OpenTofu's for_each); one without it stands for itself."""
    members = _SET.fullmatch(for_each) if isinstance(for_each, str) else None
    try:
        listed = json.loads(members["list"]) if members else for_each
    except ValueError:
        listed = for_each
    if isinstance(listed, list):
        listed = {str(one): one for one in listed}
    if isinstance(listed, dict):
        yield from ((f"[{json.dumps(key)}]", key, value) for key, value in listed.items())
    else:
        # What a plan alone could tell: told as it is written, so that another text is another place.
        yield "", "", None if listed is None else str(listed)


def _of(place: Any, key: Any, value: Any) -> Any:
    if isinstance(place, dict):
        return {name: _of(part, key, value) for name, part in place.items()}
    if isinstance(place, list):
        return [_of(part, key, value) for part in place]
    if not isinstance(place, str) or value is None:
        return place

    def said(match: re.Match[str]) -> str:
        found = key if match["kind"] == "key" else value
        for step in match["path"].split(".")[1:]:
            found = found.get(step) if isinstance(found, dict) else found
        return str(found)

    return _EACH.sub(said, place)
