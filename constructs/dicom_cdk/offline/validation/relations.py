"""Rules between arguments: conflicts, exactly one of, at least one of, required with.

As in the SDK "given" is: there in the configuration and not null, `""`, 0 and false included; an unknown value never conflicts and
satisfies the one-of rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dicom_cdk.offline.diagnostics import Diagnostic, Path, dotted
from dicom_cdk.offline.fields import Field
from dicom_cdk.offline.values import Unknown, Value, holds_unknown


@dataclass(frozen=True, slots=True)
class Given:
    """A whole configuration and its fields, in which relations look up their dotted names."""

    fields: Mapping[str, Field]
    config: Value

    def lookup(self, name: str) -> Value:
        """The value at a dotted path from the top; None where absent. Of no elements a block is absent, an attribute given."""
        value, fields, nested = self.config, self.fields, False
        for part in name.split("."):
            if value is None or isinstance(value, Unknown):
                return value
            if isinstance(value, list):
                index = int(part) if part.isdigit() else -1
                value, nested = value[index] if 0 <= index < len(value) else None, False
            elif isinstance(value, dict):
                value, field = value.get(part), fields.get(part)
                fields, nested = (field.fields or {}, field.nested) if field else ({}, False)
            else:
                return None
        return None if nested and value == [] else value


def one_of(field: Field, path: Path, whole: Given) -> list[Diagnostic]:
    """exactly_one_of and at_least_one_of, which hold whether or not the field itself is given."""
    found: list[Diagnostic] = []
    if not field.exactly_one_of and not field.at_least_one_of:
        return found
    if field.exactly_one_of:
        given = [name for name in field.exactly_one_of if whole.lookup(name) is not None]
        known = [name for name in given if not holds_unknown(whole.lookup(name))]
        if not given:
            found.append(
                _relation(
                    "exactly_one_of", path, f"none of {_list(field.exactly_one_of)} is set", "set exactly one of them"
                )
            )
        elif len(known) > 1:
            found.append(
                _relation(
                    "exactly_one_of",
                    path,
                    f"{_list(known)} are set",
                    f"set exactly one of {_list(field.exactly_one_of)}",
                )
            )
    if field.at_least_one_of and all(whole.lookup(name) is None for name in field.at_least_one_of):
        found.append(
            _relation("one_of", path, f"none of {_list(field.at_least_one_of)} is set", "set at least one of them")
        )
    return found


def required_with(field: Field, path: Path, whole: Given) -> list[Diagnostic]:
    """required_with of a field that is given."""
    if not field.required_with:
        return []
    missing = [name for name in field.required_with if whole.lookup(name) is None]
    if not missing:
        return []
    return [
        _relation(
            "required_with", path, f"{_list(missing)} is not set", f"set {_list(field.required_with)} too, or drop it"
        )
    ]


def conflicts(field: Field, path: Path, whole: Given) -> list[Diagnostic]:
    """conflicts_with of a field that is given and known; the SDK names the first only."""
    for name in field.conflicts_with:
        value = whole.lookup(name)
        if value is not None and not isinstance(value, Unknown):
            return [
                _relation("conflict", path, f"{name} is set too", f"set one of {dotted(path)} and {name}, not both")
            ]
    return []


def _list(names: "tuple[str, ...] | list[str]") -> str:
    return ", ".join(dict.fromkeys(names))


def _relation(kind: str, path: Path, got: str, advice: str) -> Diagnostic:
    return Diagnostic("Conflicting or missing arguments", f"{dotted(path)}: {got}; {advice}.", path, kind=kind)
