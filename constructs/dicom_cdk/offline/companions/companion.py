"""Validation and planning of one companion type: the schema and its Rules."""

import functools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from dicom_cdk.offline.companions.rules import RECORDED, RULES, Check, Rules
from dicom_cdk.offline.diagnostics import Diagnostic, Path, dotted
from dicom_cdk.offline.planning.plan import Planned
from dicom_cdk.offline.planning.rules import instant
from dicom_cdk.offline.store import Json, TypeFacts
from dicom_cdk.offline.validation.value_rules import refusal
from dicom_cdk.offline.values import UNKNOWN, Unknown, Value, holds_unknown, number_text, whole


@dataclass(frozen=True)
class Companion:
    """One resource type or data source of random, tls, time, null or local."""

    facts: TypeFacts
    rules: Rules = field(default_factory=Rules)

    @property
    def attributes(self) -> Json:
        found: Json = self.facts.schema["block"].get("attributes", {})
        return found

    @property
    def proven(self) -> bool:
        """Whether answers of the real provider were recorded for this type."""
        return self.facts.name in RECORDED

    def validate(self, config: dict[str, Value]) -> list[Diagnostic]:
        """Errors of one configuration."""
        found = []
        for name, facts in self.attributes.items():
            value = config.get(name)
            if value is None:
                if facts.get("required"):
                    found.append(_wrong("missing_required", (name,), "is required, got nothing"))
            elif not facts.get("optional") and not facts.get("required"):
                found.append(
                    _wrong("computed_only", (name,), "is decided by the provider and cannot be set; remove it")
                )
            else:
                found.extend(_checked(facts["type"], self.rules.checks.get(name, ()), value, (name,)))
        for name, one, other in ((self.facts.name, *pair) for pair in self.rules.twins):
            if config.get(one) is not None and config.get(other) is not None and config[one] != config[other]:
                found.append(_wrong("conflict", (one,), f"{other} says otherwise; of {name} set {other} only"))
        found.extend(self._sum(config))
        for name in self.rules.single:
            if isinstance(config.get(name), list) and len(config[name]) > 1:
                found.append(_wrong("too_many", (name,), f"at most 1 allowed, got {len(config[name])}"))
        needed = self.rules.at_least_one_of
        if needed and all(config.get(name) is None for name in needed):
            found.append(
                _wrong("one_of", (needed[0],), f"none of {', '.join(needed)} is set; set at least one of them")
            )
        found.extend(self._one(config))
        return found

    def _one(self, config: dict[str, Value]) -> list[Diagnostic]:
        names = self.rules.exactly_one_of
        given = [name for name in names if config.get(name) is not None]
        if not names or len(given) == 1 or any(isinstance(config.get(name), Unknown) for name in names):
            return []
        said = f"{', '.join(given)} are set" if given else "none is set"
        return [_wrong("one_of", (names[0],), f"of {', '.join(names)} {said}; set exactly one of them")]

    def _sum(self, config: dict[str, Value]) -> list[Diagnostic]:
        if self.rules.at_least_the_sum is None:
            return []
        name, parts = self.rules.at_least_the_sum
        numbers = [config.get(part) or 0 for part in (name, *parts)]
        if any(isinstance(number, Unknown) for number in numbers):
            return []
        length, *minima = (whole(number) or 0 for number in numbers)
        if length >= sum(minima):
            return []
        return [_wrong("bad_value", (name,), f"got {length}, allowed: at least the sum of {', '.join(parts)}")]

    def plan(self, prior: Value, proposed: Value, config: Value) -> Planned:
        """The planned value; `prior` is None on creation, `proposed` on destruction."""
        if proposed is None:
            return Planned(None)
        wanted = dict(proposed)
        for name in self.attributes:
            wanted[name] = self._wanted(name, prior, config)
        for one, other in self.rules.twins:
            if one not in self.attributes:
                continue  # an ephemeral resource has no old names
            if config.get(one) is None and config.get(other) is not None:
                wanted[one] = wanted[other]
            elif config.get(other) is None:
                wanted[other] = wanted[one]
        inputs = [name for name, facts in self.attributes.items() if not self._decided(name, config)]
        blocks = self.facts.schema["block"].get("block_types", {})
        if prior is None:
            if self.rules.expires:
                wanted["ready_for_renewal"] = _never_valid(wanted)
            return Planned(wanted)
        changed = [
            name
            for name in (*inputs, *blocks)
            if wanted.get(name) != prior.get(name) or holds_unknown(wanted.get(name))
        ]
        if self.rules.expires and not prior.get("ready_for_renewal") and _near_its_end(prior, wanted):
            changed = [*(name for name in changed if name != "ready_for_renewal"), "ready_for_renewal"]
            wanted["ready_for_renewal"] = True
        if not changed:
            return Planned(prior)
        for name in self.attributes:
            if self._decided(name, config) and name not in self.rules.kept and name not in self.rules.defaults:
                wanted[name] = UNKNOWN
        replace: list[Path] = [(name,) for name in changed if name not in self.rules.in_place]
        for name in set(changed) & set(blocks):
            replace.extend(_inside(name, prior.get(name), wanted.get(name)))
        if not replace:
            wanted |= {name: prior.get(name) for name in self.attributes if self._decided(name, config)}
        return Planned(wanted, replace)

    def read(self, config: dict[str, Value]) -> Value:
        """The state of a data source that asks nobody, None for one that has to be answered."""
        if self.facts.name != "null_data_source":
            return None
        chosen = "default" if config.get("has_computed_default") is None else config["has_computed_default"]
        found = {"id": "static", "random": "1", "outputs": config.get("inputs"), "has_computed_default": chosen}
        return {**config, **found}

    def _decided(self, name: str, config: dict[str, Value]) -> bool:
        """Whether the provider decides the value."""
        facts = self.attributes[name]
        return bool(facts.get("computed")) and config.get(name) is None and name not in self.rules.defaults

    def _wanted(self, name: str, prior: Value, config: dict[str, Value]) -> Value:
        given = config.get(name)
        if given is not None:
            return given
        if name in self.rules.defaults:
            return self.rules.defaults[name]
        if not self.attributes[name].get("computed"):
            return None
        return UNKNOWN if prior is None else prior.get(name)


