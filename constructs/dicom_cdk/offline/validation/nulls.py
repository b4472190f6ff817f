"""Nulls where the provider's SDK takes none: elements of lists and sets, at any depth; and those that it drops, in maps."""

from collections.abc import Mapping

from dicom_cdk.offline.diagnostics import Diagnostic, Path, dotted
from dicom_cdk.offline.fields import Field, Kind
from dicom_cdk.offline.values import Value


def null_elements(value: Value, path: Path = ()) -> list[Diagnostic]:
    """What is refused; `value`: a whole resource as Terraform hands it over."""
    if isinstance(value, dict):
        # Most are plain values, asked for with every resource.
        inner = [(name, part) for name, part in value.items() if isinstance(part, list | dict)]
        return [one for name, part in inner for one in null_elements(part, (*path, name))]
    if not isinstance(value, list):
        return []
    found = []
    for index, element in enumerate(value):
        if element is None:
            text = f"{dotted(path)}: got null as an element, allowed: values; leave it out, or use compact()."
            found.append(Diagnostic("Null value found in list", text, path))
        else:
            found.extend(null_elements(element, (*path, index)))
    return found


def without_null_keys(fields: Mapping[str, Field], value: dict[str, Value]) -> dict[str, Value]:
    """A resource, or an element of a block, with the keys of its maps gone whose value is null; the same where there is none."""
    found = value
    for name, field in fields.items():
        if not field.maps:
            continue
        part = value.get(name)
        kept = _kept(field, part)
        if kept is not part:
            found = {**found, name: kept}
    return found


def _kept(field: Field, value: Value) -> Value:
    if field.kind is Kind.MAP and isinstance(value, dict):
        return {key: part for key, part in value.items() if part is not None} if None in value.values() else value
    if field.kind is not Kind.MAP and isinstance(value, list):
        kept = [_kept_element(field, one) for one in value]
        return kept if any(one is not other for one, other in zip(kept, value, strict=True)) else value
    return value


def _kept_element(field: Field, element: Value) -> Value:
    if field.fields is None:
        assert field.elem is not None
        return _kept(field.elem, element)
    return without_null_keys(field.fields, element) if isinstance(element, dict) else element
