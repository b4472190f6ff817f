"""Configurations that nobody recorded: planning and validation give an answer for each, never a crash."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dicom_cdk.offline.planning.plan import plan
from dicom_cdk.offline.store import shipped_store
from dicom_cdk.offline.validation.walk import validate
from dicom_cdk.offline.values import UNKNOWN, Value, decode, encode
from tests.offline import terraform_core as core
from tests.offline.replay import described, facts_of

pytestmark = pytest.mark.terraform

TYPES = shipped_store().names("alicloud", "managed")


def values(block: dict[str, Any], depth: int = 0) -> st.SearchStrategy[dict[str, Value]]:
    """Values of a block's type, unknown ones and absent ones everywhere."""
    parts: dict[str, st.SearchStrategy[Value]] = {
        name: of_type(facts["type"]) for name, facts in block.get("attributes", {}).items()
    }
    for name, facts in block.get("block_types", {}).items():
        inner = values(facts["block"], depth + 1)
        if facts["nesting_mode"] == "single":
            parts[name] = st.none() | inner
        else:
            parts[name] = st.lists(inner, max_size=0 if depth else 2) | st.just(UNKNOWN)
    return st.fixed_dictionaries(parts)


def of_type(kind: Any) -> st.SearchStrategy[Value]:
    plain = {"string": st.sampled_from(["", "a", "10m", "{}"]), "number": st.integers(0, 9), "bool": st.booleans()}
    nothing: st.SearchStrategy[Value] = st.none() | st.just(UNKNOWN)
    if isinstance(kind, str):
        return nothing | plain[kind]
    outer, inner = kind
    if outer == "object":
        return nothing | st.fixed_dictionaries({name: of_type(part) for name, part in inner.items()})
    if outer == "map":
        return nothing | st.dictionaries(st.sampled_from(["k", "l"]), of_type(inner), max_size=2)
    return nothing | st.lists(of_type(inner), max_size=2)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_configuration_and_any_state_of_any_type_is_judged_and_planned(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(TYPES))
    block = facts_of("managed", name).schema["block"]
    config = core.canonical(block, data.draw(values(block)))
    known = described("managed", name)
    assert all(one.detail for one in validate(known, config))
    prior = data.draw(st.none() | values(block))
    if prior is not None:
        prior = core.canonical(block, without_unknown(prior)) | {"id": "made-up"}
    answer = plan(known, prior, core.proposed(block, prior, config))
    assert answer.value.keys() >= block["attributes"].keys()
    assert decode(encode(answer.value)) == answer.value


def without_unknown(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: without_unknown(part) for key, part in value.items()}
    if isinstance(value, list):
        return [without_unknown(part) for part in value if part is not UNKNOWN]
    return None if value == UNKNOWN else value