def _inside(name: str, before: Value, after: Value) -> list[Path]:
    """Paths of what differs inside the elements of a block whose number stays."""
    if not isinstance(before, list) or not isinstance(after, list) or len(before) != len(after):
        return []
    pairs = enumerate(zip(before, after, strict=True))
    return [(name, at, key) for at, (one, other) in pairs for key in other if one.get(key) != other[key]]


def _never_valid(wanted: dict[str, Value]) -> bool:
    early, period = wanted.get("early_renewal_hours"), wanted.get("validity_period_hours")
    return isinstance(early, int) and isinstance(period, int) and early >= period


def _near_its_end(prior: dict[str, Value], wanted: dict[str, Value]) -> bool:
    """The one thing here that goes by the clock, as in the real provider."""
    end = instant(str(prior.get("validity_end_time")))
    early = wanted.get("early_renewal_hours")
    if end is None or not isinstance(early, int):
        return False
    return datetime.now(UTC) >= end[0].astimezone(UTC) - timedelta(hours=early)


def _checked(kind: object, checks: tuple[Check, ...], value: Value, path: Path) -> list[Diagnostic]:
    if isinstance(value, Unknown):
        return []
    if isinstance(value, list):
        return [
            one for at, part in enumerate(value) if part is not None for one in _checked("", checks, part, (*path, at))
        ]
    if kind == "number" and whole(value) is None:
        return [_wrong("bad_value", path, f"got {number_text(value)}, allowed: a whole number")]
    if isinstance(value, dict):
        return []
    answers = [refusal(check, value if kind != "number" else whole(value)) for check in checks]
    return [_wrong("bad_value", path, f"got {value!r}, allowed: {allowed}") for allowed in answers if allowed]


def _wrong(kind: str, path: Path, text: str) -> Diagnostic:
    return Diagnostic(
        "Value not allowed" if kind == "bad_value" else "Invalid configuration",
        f"{dotted(path)}: {text}.",
        path,
        kind=kind,
    )


@functools.cache
def _companion(name: str) -> Rules:
    return RULES.get(name, Rules())


def companion(facts: TypeFacts) -> Companion:
    """The companion type that these facts are of."""
    return Companion(facts, _companion(facts.name))
