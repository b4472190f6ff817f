"""Step 6: the differences applied to the prior state, giving the planned value."""

from collections import defaultdict

from dicom_cdk.offline.fields import Field, Kind
from dicom_cdk.offline.planning.difference import COUNT, MAP_COUNT, Entry, EntryPath
from dicom_cdk.offline.planning.texts import Tree, is_unknown, value_of
from dicom_cdk.offline.values import UNKNOWN, Value


class Application:
    """Applies the entries of one resource."""

    def __init__(self, entries: dict[EntryPath, Entry]) -> None:
        self._entries = entries
        self._below: dict[EntryPath, list[str | int]] = defaultdict(list)
        seen: set[EntryPath] = set()
        for path in entries:
            for size in range(1, len(path)):
                head = path[: size + 1]
                if head not in seen:
                    seen.add(head)
                    self._below[path[:size]].append(path[size])

    def block(self, fields: dict[str, Field], path: EntryPath, prior: dict[str, Tree]) -> dict[str, Value]:
        """The planned value of the resource (empty path) or of one block element."""
        return {name: self._field(field, (*path, name), prior.get(name)) for name, field in fields.items()}

    def _field(self, field: Field, path: EntryPath, prior: Tree) -> Value:
        if field.plain:
            return self._plain(field, path, prior)
        if field.kind is Kind.MAP:
            return self._map(field, path, prior)
        if field.kind is Kind.SET:
            return self._set(field, path, prior)
        return self._list(field, path, prior)

    def _plain(self, field: Field, path: EntryPath, prior: Tree) -> Value:
        entry = self._entries.get(path)
        if entry is None:
            if prior is None:
                return "" if field.required and field.kind is Kind.STRING else None
            return UNKNOWN if is_unknown(prior) else value_of(field.kind, prior)
        if entry.unknown:
            return UNKNOWN
        if entry.removed:
            return None
        if entry.old == "" and entry.new == "":
            return "" if field.kind is Kind.STRING else None
        return value_of(field.kind, entry.new)

    def _element(self, field: Field, path: EntryPath, prior: Tree) -> Value:
        if field.fields is not None:
            return self.block(field.fields, path, prior or {})
        assert field.elem is not None
        if field.elem.plain:
            found = self._plain(field.elem, path, prior)
            return "" if found is None and field.elem.kind is Kind.STRING else found
        return self._field(field.elem, path, prior)

    def _list(self, field: Field, path: EntryPath, prior: Tree) -> Value:
        count = self._entries.get((*path, COUNT))
        if count is not None:
            if count.unknown:
                return UNKNOWN
            size = int(count.new or 0)
        elif prior is None and path not in self._below:
            return [] if field.nested else None
        else:
            size = len(prior or ())
        before = prior or []
        if size == 1 and not before and field.nested and (*path, 0) not in self._below:
            return [_empty_element(field)]
        return [self._element(field, (*path, at), before[at] if at < len(before) else None) for at in range(size)]

    def _map(self, field: Field, path: EntryPath, prior: Tree) -> Value:
        count = self._entries.get((*path, MAP_COUNT))
        if count is not None:
            if count.unknown:
                return UNKNOWN
            if count.removed:
                return None
            if count.new == "0":
                return {}
        elif prior is None and path not in self._below:
            return None
        assert field.elem is not None
        elem = field.elem
        found = {
            key: UNKNOWN if is_unknown(part) else value_of(elem.kind, part) if elem.plain else part
            for key, part in (prior or {}).items()
        }
        for key in self._below.get(path, ()):
            entry = self._entries.get((*path, key))
            if entry is None or key == MAP_COUNT:
                continue
            if entry.removed:
                found.pop(str(key), None)
            elif isinstance(path[-1], str) or entry.unknown or entry.old or entry.new:
                # A map that is an element of a list takes no empty text that was not there.
                found[str(key)] = UNKNOWN if entry.unknown else value_of(elem.kind, entry.new)
        return found

    def _set(self, field: Field, path: EntryPath, prior: Tree) -> Value:
        count = self._entries.get((*path, COUNT))
        if count is not None and count.unknown:
            return UNKNOWN
        below = [key for key in self._below.get(path, ()) if key != COUNT]
        before = prior or {}
        if not below:
            if count is not None and count.new == "0":
                return []
            if count is None and prior is None and not field.nested:
                return None
            kept = list(before)
        elif field.fields is None:
            gone = {key for key in below if self._entries[(*path, key)].removed}
            kept = [key for key in before if key not in gone]
            kept += [str(key) for key in below if key not in before and key not in gone]
        else:
            kept = [str(key) for key in below if self._keeps((*path, key))]
            if not kept and not (count is not None and (count.removed or count.new == "0")):
                kept = list(before)
        if not kept and count is not None and count.new == "1" and field.nested:
            return [_empty_element(field)]
        return [self._element(field, (*path, key), before.get(key)) for key in kept]

    def _keeps(self, path: EntryPath) -> bool:
        """Whether any entry below is neither removed nor a count of 0."""
        for key in self._below.get(path, ()):
            below = (*path, key)
            entry = self._entries.get(below)
            if entry is None:
                if self._keeps(below):
                    return True
            elif not entry.removed and not (key in (COUNT, MAP_COUNT) and entry.new == "0"):
                return True
        return False


def _empty_element(field: Field) -> Value:
    return dict.fromkeys(field.fields or {})
