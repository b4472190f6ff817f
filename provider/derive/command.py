"""What `make provider-facts` does: derive, compare, lay beside."""

import json
import re
import sys
from pathlib import Path
from typing import Any

from dicom_cdk.offline.versions import news, whole
from dicom_cdk.offline.versions.store import numbers
from provider.derive import binary, committed, comparison, lowering
from provider.derive.golang import Checkout, NotTheProvider
from provider.derive.overlay import Overlay
from provider.derive.suggestion import Suggestions

Json = dict[str, Any]
OK, REFUSED = 0, 1


def derived(release: str, source: Path, program: Path | None = None) -> tuple[Json, list[str]]:
    """`{schema, overlay, functions}` of a checkout, and what in it was not understood. Raises NotTheProvider, NoAnswer."""
    facts, unread, _, _ = _read(release, source, program)
    return facts, unread


def _read(release: str, source: Path, program: Path | None) -> tuple[Json, list[str], Checkout, Overlay]:
    _same_release(release, source)
    checkout = Checkout.read(source)
    reading = Overlay(checkout)
    overlay = reading.facts(release)
    schema = binary.schema(program) if program else lowering.schema(overlay)
    unread = [f"{file}: is not wholly Go" for file in checkout.broken] + reading.unread
    if program:
        unread += [f"the program's schema: {one}" for one in comparison.differences(lowering.schema(overlay), schema)]
    return {"schema": schema, "overlay": overlay, "functions": reading.functions}, unread, checkout, reading


def add(release: str, source: Path, program: Path | None, folder: Path = committed.PROVIDER) -> int:
    """Lay a release beside the base. Raises CannotAdd, NotTheProvider, NoAnswer."""
    committed.refuse(release, folder)
    facts, unread, checkout, reading = _read(release, source, program)
    # Told as an update, whichever of the two is the older one.
    old, new = sorted((whole.base(folder), facts), key=lambda one: numbers(one["overlay"]["provider_version"]))
    text = news.page(news.between(old, new, whole.rules(folder)), unread)
    text += _suggested(release, suggested(checkout, reading, whole.base(folder)))
    where = committed.add(facts, text, folder)
    print(text)
    print(
        f"provider facts: {release} lies in {where.name}/ of provider/; read its news.md before you commit",
        file=sys.stderr,
    )
    return OK


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
    facts, unread = derived(release, source)
    held = whole.held(release)
    found = comparison.reasoned(held, facts)
    output.write_text(comparison.page(release, found, unread), encoding="utf-8")
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
