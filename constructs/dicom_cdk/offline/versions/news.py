"""What is new from one release to another: what a person who takes it has to know, and what somebody has to read.

Facts are `{schema, overlay, functions, actions}`, as `difference` has them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dicom_cdk.offline.store import BASE
from dicom_cdk.offline.versions import reading_list
from dicom_cdk.offline.versions.difference import SECTIONS, stale

Json = dict[str, Any]
SINGLE = {"resources": "resource", "data_sources": "data source"}


@dataclass
class News:
    """Lines by heading, and the functions to read."""

    old: str
    new: str
    parts: dict[str, list[str]] = field(default_factory=dict)

    def add(self, heading: str, line: str) -> None:
        self.parts.setdefault(heading, []).append(line)


NEW_TYPES, GONE_TYPES = "New types", "Types that went away"
NEW_ARGUMENTS, GONE_ARGUMENTS = "New arguments", "Arguments that went away"
DEPRECATED, REPLACES, VALUES, OTHER = (
    "New deprecations",
    "Replacement on change",
    "Accepted values",
    "Other changes of arguments",
)
CALLS = "Calls of the cloud, as RAM actions"
READ = "What Create and Read leave in the state"
TO_READ = "Functions to read: new or with another text, and no rule for it"
STALE = "Rules that prove nothing until their function is read again"
ORDER = (
    GONE_TYPES,
    GONE_ARGUMENTS,
    REPLACES,
    DEPRECATED,
    VALUES,
    CALLS,
    READ,
    STALE,
    TO_READ,
    NEW_TYPES,
    NEW_ARGUMENTS,
    OTHER,
)


def between(old: Json, new: Json, rules: list[Json]) -> News:
    """Everything that is other; `rules` are those of suppress.json."""
    found = News(old["overlay"]["provider_version"], new["overlay"]["provider_version"])
    for section in SECTIONS:
        before, after = old["overlay"][section], new["overlay"][section]
        for name in sorted(before.keys() | after.keys()):
            shown = name if section == "resources" else f"data.{name}"
            if name not in before:
                found.add(NEW_TYPES, shown)
            elif name not in after:
                found.add(GONE_TYPES, shown)
            elif before[name] != after[name]:
                _of_type(found, shown, before[name], after[name])
    _fields(found, "provider", old["overlay"]["provider"], new["overlay"]["provider"])
    for line in _calls(old["actions"], new["actions"]):
        found.add(CALLS, line)
    for line in _read_back(old, new):
        found.add(READ, line)
    # The rules were read in the base: an older release's news do not make them doubtful.
    doubtful = stale(old, new, rules) if found.old == BASE else {}
    for name, rule in ((name, rule) for name, some in doubtful.items() for rule in some):
        found.add(STALE, f"{name}{'.' if rule[0] else ''}{rule[0]} ({rule[1]})")
    for line in reading_list.lines(old, new, rules):
        found.add(TO_READ, line)
    return found


def _of_type(found: News, name: str, before: Json, after: Json) -> None:
    if after.get("deprecated") and not before.get("deprecated"):
        found.add(DEPRECATED, f"{name}: the whole type{_instead(after)}")
    for key in ("schema_version", "updatable", "importable", "timeouts_s"):
        if before.get(key) != after.get(key):
            found.add(OTHER, f"{name}: {key} was {before.get(key)}, is {after.get(key)}")
    _fields(found, name, before["fields"], after["fields"])


def _fields(found: News, path: str, before: Json, after: Json) -> None:
    for name in sorted(before.keys() | after.keys()):
        where = f"{path}.{name}"
        if name not in before:
            found.add(NEW_ARGUMENTS, f"{where}{', required' if after[name].get('required') else ''}")
        elif name not in after:
            found.add(GONE_ARGUMENTS, where)
        else:
            _field(found, where, before[name], after[name])


def _field(found: News, where: str, before: Json, after: Json) -> None:
    if after.get("removed") and not before.get("removed"):
        found.add(GONE_ARGUMENTS, f"{where}: refused from now on{_instead(after)}")
    if after.get("deprecated") and not before.get("deprecated"):
        found.add(DEPRECATED, f"{where}{_instead(after)}")
    if bool(before.get("force_new")) != bool(after.get("force_new")):
        found.add(REPLACES, f"{where}: a change now {'replaces' if after.get('force_new') else 'is made in place'}")
    for kind in ("validate", "max_items", "min_items"):
        if before.get(kind) != after.get(kind):
            found.add(VALUES, f"{where}: {_told(kind, before.get(kind), after.get(kind))}")
    for kind in ("type", "required", "optional", "computed", "sensitive", "default", "env_default", "conflicts_with",
                 "exactly_one_of", "at_least_one_of", "required_with"):  # fmt: skip
        if before.get(kind) != after.get(kind):
            found.add(OTHER, f"{where}: {kind} was {before.get(kind)}, is {after.get(kind)}")
    _fields(found, where, before.get("block", {}), after.get("block", {}))
    if "elem" in before and "elem" in after and before["elem"] != after["elem"]:
        _field(found, f"{where}[]", before["elem"], after["elem"])


def _told(kind: str, before: Any, after: Any) -> str:
    sets = [_enum(one) for one in (before, after)]
    if sets[0] is not None and sets[1] is not None:
        more, less = [x for x in sets[1] if x not in sets[0]], [x for x in sets[0] if x not in sets[1]]
        parts = [f"{word} {', '.join(map(str, some))}" for word, some in (("also", more), ("no longer", less)) if some]
        if parts:
            return "; ".join(parts)
    return f"{kind} was {before}, is {after}"


def _enum(checks: Any) -> list[Any] | None:
    if isinstance(checks, list) and len(checks) == 1 and checks[0]["kind"] in ("enum", "int_enum"):
        values: list[Any] = checks[0]["args"]
        return values
    return None


def _instead(facts: Json) -> str:
    return f"; instead: {facts['replaced_by']}" if facts.get("replaced_by") else ""


def _calls(old: Json, new: Json) -> Iterator[str]:
    """What types that both releases have call otherwise; a role that applies them needs the new ones."""
    for name in sorted(old.keys() & new.keys()):
        for operation in sorted(old[name].keys() | new[name].keys()):
            before, after = (set(one[name].get(operation, ())) for one in (old, new))
            parts = [("also", after - before), ("no longer", before - after)]
            told = "; ".join(f"{word} {', '.join(sorted(some))}" for word, some in parts if some)
            if told:
                yield f"{name}: {operation} {told}"


def _read_back(old: Json, new: Json) -> Iterator[str]:
    """What the source of one says otherwise than the other; of types that both have, since a new one is told as such."""
    before, after = old.get("read_back", {}), new.get("read_back", {})
    for name in sorted(before.keys() | after.keys()):
        if name in old["overlay"]["resources"] and name in new["overlay"]["resources"]:
            for attr in sorted(before.get(name, {}).keys() | after.get(name, {}).keys()):
                yield f"{name}.{attr}"


INTRODUCTION = (
    "Generated by `make provider-facts`; do not edit. Until a function below is read and its rule written, offline plans",
    "call what it decides unproven.",
    "",
)


def lines(news: News) -> Iterator[str]:
    """The news, a line each: headings, and below each what is new."""
    for heading in ORDER:
        if heading in news.parts:
            yield f"## {heading} ({len(news.parts[heading])})"
            yield ""
            yield from (f"- {line}" for line in news.parts[heading])
            yield ""
    if not news.parts:
        yield "Nothing is other."
        yield ""


def page(news: News, unread: list[str]) -> str:
    """The news as Markdown, with the places of the source that were not understood."""
    found = [f"# aliyun/alicloud {news.new}, compared with {news.old}", "", *INTRODUCTION, *lines(news)]
    if unread:
        found += [f"## Places of the source that were not understood ({len(unread)})", ""]
        found += [*(f"- {line}" for line in unread), ""]
    return "\n".join(found)
