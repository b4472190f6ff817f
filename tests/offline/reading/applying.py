"""Configurations applied in process and planned again, as Terraform would."""

import functools
from typing import Any

from dicom_cdk.offline.planning.plan import Planned, plan
from dicom_cdk.offline.planning.unproven import Unproven, read_by_rules
from dicom_cdk.offline.reading import state
from dicom_cdk.offline.reading.surroundings import Surroundings
from dicom_cdk.offline.store import shipped_store
from dicom_cdk.offline.values import Value
from tests.offline import terraform_core as core
from tests.offline.replay import described, facts_of

Json = dict[str, Any]


def applied(kind: str, config: Json, surroundings: Surroundings | None = None) -> state.Applied:
    """The state after the creation of one resource of alicloud."""
    block = facts_of("managed", kind).schema["block"]
    decoded = core.decode(block, config)
    assert not decoded.findings, decoded.findings
    proposed = core.proposed(block, None, decoded.value)
    planned = plan(described("managed", kind), None, proposed)
    rules = shipped_store().read_back(kind)
    return state.by_facts(described("managed", kind), rules, planned.value, surroundings or Surroundings())


def edited(kind: str, before: Json, after: Json) -> core.Change:
    """The plan of an edit of a resource that an offline apply created."""
    return edit(kind, applied(kind, before), after)[0]


def edit(kind: str, made: state.Applied, after: Json) -> tuple[core.Change, list[str]]:
    """The plan of an edit, and the details of its warnings."""
    facts = facts_of("managed", kind)
    block = facts.schema["block"]
    said: list[str] = []
    private = Unproven.keep(b"", None, made.value, made.unproven & read_by_rules(facts.rules))

    def ask(prior: Value, proposed: Value, config: Value) -> Planned:
        del config
        answer = plan(described("managed", kind), prior, proposed, None, Unproven.read(private, prior, proposed))
        said.extend(one.detail for one in answer.diagnostics)
        return answer

    change = core.change(
        block, core.canonical(block, made.value), core.decode(block, after).value, functools.partial(ask)
    )
    return change, said
