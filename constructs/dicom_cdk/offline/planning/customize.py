"""Step 4: what a type's own code does to the differences after they are collected."""

from typing import Any

from dicom_cdk.offline.fields import Field
from dicom_cdk.offline.planning.difference import COUNT, Differences, Entry, EntryPath
from dicom_cdk.offline.planning.rules import Question, View
from dicom_cdk.offline.planning.texts import Tree


def customize(
    steps: list[dict[str, Any]], view: View, old: dict[str, Tree], new: dict[str, Tree], found: Differences
) -> None:
    """Step 4, in place."""
    applied = False
    for step in steps:
        if "drop_unchanged_computed" in step:
            _drop_unchanged_computed(view.fields[step["drop_unchanged_computed"]], old, new, found)
            continue
        if "else_when" in step:
            if applied:
                continue
            applied = _holds(step, step["else_when"], view, found)
        else:
            applied = _holds(step, step["when"], view, found)
        if not applied:
            continue
        for name in step.get("unknown", ()):
            _make_unknown(view.fields[name], name, old, found)
        for name in step.get("force_new", ()):
            for path, entry in found.entries.items():
                if path[0] == name:
                    entry.replace = True


def _holds(step: dict[str, Any], when: dict[str, Any], view: View, found: Differences) -> bool:
    of = step.get("of")
    entry = found.entries.get((of,)) if of else None
    if entry is not None:
        question = Question(view, entry.old, entry.new)
    elif of:
        text = str((view.prior or {}).get(of) or "")
        question = Question(view, text, text)
    else:
        question = Question(view, "", "")
    return _changed_by_entries(when, question, found)


def _changed_by_entries(when: dict[str, Any], question: Question, found: Differences) -> bool:
    """As `holds`, but `changed` compares the prior value with the value after the differences."""
    if "changed" in when:
        return _changed(when["changed"], found)
    if "all" in when:
        return all(_changed_by_entries(part, question, found) for part in when["all"])
    return question.holds(when)


def _changed(name: str, found: Differences) -> bool:
    """Whether an attribute's value differs after the differences; an unknown collection reads as an empty one."""
    entries = {path: entry for path, entry in found.entries.items() if path[0] == name}
    count = entries.get((name, COUNT))
    if count is not None and count.unknown:
        return count.old not in ("", "0")
    return any(entry.old != entry.new or entry.unknown for entry in entries.values())


def _make_unknown(field: Field, name: str, old: dict[str, Tree], found: Differences) -> None:
    for stale in [path for path in found.entries if path[0] == name]:
        del found.entries[stale]
    before = old.get(name)
    path: EntryPath = (name,) if field.plain else (name, COUNT)
    text = str(before or "") if field.plain else str(len(before or ()))
    found.entries[path] = Entry(text, "", True, replace=field.force_new, field=field)


def _drop_unchanged_computed(field: Field, old: dict[str, Tree], new: dict[str, Tree], found: Differences) -> None:
    """Drop the entry of a computed plain field of an element unless its configured value differs from the prior one."""
    before, after = old.get(field.name) or {}, new.get(field.name) or {}
    if not isinstance(after, dict) or field.fields is None:
        return
    for path in [path for path in found.entries if path[0] == field.name and len(path) == 3]:
        part = field.fields[str(path[2])]
        if not part.computed or not part.plain:
            continue
        configured = after.get(path[1], {}).get(part.name)
        prior = before.get(path[1], {}).get(part.name) or ""
        if configured is None or configured == prior:
            del found.entries[path]
