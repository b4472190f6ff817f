"""Which functions of a release somebody has to read: their text is new, and no rule of suppress.json stands for them."""

from collections.abc import Iterator
from typing import Any

from dicom_cdk.offline.versions.difference import RULES

Json = dict[str, Any]


def lines(old: Json, new: Json, rules: list[Json]) -> Iterator[str]:
    """A line a function: kind, name, and the places that use it."""
    ruled = {(rule["type"], rule["attr"], RULES.get(rule["kind"], rule["kind"])) for rule in rules}
    for kind in (*RULES.values(), "customize_diff"):
        before, after = old["functions"].get(kind, {}), new["functions"].get(kind, {})
        users = dict(_users(new, kind))
        known = set(before.values())
        for name in sorted(after):
            # A literal gets another number when one before it comes or goes; its text is what counts.
            changed = after[name] != before.get(name) and after[name] not in known
            without = [where for where in users.get(name, ()) if (where[0], where[1], kind) not in ruled]
            if changed and without:
                places = ", ".join(sorted(f"{type_}.{attr}" if attr else type_ for type_, attr in without))
                yield f"{kind} {name} {'changed' if name in before else 'is new'}: {places}"


def _users(facts: Json, kind: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    found: dict[str, list[tuple[str, str]]] = {}

    def look(type_: str, fields: Json, path: str) -> None:
        for name, one in fields.items():
            if f"{kind}_name" in one:
                found.setdefault(one[f"{kind}_name"], []).append((type_, path + name))
            look(type_, one.get("block", {}), f"{path}{name}.")

    for type_, one in facts["overlay"]["resources"].items():
        look(type_, one["fields"], "")
        if kind == "customize_diff" and one.get("customize_diff"):
            found[type_] = [(type_, "")]
    yield from found.items()
