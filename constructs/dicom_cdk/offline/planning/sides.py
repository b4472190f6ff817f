"""Step 1: the prior state as trees of texts; and the proposed value as such trees, defaults filled in."""

from dicom_cdk.offline.fields import Field, Kind
from dicom_cdk.offline.planning import hashing
from dicom_cdk.offline.planning.texts import Tree, default_text, is_unknown, text_of, zero_tree
from dicom_cdk.offline.values import UNKNOWN, Unknown, Value

PARTLY_UNKNOWN = Unknown()
"""A collection of plain values with an unknown element: unknown as a whole, yet set by the configuration."""


def prior_side(fields: dict[str, Field], prior: Value) -> dict[str, Tree]:
    """Step 1: nulls at the top are left out; every field of a block element is there, absent ones with their zero value."""
    if prior is None:
        return {}
    return {name: _prior(field, prior[name]) for name, field in fields.items() if prior.get(name) is not None}


def _prior(field: Field, value: Value) -> Tree:
    if value is None:
        return zero_tree(field)
    if is_unknown(value):
        return UNKNOWN
    if field.plain:
        return text_of(field.kind, value)
    if field.kind is Kind.MAP:
        assert field.elem is not None
        return {key: "" if part is None else _element(field.elem, part) for key, part in value.items()}
    if field.fields is not None:
        inner = field.fields
        if field.kind is Kind.SET:
            value = [element for element in value if _written(element)]
        elements = [
            {name: _prior(part, element.get(name)) for name, part in inner.items()} if _written(element) else {}
            for element in value
        ]
    else:
        assert field.elem is not None
        elem = field.elem
        elements = [_prior(elem, element) for element in value]
    return hashing.keyed(field, elements) if field.kind is Kind.SET else elements


def _written(element: Value) -> bool:
    """Whether the element has any value of its own; one of nulls alone leaves no text behind, only the count."""
    return element is not None and any(part is not None for part in element.values())


def _element(elem: Field, value: Value) -> Tree:
    if is_unknown(value):
        return UNKNOWN
    return text_of(elem.kind, value) if elem.plain else _prior(elem, value)


def new_side(fields: dict[str, Field], proposed: Value) -> dict[str, Tree]:
    """The proposed value, else the default, of each field that has one."""
    found = {}
    for name, field in fields.items():
        tree = _new(field, proposed.get(name))
        if tree is not None:
            found[name] = tree
    return found


def _new(field: Field, value: Value) -> Tree:
    if field.plain:
        if value is None:
            return default_text(field)
        return UNKNOWN if is_unknown(value) else text_of(field.kind, value)
    if value is None:
        return None
    if is_unknown(value):
        return UNKNOWN
    if field.kind is Kind.MAP:
        assert field.elem is not None
        if any(is_unknown(part) for part in value.values()):
            return UNKNOWN
        return {key: "" if part is None else _element(field.elem, part) for key, part in value.items()}
    if field.nested and not value:
        return None  # Terraform hands an absent block over as an empty list
    if any(is_unknown(element) for element in value):
        return PARTLY_UNKNOWN
    if field.fields is not None:
        inner = field.fields
        elements = [new_side(inner, element or {}) for element in value]
    else:
        assert field.elem is not None
        elem = field.elem
        elements = [_new(elem, element) for element in value]
        if elem.plain and any(is_unknown(element) for element in elements):
            return PARTLY_UNKNOWN
        elements = [zero_tree(elem) if element is None else element for element in elements]
    return hashing.keyed(field, elements) if field.kind is Kind.SET else elements
