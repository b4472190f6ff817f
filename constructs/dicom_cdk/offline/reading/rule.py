"""One rule of provider/read-back.json asked for one attribute."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from dicom_cdk.offline.fields import Field
from dicom_cdk.offline.reading.conversions import convert, fitted, zero
from dicom_cdk.offline.reading.general import Chance
from dicom_cdk.offline.reading.likes import Asker, made
from dicom_cdk.offline.reading.surroundings import Surroundings
from dicom_cdk.offline.store import Json
from dicom_cdk.offline.values import UNKNOWN, Unknown, Value, number_value

_RULE_KEYS = frozenset({"value", "like", "same_as", "when", "one_of_block"})
_KEY_SPACE = 1 << 128


class Reading:
    """What all levels of one resource share."""

    def __init__(self, rules: Mapping[str, Any], chance: Chance, surroundings: Surroundings) -> None:
        self.rules = rules
        self.chance = chance
        self.surroundings = surroundings
        self.unproven: set[str] = set()
        self.open = 0
        self.circles = 0


class Place(Protocol):
    """The attributes among which a rule stands: those of the resource, or of one element of a block."""

    reading: Reading

    def lookup(self, name: str) -> Value: ...

    def said(self, name: str) -> Value: ...

    def field_of(self, name: str) -> Field | None: ...

    def element(self, field: Field, value: Value, path: tuple[str, ...], own: Callable[[str], Any]) -> Value: ...


class RuleReader:
    """Reads rules for one attribute of a level of a resource."""

    def __init__(self, level: Place, field: Field, path: tuple[str, ...]) -> None:
        self._level = level
        self._field = field
        self._path = path

    def read(self, rule: Any) -> Value:
        """The value by a rule, or by the first of several whose condition holds; unknown where none says one."""
        if isinstance(rule, list):
            rule = next((one for one in rule if self._holds(one.get("when", {}))), None)
            if rule is None:
                return UNKNOWN
        elif not self._holds(rule.get("when", {})):
            return UNKNOWN
        found = self._value(rule)
        if isinstance(found, Unknown) or (found is None and "same_as" in rule):
            return self.read(rule["else"]) if "else" in rule else found
        if rule.get("unsure"):
            self._level.reading.unproven.add(self._field.attr)
        return fitted(self._field, found)

    def _value(self, rule: Json) -> Value:
        if "value" in rule:
            return rule["value"]
        if "one_of_block" in rule:
            return self._block(rule)
        if "same_as" in rule:
            return self._same(rule)
        level = self._level
        ask = Asker(self._path, level.lookup, level.said, level.reading.chance, level.reading.surroundings)
        return made(rule, ask)

    def _same(self, rule: Json) -> Value:
        other = rule["same_as"]
        found = self._level.lookup(other)
        if isinstance(found, Unknown) or found is None:
            return found
        described = self._level.field_of(other)
        if described is not None and described.attr in self._level.reading.unproven:
            self._level.reading.unproven.add(self._field.attr)
        if "convert" in rule:
            where = self._level.reading.surroundings
            found = convert(rule["convert"], found, self._field, {"region": where.region, "account": where.account})
        if "map" in rule:
            found = _mapped(rule["map"], found)
        return found

    def _block(self, rule: Json) -> Value:
        element: Json = rule["one_of_block"]
        if "repeat" not in rule:
            return [self._element(element, "0")]
        count = self._level.lookup(rule["repeat"])
        number = rule["repeat_else"] if isinstance(count, Unknown) or not count else int(count)
        return [self._element(_part_of(element, at, number), str(at)) for at in range(number)]

    def _element(self, element: Json, at: str) -> Value:
        """The element: literals as they are, rules read in it."""
        fields = self._field.fields or {}
        rules = {name: part for name, part in element.items() if isinstance(part, dict) and _RULE_KEYS & part.keys()}
        planned = {
            name: UNKNOWN if name in rules else self._literal(field, element[name]) if name in element else zero(field)
            for name, field in fields.items()
        }
        return self._level.element(self._field, planned, (*self._path, at), rules.get)

    def _literal(self, field: Field, value: Any) -> Value:
        if field.fields is not None and isinstance(value, list):
            inner = RuleReader(self._level, field, (*self._path, field.name))
            return [inner._element(one, str(at)) for at, one in enumerate(value)]
        return fitted(field, value)

    def _holds(self, when: Json) -> bool:
        return all(self._is(self._level.lookup(name), wanted) for name, wanted in when.items())

    def _is(self, value: Value, wanted: Any) -> bool:
        if isinstance(value, Unknown):
            return False
        if wanted == "SET":
            return value not in (None, "", 0, False, [], {})
        return any(_same(value, one) for one in (wanted if isinstance(wanted, list) else [wanted]))


def _same(value: Value, wanted: Any) -> bool:
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    if isinstance(value, str) and isinstance(wanted, int | float):
        return bool(number_value(value) == wanted)
    return bool(value == wanted)


def _mapped(table: Any, value: Value) -> Value:
    if isinstance(table, dict):
        return table.get(value, table.get("*", value)) if isinstance(value, str) else table.get("*", value)
    return next((there for here, there in table if _same(value, here)), value)


def _part_of(element: Json, at: int, number: int) -> Json:
    """Element `at` of `number` that share a key space evenly; `id` counts up."""
    found = dict(element)
    if "id" in found:
        found["id"] = at
    for key, edge in (("begin_key", at), ("end_key", at + 1)):
        if key in found:
            found[key] = f"{min(_KEY_SPACE * edge // number, _KEY_SPACE - 1):032x}"
    return found
