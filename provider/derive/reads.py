"""What Create and Read leave in the state, as far as their source says it by itself, in the language of provider/read-back.md.

Read off are, of computed attributes at the top of a type: two that are set from the same text, or one from the other (`same_as`);
parts of the id; constants; what Read never sets; the status that Create waits for. What an answer of the cloud holds, and what its
documentation promises, no source says.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tree_sitter import Node

from provider.derive.golang import PACKAGE, Checkout, Declared, inside, part, text
from provider.derive.language import unquoted
from provider.derive.reached import elements
from provider.derive.standing_for import TEXTS, parts_of_id, told
from provider.derive.values import Function

Json = dict[str, Any]
DEEPEST = 6


@dataclass
class _Sets:
    """`by`: attribute to the texts it is set from. `whole`: whether every d.Set names its attribute."""

    by: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    whole: bool = True


AUTO = {"auto": True}
"""Extracted by script, not read by eye."""
MECHANICAL = frozenset({"create waits for it", "not read", "read constant"})
FILE = "derive/reads.json"
"""In the folder of the facts: what the base's source says; another release is laid beside it."""


class Reads:
    """Of one checkout."""

    def __init__(self, checkout: Checkout) -> None:
        self._checkout = checkout

    def of(self, fields: Mapping[str, Json], functions: Mapping[str, Function]) -> Json:
        """Attribute to rule; `fields` are those of the overlay."""
        read, create = functions.get("read"), functions.get("create")
        if read is None:
            return {}
        found = _Sets()
        self._collect(read.node, read.package, found, 0, frozenset())
        computed = [name for name, one in sorted(fields.items()) if one.get("computed")]
        rules: Json = {}
        twins = _twins(found, fields)
        for name in computed:
            rule = _one(name, found, twins, fields[name])
            if rule is not None:
                rules[name] = rule
        waits = self._waited(create) if create is not None else None
        if waits is not None and "status" in computed and "status" in found.by and "status" not in rules:
            rules["status"] = {"value": waits, "why": "create waits for it"}
        return rules

    def _collect(self, node: Node, package: str, found: _Sets, depth: int, above: frozenset[str]) -> None:
        """Every d.Set of a function, and of those that it hands `d` to."""
        body = part(node, "body")
        ids = {text(name) for name in parts_of_id(body)}
        for call in (one for one in inside(body) if one.type == "call_expression"):
            called, given = text(part(call, "function")), elements(part(call, "arguments"))
            if called == "d.Set" and len(given) == 2:
                if given[0].type not in TEXTS:
                    found.whole = False
                    continue
                found.by[unquoted(text(given[0])) if given[0].type == TEXTS[0] else text(given[0])[1:-1]].append(
                    told(given[1], ids)
                )
            elif any(text(one) == "d" for one in given) and not called.startswith("d."):
                for declared in self._named(package, called):
                    if declared.name not in above and depth < DEEPEST:
                        self._collect(declared.node, declared.package, found, depth + 1, above | {declared.name})
        if "d.SetPartial" in text(body):
            found.whole = False

    def _named(self, package: str, called: str) -> list[Declared]:
        name = called.rpartition(".")[2]
        if "." not in called:
            one = self._checkout.functions.get((package, name))
            return [one] if one else []
        return [one for one in self._checkout.methods.get(name, ()) if one.package == PACKAGE]

    def _waited(self, create: Function) -> str | None:
        """The only status that Create ends in; None where it waits for several, or for something else."""
        targets: set[tuple[str, ...]] = set()
        for call in (one for one in inside(part(create.node, "body")) if one.type == "call_expression"):
            given = elements(part(call, "arguments"))
            if text(part(call, "function")) != "BuildStateConf" or len(given) < 5:
                continue
            words = [text(one) for one in inside(given[4]) if one.type in TEXTS]
            if words and not any(re.fullmatch(r'"\$?\.?(\w+\.)*Status"', one) for one in words):
                continue
            targets.add(tuple(unquoted(text(one)) for one in inside(given[1]) if one.type == TEXTS[0]))
        (target,) = targets if len(targets) == 1 else ((),)
        return target[0] if len(target) == 1 and target[0] else None


def _one(name: str, found: _Sets, twins: Mapping[str, str], facts: Json) -> Json | None:
    sources = found.by.get(name, [])
    if name in twins:
        return {"same_as": twins[name]}
    if not sources:
        return _never(facts) if found.whole else None
    if len(set(sources)) > 1:
        return None
    (source,) = set(sources)
    if source == "id" or source.startswith("id."):
        return {"like": source}
    constant = _constant(source)
    return {"value": constant, "why": "read constant"} if constant is not None and len(sources) == 1 else None


def _never(facts: Json) -> Json:
    empty = facts["type"] in ("TypeSet",)
    return {"value": [] if empty else None, "why": "not read"}


def _constant(source: str) -> Any:
    if re.fullmatch(r'"[^"]*"', source):
        return unquoted(source)
    return {"true": True, "false": False}.get(source, int(source) if re.fullmatch(r"[0-9]+", source) else None)


def _twins(found: _Sets, fields: Mapping[str, Json]) -> dict[str, str]:
    """Attribute to the one that Read sets from the same text; of a group the deprecated ones point at the other."""
    twins: dict[str, str] = {}
    by_text: dict[str, list[str]] = defaultdict(list)
    for name, sources in found.by.items():
        got = re.fullmatch(r'd\.Get\("(\w+)"\)', sources[-1])
        if got and len(set(sources)) == 1 and got[1] != name:
            twins[name] = got[1]
        # What names no part of an answer, such as a name assigned in a loop, says nothing.
        elif len(set(sources)) == 1 and '["' in sources[0] and _constant(sources[0]) is None:
            by_text[sources[0]].append(name)
    for names in by_text.values():
        if len(names) == 2 and all(one in fields for one in names):
            one, other = names
            twins.setdefault(one, other)
            twins.setdefault(other, one)
    return twins
