"""A release as a difference from the base: whole types that are other, `null` for those that it does not have.

`{version, sdk_version, provider: {schema, overlay}?, resources: {TYPE: T|null}, data_sources: {TYPE: T|null}, functions: {KIND:
{NAME: HASH|null}}, actions: {TYPE: {OPERATION: [ACTION, …]}|null}, read_back: {TYPE: {ATTR: RULE|null}}, stale: {TYPE: [[ATTR,
KIND], …]}}`; T is `{schema, overlay}`. `actions`: as in actions.json; `read_back`: as in read-back.json, where the source says
otherwise. `stale`: rules of suppress.json whose function has another text in this release, so that they prove nothing.
"""

import gzip
import json
from pathlib import Path
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
FILE = "difference.json.gz"
SECTIONS = {"resources": "resource_schemas", "data_sources": "data_source_schemas"}
"""Section of the overlay and of a difference to the schema's."""
RULES = {"suppress": "diff_suppress", "state": "state_func", "set_hash": "set_func"}
"""Kind of a rule to the kind of function that it stands for."""


def written(difference: Json) -> bytes:
    """The file's content, the same from the same facts."""
    text = json.dumps(difference, sort_keys=True, separators=(",", ":"))
    return gzip.compress(text.encode(), 9, mtime=0)


def read(folder: Path) -> Json:
    """The difference that lies in a release's folder."""
    found: Json = json.loads(gzip.decompress((folder / FILE).read_bytes()))
    return found


def between(base: Json, new: Json, rules: list[Json]) -> Json:
    """The difference from one release to another, both `{schema, overlay, functions, actions}`; `rules` are those of the base."""
    found: Json = {"version": new["overlay"]["provider_version"], "sdk_version": new["overlay"]["sdk_version"]}
    provider = [{"schema": one["schema"]["provider"], "overlay": one["overlay"]["provider"]} for one in (base, new)]
    if provider[0] != provider[1]:
        found["provider"] = provider[1]
    for section, schemas in SECTIONS.items():
        sides = [
            {
                name: {"schema": one["schema"][schemas].get(name), "overlay": overlay}
                for name, overlay in one["overlay"][section].items()
            }
            for one in (base, new)
        ]
        found[section] = _other(*sides)
    found["functions"] = {
        kind: _other(base["functions"].get(kind, {}), new["functions"].get(kind, {}))
        for kind in sorted(base["functions"].keys() | new["functions"].keys())
    }
    found["actions"] = _other(base["actions"], new["actions"])
    found["read_back"] = new.get("read_back", {})
    found["stale"] = stale(base, new, rules)
    return found


def applied(base: Json, changes: Json) -> Json:
    """The other release, whole: what `between` was given."""
    overlay = {**base["overlay"], "provider_version": changes["version"], "sdk_version": changes["sdk_version"]}
    schema = dict(base["schema"])
    if "provider" in changes:
        schema["provider"], overlay["provider"] = changes["provider"]["schema"], changes["provider"]["overlay"]
    for section, schemas in SECTIONS.items():
        other = changes[section]
        overlay[section] = _laid(
            base["overlay"][section], {name: one and one["overlay"] for name, one in other.items()}
        )
        schema[schemas] = _laid(base["schema"][schemas], {name: one and one["schema"] for name, one in other.items()})
    kinds = base["functions"].keys() | changes["functions"].keys()
    functions = {kind: _laid(base["functions"].get(kind, {}), changes["functions"].get(kind, {})) for kind in kinds}
    actions = _laid(base["actions"], changes["actions"])
    found = {"schema": schema, "overlay": overlay, "functions": functions, "actions": actions}
    return {**found, "read_back": changes["read_back"]}


def _laid(below: Json, above: Json) -> Json:
    return {name: one for name, one in sorted({**below, **above}.items()) if one is not None}


def _other(before: Json, after: Json) -> Json:
    return {
        name: after.get(name) for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)
    }


def stale(base: Json, new: Json, rules: list[Json]) -> dict[str, list[list[str]]]:
    """Type to the rules, as [attribute, kind], that stand for a function with another text, or with none, in the new release."""
    found: dict[str, list[list[str]]] = {}
    for rule in rules:
        was, now = (_hash(one, rule) for one in (base, new))
        if rule["type"] in new["overlay"]["resources"] and now != was:
            found.setdefault(rule["type"], []).append([rule["attr"], rule["kind"]])
    return found


def _hash(facts: Json, rule: Json) -> str | None:
    """Hash of the function that a rule stands for; None for a type or attribute that is not there."""
    if rule["kind"] == "customize_diff":
        of_type: str | None = facts["functions"].get("customize_diff", {}).get(rule["type"])
        return of_type
    field = facts["overlay"]["resources"].get(rule["type"], {})
    level = field.get("fields", {})
    for part in rule["attr"].split("."):
        field = level.get(part, {})
        level = field.get("block", {})
    kind = RULES[rule["kind"]]
    name = field.get(f"{kind}_name")
    return None if name is None else facts["functions"].get(kind, {}).get(name, name)
