"""read-back.json beside what the source says by itself: how the two differ, and what another release changes in it."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from provider.derive.committed import PROVIDER
from provider.derive.comparison import Difference
from provider.derive.golang import Checkout
from provider.derive.overlay import Overlay
from provider.derive.reads import AUTO, FILE, MECHANICAL, Reads

Json = dict[str, Any]
READ_BY_EYE = (
    "read by eye: it lies behind a helper, a loop, a condition or a conversion that the derivation does not follow; it stays until "
    "somebody reads it again"
)
SAYS_MORE = "the recorded rule says more: a condition, what the documentation promises or what the cloud answers"
NOT_COVERED = "the record does not cover it (provider/read-back.md, section 6); the general filling is used"


def derived(checkout: Checkout, reading: Overlay, overlay: Json) -> Json:
    """Type to attribute to rule, of every resource type."""
    reads, operations = Reads(checkout), reading.operations()
    found = {name: reads.of(one["fields"], operations.get(name, {})) for name, one in overlay["resources"].items()}
    return {name: rules for name, rules in sorted(found.items()) if rules}


def held(folder: Path = PROVIDER) -> Json:
    """What the source of the base says."""
    found: Json = json.loads((folder / FILE).read_text(encoding="utf-8"))
    return found


def text(rules: Json) -> str:
    """reads.json: a type a line, so that a difference can be read."""
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(one, sort_keys=True)}" for name, one in sorted(rules.items()))
    return f"{{\n{lines}\n}}\n"


def changes(base: Json, new: Json, types: Mapping[str, Any]) -> Json:
    """What is other in a release, of the types that it has: type to attribute to rule, null where the source no longer says one."""
    found: Json = {}
    for name in sorted(types):
        before, after = base.get(name, {}), new.get(name, {})
        other = {
            attr: {**after[attr], **AUTO} if attr in after else None
            for attr in sorted(before.keys() | after.keys())
            if before.get(attr) != after.get(attr)
        }
        if other:
            found[name] = other
    return found


def differences(recorded: Json, source: Json) -> list[Difference]:
    """Every place where read-back.json is not what the source says by itself, with the reason."""
    found = []
    for name in sorted(recorded.keys() | source.keys()):
        rules, said = recorded.get(name, {}), source.get(name, {})
        for attr in sorted(rules.keys() | said.keys()):
            rule, by_source = rules.get(attr), said.get(attr)
            if rule is None:
                found.append(Difference(f"read_back.{name}.{attr}", f"only derived: {by_source}", NOT_COVERED))
            elif by_source is None and mechanical(rule):
                found.append(Difference(f"read_back.{name}.{attr}", f"only committed: {_shown(rule)}", READ_BY_EYE))
            elif by_source is not None and not _same(rule, by_source):
                line = f"committed {_shown(rule)}, derived {by_source}"
                found.append(Difference(f"read_back.{name}.{attr}", line, SAYS_MORE))
    return found


def outside(recorded: Json) -> Counter[str]:
    """How many rules no source says, by where they come from."""
    rules = [rule for some in recorded.values() for rule in some.values() if not mechanical(rule)]
    return Counter(_origin(rule) for rule in rules)


def mechanical(rule: Any) -> bool:
    """Whether a source could say the rule by itself."""
    if not isinstance(rule, dict):
        return False
    if "same_as" in rule:
        return "convert" not in rule
    return rule.get("why") in MECHANICAL or str(rule.get("like", "")).split(".")[0] == "id"


def _same(rule: Any, by_source: Json) -> bool:
    return isinstance(rule, dict) and all(rule.get(key) == one for key, one in by_source.items())


def _origin(rule: Any) -> str:
    first = rule[0] if isinstance(rule, list) else rule
    if "convert" in first:
        return "conversion between two forms"
    if "like" in first:
        return "a plausible value"
    return str(first.get("why", "other"))


def _shown(rule: Any) -> str:
    line = json.dumps(rule)
    return line if len(line) <= 100 else line[:100] + "…"
