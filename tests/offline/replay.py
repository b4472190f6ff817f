"""Recorded cases through validation and planning in process, and how an answer is compared with the real provider's."""

import functools
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dicom_cdk.offline import fields
from dicom_cdk.offline.companions.companion import companion
from dicom_cdk.offline.fields import ResourceFields
from dicom_cdk.offline.planning.plan import Planned, plan
from dicom_cdk.offline.store import Mode, TypeFacts, shipped_store
from dicom_cdk.offline.validation.walk import validate
from dicom_cdk.offline.values import Value
from tests.conftest import ROOT
from tests.offline import terraform_core as core

CASES = ROOT / "provider" / "cases"
Json = dict[str, Any]


def cases(kind: str) -> Iterator[Json]:
    """The recorded cases, `validate` or `plan`."""
    with gzip.open(CASES / f"{kind}.jsonl.gz", "rt", encoding="utf-8") as stream:
        yield from map(json.loads, stream)


@functools.cache
def described(mode: Mode, name: str) -> ResourceFields:
    return fields.build(facts_of(mode, name))


def facts_of(mode: Mode, name: str) -> TypeFacts:
    facts = shipped_store().find(mode, name)
    assert facts is not None, name
    return facts


@dataclass(frozen=True)
class Verdict:
    """Classes of the errors; `warnings`: how many, None where Terraform itself refused the configuration."""

    errors: list[str]
    warnings: int | None


def validated(case: Json) -> Verdict:
    """What Terraform itself says, else, where it could read the configuration, the provider."""
    facts = facts_of(case["mode"], case["type"])
    decoded = core.decode(facts.schema["block"], case["config"])
    if decoded.findings:
        return Verdict([one.kind for one in decoded.findings], None)
    if facts.provider != "alicloud":
        found = companion(facts).validate(decoded.value)
    else:
        found = validate(described(case["mode"], case["type"]), decoded.value)
    return Verdict([one.kind for one in found if not one.warning], sum(one.warning for one in found))


def planned(case: Json) -> Json:
    """What `terraform show -json` would say: actions, after, after_unknown, replace_paths."""
    facts = facts_of("managed", case["type"])
    block = facts.schema["block"]
    config = None if case["config"] is None else core.decode(block, case["config"]).value
    prior = core.canonical(block, case.get("prior"))
    if facts.provider != "alicloud":
        change = core.change(block, prior, config, companion(facts).plan)
    else:
        change = core.change(block, prior, config, functools.partial(_plan, described("managed", case["type"])))
    return {
        "actions": change.actions,
        "after": change.after,
        "after_unknown": change.after_unknown,
        "replace_paths": change.replace_paths,
    }


def _plan(known: ResourceFields, prior: Value, proposed: Value, config: Value) -> Planned:
    del config
    return plan(known, prior, proposed)


def differences(got: Json, wanted: Json) -> list[str]:
    """Where two answers differ; the order of replace paths means nothing, a number may be its text."""
    found = [f"actions: {got['actions']}, real: {wanted['actions']}"] if got["actions"] != wanted["actions"] else []
    if sorted(map(str, got["replace_paths"])) != sorted(map(str, wanted["replace_paths"])):
        found.append(f"replace_paths: {got['replace_paths']}, real: {wanted['replace_paths']}")
    for key in ("after", "after_unknown"):
        found.extend(_differing(got[key], wanted[key], key))
    return found


def _differing(got: Any, wanted: Any, path: str) -> list[str]:
    if isinstance(wanted, dict) and isinstance(got, dict):
        keys = sorted(got.keys() | wanted.keys())
        return [
            one
            for key in keys
            for one in _differing(got.get(key, "absent"), wanted.get(key, "absent"), f"{path}.{key}")
        ]
    if isinstance(wanted, list) and isinstance(got, list) and len(got) == len(wanted):
        pairs = enumerate(zip(got, wanted, strict=True))
        return [one for at, (ours, real) in pairs for one in _differing(ours, real, f"{path}.{at}")]
    if isinstance(wanted, float) and isinstance(got, str):
        got = float(got)
    same = got == wanted and isinstance(got, bool) == isinstance(wanted, bool)
    return [] if same else [f"{path}: {got!r}, real: {wanted!r}"]
