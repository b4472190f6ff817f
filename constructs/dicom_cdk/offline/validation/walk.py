"""Validation of one configuration against a type's fields; every finding at once, each at its path.

Over 200 lines: one walk over a configuration, with a method for each kind of field.
"""

from dicom_cdk.offline.diagnostics import Diagnostic, Path, dotted
from dicom_cdk.offline.fields import Field, Kind, ResourceFields
from dicom_cdk.offline.planning.texts import default_text
from dicom_cdk.offline.validation import relations
from dicom_cdk.offline.validation.nulls import null_elements
from dicom_cdk.offline.validation.value_rules import refusal, refusals
from dicom_cdk.offline.values import Unknown, Value, holds_unknown, number_text, whole

_SHOWN = 60


def validate(described: ResourceFields, config: Value) -> list[Diagnostic]:
    """Errors and warnings of one resource or data source; `config` is a dict of the type's attributes and blocks."""
    if described.facts.mode == "data" and (nulls := null_elements(config)):
        # As the SDK, which looks at nothing else then; of a resource it says so when it plans.
        return nulls
    found = Walk(described.fields, config).whole()
    overlay = described.facts.overlay
    if overlay.get("deprecated"):
        instead = overlay.get("replaced_by")
        advice = f"; use {instead} instead" if instead else ""
        found.append(
            Diagnostic(
                "Deprecated resource", f"{described.facts.name} is deprecated{advice}.", warning=True, kind="deprecated"
            )
        )
    return found


class Walk:
    """One pass over a configuration, which is where relations look up their dotted names too."""

    def __init__(self, fields: dict[str, Field], config: Value) -> None:
        self._top = relations.Given(fields, config)

    def whole(self) -> list[Diagnostic]:
        """Findings of the whole configuration."""
        return self.block(dict(self._top.fields), self._top.config, ())

    def block(self, fields: dict[str, Field], value: Value, path: Path) -> list[Diagnostic]:
        """Findings of the resource or of one block element."""
        found: list[Diagnostic] = []
        for name, field in fields.items():
            given = value.get(name)
            if given is None and not (field.required or field.exactly_one_of or field.at_least_one_of):
                continue
            found.extend(self._field(field, given, (*path, name)))
        return found

    def _field(self, field: Field, value: Value, path: Path) -> list[Diagnostic]:
        if value == [] and (field.nested or field.name == ""):
            value = None
        found = relations.one_of(field, path, self._top)
        if found:
            # As the SDK: the first of these mistakes is the last thing that is said of the argument.
            return found
        if value is None:
            if field.required and default_text(field) is None:
                found.append(
                    Diagnostic(
                        "Missing required argument",
                        f"{dotted(path)}: is required, got nothing.",
                        path,
                        kind="missing_required",
                    )
                )
            return found
        if not field.required and not field.optional:
            # As the SDK: below the top it does not see that an unknown was given at all.
            if len(path) == 1 or not isinstance(value, Unknown):
                found.append(_computed_only(path))
            return found
        if field.name == "id" and len(path) == 1 and field.attr == "id" and field.computed and not field.required:
            found.append(_computed_only(path))
            return found
        found.extend(relations.required_with(field, path, self._top))
        if found:
            return found
        if isinstance(value, Unknown):
            return _deprecated(field, path)
        if holds_unknown(value):
            return [*_deprecated(field, path), *map(_at_apply, self._wrong(field, value, path))]
        found = self._wrong(field, value, path)
        # As the SDK: whoever is refused for a conflict is not told of age.
        return (
            found
            if any(one.kind == "conflict" and one.path == path for one in found)
            else [*found, *_deprecated(field, path)]
        )

    def _wrong(self, field: Field, value: Value, path: Path) -> list[Diagnostic]:
        """What is wrong with a value by itself, or beside others."""
        conflict = relations.conflicts(field, path, self._top)
        if conflict:
            return conflict
        return [*self._typed(field, value, path), *_removed(field, path)]

    def _typed(self, field: Field, value: Value, path: Path) -> list[Diagnostic]:
        if isinstance(value, Unknown):
            return []
        if field.plain:
            return plain_value(field, value, path)
        if field.kind is Kind.MAP:
            return _map(field, value, path)
        found = _count(field, value, path)
        if found:
            # As the SDK: of too many or too few it looks at none.
            return found
        for index, element in enumerate(value):
            # Elements of a set have no index in Terraform: the finding names the set.
            at: Path = path if field.kind is Kind.SET and field.fields is None else (*path, index)
            if element is None or isinstance(element, Unknown):
                continue
            if field.fields is not None:
                found.extend(self._in_set(field, self.block(field.fields, element, at), path))
            else:
                assert field.elem is not None
                found.extend(self._typed(field.elem, element, at))
        return found

    def _in_set(self, field: Field, found: list[Diagnostic], path: Path) -> list[Diagnostic]:
        if field.kind is not Kind.SET:
            return found
        return [Diagnostic(one.summary, one.detail, path, one.warning, one.kind) for one in found]


