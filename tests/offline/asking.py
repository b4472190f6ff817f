"""Asks the offline provider for the plan of one resource, as Terraform does."""

from typing import Any

from dicom_cdk.offline import dynamic_value, wire
from dicom_cdk.offline.service import Service, answer
from dicom_cdk.offline.store import shipped_store
from dicom_cdk.offline.values import Value, encode
from tests.offline import terraform_core as core
from tests.offline.replay import facts_of


def planned(kind: str, prior: Value, config: dict[str, Any]) -> list[str]:
    """What the provider's plan refuses."""
    return [f"{one['summary']}: {one['detail']}" for one in _asked(kind, prior, config)[1]]


def plan(kind: str, prior: Value, config: dict[str, Any]) -> Value:
    return _asked(kind, prior, config)[0]


def _asked(kind: str, prior: Value, config: dict[str, Any]) -> tuple[Value, list[dict[str, str]]]:
    block = facts_of("managed", kind).schema["block"]
    value = core.decode(block, config).value
    parts = {1: kind.encode(), 4: _dynamic(value), 3: _dynamic(core.proposed(block, prior, value))}
    if prior is not None:
        parts[2] = _dynamic(prior)
    request = b"".join(wire.always(number, part) for number, part in parts.items())
    said = wire.decode(answer(Service("alicloud", shipped_store()).plan_resource_change, request))
    found = [wire.decode(one) for one in said.get(4, []) if isinstance(one, bytes)]
    errors = [{"summary": wire.text_of(one, 2), "detail": wire.text_of(one, 3)} for one in found if one[1] == [1]]
    return dynamic_value.decoded(wire.data_of(said, 1)), errors


def _dynamic(value: Value) -> bytes:
    return wire.always(1, encode(value))
