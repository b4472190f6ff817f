"""One resource after its apply: what the plan has as unknown is filled, attribute by attribute.

Over 200 lines: one recursion over a state, a method for each kind of field.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from dicom_cdk.offline.fields import Field, Kind, ResourceFields
from dicom_cdk.offline.planning.rules import Question, View
from dicom_cdk.offline.planning.texts import default_text, value_of
from dicom_cdk.offline.reading import general
from dicom_cdk.offline.reading.conversions import zero
from dicom_cdk.offline.reading.general import Chance
from dicom_cdk.offline.reading.rule import Reading, RuleReader
from dicom_cdk.offline.reading.surroundings import Surroundings
from dicom_cdk.offline.store import Json
from dicom_cdk.offline.values import UNKNOWN, Unknown, Value, holds_unknown


@dataclass(frozen=True)
class Applied:
    """A resource's state. `unproven`: attributes (dotted, without indexes) filled without a fact that is sure."""

    value: Value
    unproven: frozenset[str] = frozenset()


def by_schema(name: str, block: Json, planned: Value) -> Applied:
    """The state of a resource of which only the schema is known; null (destroyed) stays null."""
    return Applied(planned if planned is None else general.by_schema(block, planned, (), Chance(_seed(name, planned))))


def by_facts(
    described: ResourceFields, rules: Mapping[str, Any], planned: Value, surroundings: Surroundings
) -> Applied:
    """The state of a resource of alicloud; null (destroyed) stays null. `rules`: those of its type."""
    if planned is None:
        return Applied(None)
    reading = Reading(rules, Chance(_seed(described.facts.name, planned)), surroundings)
    top = Level(reading, described.fields, planned, ())
    # Of two names of one fact the one that is not deprecated is filled first, the other takes its value.
    names = sorted(described.fields, key=lambda name: (described.fields[name].deprecated, name))
    found = {**planned, **{name: top.get(name) for name in names}}
    for name, field in described.fields.items():
        found[name] = settled(field, found[name], planned.get(name))
    found |= dict(_defaults_that_count(described, found))
    return Applied(found, frozenset(reading.unproven))


