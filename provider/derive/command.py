"""What `make provider-facts` does: derive, compare, lay beside."""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dicom_cdk.offline.versions import news, whole
from dicom_cdk.offline.versions.store import numbers
from provider.derive import binary, committed, comparison, lowering, reading_back
from provider.derive.actions import Actions
from provider.derive.golang import Checkout, NotTheProvider
from provider.derive.overlay import Overlay
from provider.derive.suggestion import Suggestions

Json = dict[str, Any]
OK, REFUSED = 0, 1
SHOWN = 5


@dataclass(frozen=True)
class Derived:
    """`facts`: `{schema, overlay, functions, actions, reads}`; `unread`: not understood; `named`: calls named by the rule."""

    facts: Json
    unread: list[str]
    named: dict[str, list[str]]
    checkout: Checkout
    reading: Overlay


def derived(release: str, source: Path, program: Path | None = None, folder: Path = committed.PROVIDER) -> Derived:
    """What a checkout gives. `folder`: whose actions.json names calls. Raises NotTheProvider, NoAnswer."""
    _same_release(release, source)
    checkout = Checkout.read(source)
    reading = Overlay(checkout)
    overlay = reading.facts(release)
    schema = binary.schema(program) if program else lowering.schema(overlay)
    known = json.loads((folder / whole.ACTIONS).read_text(encoding="utf-8"))
    asking = Actions(checkout, known)
    actions = asking.of(whole.of_types(known), reading.operations())
    if asking.missing:
        raise NotTheProvider(
            f"{source}: {len(asking.missing)} types of Go are used and declared nowhere: {', '.join(asking.missing[:SHOWN])}; "
            "half a checkout? get all of it again"
        )
    unread = [f"{file}: is not wholly Go" for file in checkout.broken] + reading.unread + asking.unread
    if program:
        unread += [f"the program's schema: {one}" for one in comparison.differences(lowering.schema(overlay), schema)]
    facts = {"schema": schema, "overlay": overlay, "functions": reading.functions, "actions": actions}
    facts["reads"] = reading_back.derived(checkout, reading, overlay)
    return Derived(facts, unread, asking.new, checkout, reading)


def add(release: str, source: Path, program: Path | None, folder: Path = committed.PROVIDER) -> int:
    """Lay a release beside the base. Raises CannotAdd, NotTheProvider, NoAnswer."""
    committed.refuse(release, folder)
    found, base = derived(release, source, program, folder), whole.base(folder)
    types = found.facts["overlay"]["resources"]
    found.facts["read_back"] = reading_back.changes(reading_back.held(folder), found.facts.pop("reads"), types)
    # Told as an update, whichever of the two is the older one.
    old, new = sorted((base, found.facts), key=lambda one: numbers(one["overlay"]["provider_version"]))
    text = news.page(news.between(old, new, whole.rules(folder)), found.unread)
    text += _suggested(release, suggested(found.checkout, found.reading, base)) + _named(found.named)
    where = committed.add(found.facts, text, folder)
    print(text)
    print(
        f"provider facts: {release} lies in {where.name}/ of provider/; read its news.md before you commit",
        file=sys.stderr,
    )
    return OK


def _named(named: dict[str, list[str]]) -> str:
    if not named:
        return ""
    lines = "\n".join(f"- {call}: {', '.join(actions)}" for call, actions in sorted(named.items()))
    head = f"## Calls named by the rule ({len(named)}): look their RAM actions up, then put them into `apis` of actions.json"
    return f"\n{head}\n\n{lines}\n"


def suggested(checkout: Checkout, reading: Overlay, base: Json) -> list[Json]:
    """Rules for the functions that are new or have another text than in the base, where their shape is a known one."""
    known, suggestions = set(base["functions"].get("diff_suppress", {}).values()), Suggestions(checkout)
    found = []
    for name, attr, function in reading.suppressing():
        if reading.hash_of(function) in known:
            continue
        rule = suggestions.of(function, reading.arguments(name))
        if rule is not None:
            found.append({"type": name, "attr": attr, "kind": "suppress", "when": rule})
    return found


def _suggested(release: str, rules: list[Json]) -> str:
    if not rules:
        return ""
    lines = "\n".join(f"    {json.dumps(rule)}" for rule in rules)
    head = (
        f"## Suggested rules for {release} ({len(rules)}): read the function, then put what is right into suppress.json"
    )
    return f"{head}\n\n{lines}\n"


def check(release: str, source: Path, output: Path) -> int:
    """Compare the committed facts with what their source gives; `output` lists every difference with its reason."""
    new = derived(release, source)
    unread = [*new.unread, *(f"a call without a name in actions.json: {call}" for call in sorted(new.named))]
    reads = reading_back.held()
    found = comparison.reasoned({**whole.held(release), "reads": reads}, new.facts)
    recorded = json.loads((committed.PROVIDER / "read-back.json").read_text(encoding="utf-8"))
    found += reading_back.differences(recorded, reads)
    output.write_text(comparison.page(release, found, unread, reading_back.outside(recorded)), encoding="utf-8")
    without = [one for one in found if not one.reason]
    for one in without:
        print(f"provider facts: {one.path}: {one.text}: differs without a known reason", file=sys.stderr)
    for line in unread:
        print(f"provider facts: not understood: {line}", file=sys.stderr)
    print(f"provider facts: {release}: {len(found)} differences, {len(without)} without a reason; listed in {output}")
    return REFUSED if without or unread else OK


def _same_release(release: str, source: Path) -> None:
    """A checkout says in its change log which release it becomes; one of another release is refused."""
    log = source / "CHANGELOG.md"
    if not log.is_file():
        return
    named = re.findall(r"^## ([0-9]+\.[0-9]+\.[0-9]+) \((.*)\)", log.read_text(encoding="utf-8"), re.MULTILINE)
    newest = [one for one, when in named[:2]]
    if newest and release not in newest:
        raise NotTheProvider(
            f"{log}: its newest releases are {', '.join(newest)}, asked for is {release}; check out the tag v{release}"
        )
