"""Step 2: the differences between the prior state and the proposed value, and step 3: suppressing them.

An entry stands for one text, or for the number of elements of a collection (`#`, `%`). Its path is a tuple: field names, list
indexes, set element keys, map keys.

Over 200 lines: one algorithm, a method for each kind of field, read beside the provider's own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from dicom_cdk.offline.fields import ZERO_TEXT, Field, Kind
from dicom_cdk.offline.planning import rules, sides
from dicom_cdk.offline.planning.texts import Tree, is_unknown, unknown_text

EntryPath: TypeAlias = tuple[str | int, ...]
COUNT = "#"
MAP_COUNT = "%"


@dataclass(slots=True)
class Entry:
    """One difference. `removed`: there is no new value; `replace`: it forces replacement."""

    old: str
    new: str
    unknown: bool = False
    removed: bool = False
    replace: bool = False
    field: Field | None = None


Suppressed: TypeAlias = Callable[[dict[str, Any], str, str, EntryPath], bool]
"""Asks a rule's predicate with an entry's old and new text and its path."""


class Differences:
    """Collects the entries of one resource. `creating`: it has no id yet."""

    def __init__(self, creating: bool, suppressed: Suppressed) -> None:
        self.entries: dict[EntryPath, Entry] = {}
        self._creating = creating
        self._suppressed = suppressed

    def compare(self, fields: dict[str, Field], old: dict[str, Tree], new: dict[str, Tree]) -> None:
        """Steps 2 and 3 for every field of the resource."""
        for name, field in fields.items():
            before, after = old.get(name), new.get(name)
            if before is None and after is None and not field.computed:
                continue  # nothing on either side: the commonest case by far
            self._field(field, (name,), before, after, False)

    def _field(self, field: Field, path: EntryPath, old: Tree, new: Tree, in_set: bool) -> None:
        if field.plain:
            self._plain(field, path, old, new, in_set)
        elif field.kind is Kind.MAP:
            self._map(field, path, old, new, in_set)
        elif field.kind is Kind.SET:
            self._set(field, path, old, new, in_set)
        else:
            self._list(field, path, old, new, in_set)
        if field.when is not None:
            self._suppress(field.when, path)

    def _suppress(self, when: dict[str, Any], path: EntryPath) -> None:
        """Step 3."""
        size = len(path)
        for entry_path in [found for found in self.entries if found[:size] == path]:
            entry = self.entries[entry_path]
            if self._suppressed(when, entry.old, entry.new, entry_path):
                del self.entries[entry_path]

    def _record(self, field: Field, path: EntryPath, entry: Entry, force_new: bool | None = None) -> None:
        """Rules 4 and 5 of plain values, which counts and map keys follow too."""
        if field.computed and not entry.removed and entry.new == "":
            if entry.old != "":
                return
            entry.unknown = True
        if field.force_new if force_new is None else force_new:
            entry.replace = entry.old != entry.new or entry.unknown
        entry.field = field
        self.entries[path] = entry

    def _plain(
        self, field: Field, path: EntryPath, old: Tree, new: Tree, in_set: bool, force_new: bool | None = None
    ) -> None:
        unknown = is_unknown(new)
        if field.state_fn and new is not None and not unknown:
            new = rules.state_text(field.state_fn, new)
        before = "" if old is None else old
        after = (
            ("" if old is None else ZERO_TEXT[field.kind])
            if new is None
            else unknown_text(field.kind)
            if unknown
            else new
        )
        if (
            before == after
            and not unknown
            and not in_set
            and (before != "" or not self._creating or not field.computed)
        ):
            return
        removed = old is not None and new is None
        if removed and field.computed:
            return
        self._record(field, path, Entry(before, after, unknown, removed), force_new)

    def _count(self, field: Field, path: EntryPath, old: str, new: str, unknown: bool = False) -> None:
        self._record(field, path, Entry(old, new, unknown))

    def _list(self, field: Field, path: EntryPath, old: Tree, new: Tree, in_set: bool) -> None:
        unknown = is_unknown(new)
        if old is not None and new is None and field.computed:
            return
        if not in_set and new is not None and not unknown and _same_list(field, old or [], new):
            return
        before = old or []
        if unknown:
            self.entries[(*path, COUNT)] = Entry(str(len(before)), "", True, replace=field.force_new, field=field)
            return
        after = new or []
        if len(before) != len(after) or (in_set and not field.computed):
            self._count(field, (*path, COUNT), str(len(before)), str(len(after)))
        elif not before and field.computed:
            self._count(field, (*path, COUNT), "", "", True)
        for index in range(max(len(before), len(after))):
            one = before[index] if index < len(before) else None
            other = after[index] if index < len(after) else None
            if other is None and field.fields is not None and not in_set:
                # Defaults are read for a dropped element of a list as well (never for one of a set).
                other = sides.new_side(field.fields, {})
            self._element(field, (*path, index), one, other, in_set)

    def _element(self, field: Field, path: EntryPath, old: Tree, new: Tree, in_set: bool) -> None:
        if field.fields is not None:
            old, new = old or {}, new or {}
            for name, part in field.fields.items():
                self._field(part, (*path, name), old.get(name), new.get(name), in_set)
        else:
            assert field.elem is not None
            if field.elem.plain:
                self._plain(field.elem, path, old, new, in_set, field.force_new)
            else:
                self._field(field.elem, path, old, new, in_set)

    def _map(self, field: Field, path: EntryPath, old: Tree, new: Tree, in_set: bool) -> None:
        before = old or {}
        if is_unknown(new):
            entry = Entry(str(len(before)), "", True, replace=field.force_new, field=field)
            self.entries[(*path, MAP_COUNT)] = entry
            return
        if new is None and field.computed:
            if old is None:
                self._count(field, (*path, MAP_COUNT), "", "", True)
            return
        after = new or {}
        if len(before) != len(after) and not (before and not after and field.computed):
            self._count(field, (*path, MAP_COUNT), str(len(before)), str(len(after)))
        for key, text in after.items():
            if key not in before or before[key] != text or in_set:
                self._record(field, (*path, key), Entry(before.get(key, ""), text))
        for key, text in before.items():
            if key not in after:
                self._record(field, (*path, key), Entry(text, "", removed=True))

    def _set(self, field: Field, path: EntryPath, old: Tree, new: Tree, in_set: bool) -> None:
        before = old or {}
        if is_unknown(new):
            if field.computed and before and new is not sides.PARTLY_UNKNOWN:
                return
            entry = Entry(str(len(before)) if before else "", "", True, replace=field.force_new, field=field)
            self.entries[(*path, COUNT)] = entry
            return
        if new is None and field.computed:
            if old is None:
                self._count(field, (*path, COUNT), "", "", True)
            return
        after = new or {}
        if not in_set and new is not None and before.keys() == after.keys():
            return
        if len(before) != len(after) or in_set:
            self._count(field, (*path, COUNT), str(len(before)), str(len(after)))
        for key, element in before.items():
            if key not in after:
                self._element(field, (*path, key), element, None, True)
        for key, element in after.items():
            self._element(field, (*path, key), before.get(key), element, True)


def _same_list(field: Field, old: Tree, new: Tree) -> bool:
    """Whether two lists are equal before their elements are looked at: what is unknown and no text reads as nothing there."""
    return bool(old == new) or (len(old) == len(new) and _readable(field) and _read(field, old) == _read(field, new))


def _readable(field: Field) -> bool:
    """A list with a set anywhere in it never counts as equal."""
    if field.kind is Kind.SET:
        return False
    return field.fields is None or all(_readable(part) for part in field.fields.values())


def _read(field: Field, tree: Tree) -> Tree:
    if field.plain:
        return unknown_text(field.kind) if is_unknown(tree) else ZERO_TEXT[field.kind] if tree is None else tree
    if is_unknown(tree):
        return {} if field.kind is Kind.MAP else []
    if field.kind is Kind.LIST and field.fields is not None:
        # An element that says nothing is none of empty values.
        return [
            {name: _read(part, element.get(name)) for name, part in field.fields.items()} if element else None
            for element in tree or []
        ]
    return tree or ({} if field.kind is Kind.MAP else [])