def _defaults_that_count(described: ResourceFields, state: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    """Defaults that were suppressed only while something they depend on was unknown.

    Read brings them (provider/read-back.md, 4.5): else every second plan would show a change.
    """
    view = View(described.fields, dict(state), dict(state))
    for name, field in described.fields.items():
        if field.plain and field.when is not None and state[name] is None:
            text = default_text(field)
            if text is not None and not Question(view, "", text).holds(field.when):
                yield name, value_of(field.kind, text)


def _seed(name: str, planned: Value) -> str:
    return json.dumps([name, planned], sort_keys=True, default=repr)


class Level:
    """The attributes of the resource, or of one element of a block, each resolved when it is asked for."""

    def __init__(
        self,
        reading: Reading,
        fields: Mapping[str, Field],
        planned: Mapping[str, Value],
        path: tuple[str, ...],
        top: "Level | None" = None,
        own_rules: Callable[[str], Any] = lambda _: None,
        in_set: bool = False,
    ) -> None:
        self.reading = reading
        self.fields = fields
        self.path = path
        self.top = top or self
        self._planned = planned
        self._own_rules = own_rules
        self._in_set = in_set
        self._known: dict[str, Value] = {}
        self._open: set[str] = set()

    def get(self, name: str) -> Value:
        """The attribute as it is in the state; unknown inside a circle of attributes that name each other."""
        if name in self._known:
            return self._known[name]
        if name not in self.fields:
            return None
        if name in self._open:
            self.reading.circles += 1
            return UNKNOWN
        before = self.reading.circles
        field = self.fields[name]
        with self._opened(name):
            value = self._filled(field, self._planned.get(name), (*self.path, name), self._own_rules(name))
        if not self.reading.open or before == self.reading.circles:
            if holds_unknown(value):
                value = self._general(field, value, (*self.path, name))
            self._known[name] = value
        return value

    def lookup(self, name: str) -> Value:
        """By a name of the facts: `.a` in this level, `a` and `a.0.b` from the top."""
        if name.startswith("."):
            return self.get(name[1:])
        first, *rest = name.split(".")
        found = self.top.planned(first)
        for step in rest:
            found = _step(found, step)
        if isinstance(found, Unknown):
            found = self.top.get(first)
            for step in rest:
                found = _step(found, step)
        return found

    def planned(self, name: str) -> Value:
        """What the plan says; unknown where the cloud decides."""
        return self._planned.get(name)

    def said(self, name: str) -> Value:
        """What the configuration says, else None."""
        found = self.planned(name[1:]) if name.startswith(".") else self.top.planned(name)
        return None if isinstance(found, Unknown) else found

    def field_of(self, name: str) -> Field | None:
        """The field behind a name of the facts."""
        fields: Mapping[str, Field] | None = self.fields if name.startswith(".") else self.top.fields
        found = None
        for step in name.removeprefix(".").split("."):
            if not step.isdigit():
                found = (fields or {}).get(step)
                fields = found.fields if found else None
        return found

    def element(self, field: Field, value: Value, path: tuple[str, ...], own: Callable[[str], Any]) -> Value:
        """One element of a block, its unknowns filled."""
        in_set = self._in_set or field.kind is Kind.SET
        inner = Level(self.reading, field.fields or {}, value, path, self.top, own, in_set)
        return {**value, **{name: inner.get(name) for name in inner.fields}}

    @contextmanager
    def _opened(self, name: str) -> Iterator[None]:
        self._open.add(name)
        self.reading.open += 1
        try:
            yield
        finally:
            self.reading.open -= 1
            self._open.remove(name)

    def _filled(self, field: Field, value: Value, path: tuple[str, ...], own: Any) -> Value:
        if isinstance(value, Unknown):
            rule = own if own is not None else self.reading.rules.get(field.attr)
            return UNKNOWN if rule is None else RuleReader(self, field, path).read(rule)
        if isinstance(value, list) and field.fields is not None:
            return [
                self.element(field, one, (*path, str(at)), lambda _: None) if isinstance(one, dict) else one
                for at, one in enumerate(value)
            ]
        return value

    def _general(self, field: Field, value: Value, path: tuple[str, ...]) -> Value:
        """Fills what no rule could."""
        if isinstance(value, Unknown):
            self.reading.unproven.add(field.attr)
            if self._in_set and field.optional:
                # It is part of what the element is known by: another value would be another element, and a change in every plan.
                return zero(field)
            return general.value(field, path, self.reading.chance)
        if isinstance(value, list) and field.fields is not None:
            inner = field.fields
            return [
                {name: self._general(inner[name], part, (*path, str(at), name)) for name, part in one.items()}
                for at, one in enumerate(value)
            ]
        if field.elem is not None and isinstance(value, list):
            elem = field.elem
            return [self._general(elem, one, (*path, str(at))) for at, one in enumerate(value)]
        if field.elem is not None and isinstance(value, dict):
            elem = field.elem
            return {key: self._general(elem, one, (*path, key)) for key, one in value.items()}
        return value


def _step(value: Value, step: str) -> Value:
    if isinstance(value, Unknown):
        return value
    if isinstance(value, list):
        return value[int(step)] if step.isdigit() and int(step) < len(value) else None
    return value.get(step) if isinstance(value, dict) else None


def settled(field: Field, value: Value, planned: Value) -> Value:
    """Absent fields in elements of a block become zero values, as the SDK writes them.

    A set that was planned wholly known is kept as it was planned.
    """
    if field.fields is None or not field.nested or not isinstance(value, list):
        return value
    if field.kind is Kind.SET and not holds_unknown(planned):
        return value
    return [_whole(field.fields, one) for one in value]


def _whole(fields: Mapping[str, Field], element: Value) -> Value:
    if not isinstance(element, dict):
        return element
    found = dict(element)
    for name, field in fields.items():
        part = element.get(name)
        if part is None:
            found[name] = zero(field)
        elif field.fields is not None and isinstance(part, list):
            found[name] = [_whole(field.fields, one) for one in part]
    return found