def _computed_only(path: Path) -> Diagnostic:
    return Diagnostic(
        "Argument cannot be set",
        f"{dotted(path)}: is decided by the provider and cannot be set; remove it.",
        path,
        kind="computed_only",
    )


def _at_apply(found: Diagnostic) -> Diagnostic:
    """The provider looks at nothing inside a collection that holds anything unknown, and refuses it once all is known."""
    if found.warning:
        return found
    text = f"{found.detail} It is accepted as long as something beside it is unknown, and refused at apply."
    return Diagnostic(found.summary, text, found.path, warning=True, kind=found.kind)


def _deprecated(field: Field, path: Path) -> list[Diagnostic]:
    if not field.deprecated:
        return []
    text = f"{dotted(path)}: is deprecated{_instead(field)}."
    return [Diagnostic("Argument is deprecated", text, path, warning=True, kind="deprecated")]


def _removed(field: Field, path: Path) -> list[Diagnostic]:
    if not field.removed:
        return []
    text = f"{dotted(path)}: was removed from the provider{_instead(field) or '; remove it'}."
    return [Diagnostic("Argument was removed", text, path, kind="removed")]


def _instead(field: Field) -> str:
    return f"; use {field.replaced_by} instead" if field.replaced_by else ""


def plain_value(field: Field, value: Value, path: Path) -> list[Diagnostic]:
    """Findings of a known plain value."""
    if field.kind is Kind.INT:
        number = whole(value)
        if number is None or not -(2**63) <= number < 2**63:
            return [_bad(path, value, "a whole number of 64 bits")]
        value = number
    return [_bad(path, value, allowed) for check in field.checks for allowed in refusals(check, value)]


def _map(field: Field, value: Value, path: Path) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    value = {key: part for key, part in value.items() if part is not None}
    if not value or not all(isinstance(part, Unknown) for part in value.values()):
        for check in field.checks:
            allowed = refusal(check, value)
            if allowed is not None:
                found.append(_bad(path, "{}", allowed))
    if field.elem is not None and field.elem.kind is Kind.INT:
        for key, part in value.items():
            if not isinstance(part, Unknown) and whole(part) is None:
                found.append(_bad((*path, key), part, "a whole number"))
    return found


def _count(field: Field, value: Value, path: Path) -> list[Diagnostic]:
    if field.max_items and len(value) > field.max_items:
        return [
            Diagnostic(
                "Too many elements",
                f"{dotted(path)}: at most {field.max_items} allowed, got {len(value)}.",
                path,
                kind="too_many",
            )
        ]
    if field.min_items and len(value) < field.min_items:
        return [
            Diagnostic(
                "Too few elements",
                f"{dotted(path)}: at least {field.min_items} needed, got {len(value)}.",
                path,
                kind="too_few",
            )
        ]
    return []


def _bad(path: Path, value: Value, allowed: str) -> Diagnostic:
    shown = value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else number_text(value)
    if len(shown) > _SHOWN:
        shown = shown[:_SHOWN] + "…"
    return Diagnostic(
        "Value not allowed", f"{dotted(path)}: got {shown!r}, allowed: {allowed}.", path, kind="bad_value"
    )
