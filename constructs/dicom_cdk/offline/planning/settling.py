"""Steps 7 to 10: the planned value reconciled with the proposed one and with the prior state."""

from dicom_cdk.offline.fields import Field, Kind
from dicom_cdk.offline.planning.texts import is_unknown
from dicom_cdk.offline.values import UNKNOWN, Value, holds_unknown


def keep_lost_values(
    fields: dict[str, Field], planned: dict[str, Value], proposed: dict[str, Value]
) -> dict[str, Value]:
    """Step 7: what the texts cannot hold (null against empty, unknown in a lost place) is taken from the proposal."""
    return {name: _lost(field, planned.get(name), proposed.get(name)) for name, field in fields.items()}


def _lost(field: Field, planned: Value, proposed: Value) -> Value:
    if proposed is None:
        return planned
    if is_unknown(proposed):
        return UNKNOWN if planned is None else planned
    if is_unknown(planned):
        return planned
    if field.plain:
        return "" if planned is None and proposed == "" else planned
    if field.kind is Kind.SET:
        return planned
    if field.kind is Kind.MAP:
        if planned is None:
            return None
        return {key: proposed.get(key, part) if is_unknown(part) else part for key, part in planned.items()}
    if planned is None:
        return proposed if all(is_unknown(part) for part in proposed) else None
    if len(planned) != len(proposed):
        return planned
    if field.fields is not None:
        inner = field.fields
        return [
            one
            if one is None or is_unknown(one) or other is None or is_unknown(other)
            else keep_lost_values(inner, one, other)
            for one, other in zip(planned, proposed, strict=True)
        ]
    assert field.elem is not None
    elem = field.elem
    return [_lost(elem, one, other) for one, other in zip(planned, proposed, strict=True)]


def timeouts(proposed: Value) -> Value:
    """Step 8."""
    return None if holds_unknown(proposed) else proposed


def equal(prior: Value, planned: Value) -> bool:
    """Step 9: equal when null, "", 0, false and empty count as the same; sets are compared by `equal_field`."""
    return prior == planned or (_hollow(prior) and _hollow(planned))


def _hollow(value: Value) -> bool:
    return not is_unknown(value) and (not value or value == "0")


def equal_block(fields: dict[str, Field], prior: dict[str, Value], planned: dict[str, Value]) -> bool:
    """Step 9 for a whole resource or block element."""
    return all(_equal_field(field, prior.get(name), planned.get(name)) for name, field in fields.items())


def _equal_field(field: Field, prior: Value, planned: Value) -> bool:
    if is_unknown(prior) or is_unknown(planned):
        return is_unknown(prior) and is_unknown(planned)
    if field.plain:
        if prior in (None, "", 0, False) and planned in (None, "", 0, False):
            return True
        return bool(prior == planned)
    if not prior or not planned:
        return not prior and not planned
    if field.kind is Kind.MAP:
        return prior.keys() == planned.keys() and all(equal(part, planned[key]) for key, part in prior.items())
    if len(prior) != len(planned):
        return False
    if field.kind is Kind.LIST:
        return all(_equal_element(field, one, other) for one, other in zip(prior, planned, strict=True))
    return all(any(_equal_element(field, one, other) for other in planned) for one in prior) and all(
        any(_equal_element(field, one, other) for one in prior) for other in planned
    )


def _equal_element(field: Field, one: Value, other: Value) -> bool:
    if field.fields is not None:
        return equal_block(field.fields, one or {}, other or {})
    assert field.elem is not None
    return _equal_field(field.elem, one, other)


def set_unknowns(fields: dict[str, Field], planned: dict[str, Value]) -> None:
    """Step 10, creation only: a computed attribute that is still null becomes unknown, also in block elements; in place."""
    for name, field in fields.items():
        value = planned.get(name)
        if value is None:
            if field.computed and not field.nested:
                planned[name] = UNKNOWN
        elif field.nested and field.fields is not None and not is_unknown(value):
            for element in value:
                if isinstance(element, dict):
                    set_unknowns(field.fields, element)
