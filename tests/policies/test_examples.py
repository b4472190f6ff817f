"""Every policy's own examples: the failing one fails where it says, the passing one nowhere."""

import re
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy import catalogue, checkov_runner, document
from dicom_cdk.policy.document import Document
from dicom_cdk.policy.policy_files import Policy
from tests.conftest import ROOT

CATALOGUE = catalogue.load()
OURS = [policy for policy in CATALOGUE.policies.values() if policy.source != "built-in"]


def of(example: dict[str, Any]) -> Document:
    return document.of_stack(Stack(Path("example"), {"resource": example}))


def failing(policy: Policy, example: dict[str, Any]) -> set[str]:
    rules = [rule for rule in CATALOGUE.rules if rule.id == policy.id]
    if rules:
        return {address for address, _ in rules[0].judge(of(example))}
    verdicts = checkov_runner.judge(of(example), CATALOGUE.graph, {policy.id: policy.types})
    return {one.address for one in verdicts if one.judged and not one.passed}


@pytest.mark.parametrize("policy", OURS, ids=lambda policy: policy.id)
def test_the_failing_example_fails_at_exactly_the_resources_named_bad(policy: Policy) -> None:
    assert policy.failing
    bad = {f"{kind}.{name}" for kind, named in policy.failing.items() for name in named if name.startswith("bad")}
    assert bad, "an example that cannot fail"
    assert failing(policy, policy.failing) == bad


@pytest.mark.parametrize("policy", OURS, ids=lambda policy: policy.id)
def test_the_passing_example_passes(policy: Policy) -> None:
    assert policy.passing
    assert failing(policy, policy.passing) == set()
    seen = set(policy.passing) & set(policy.types)
    assert seen or policy.id == "CKV2_DICOM_16", "an example that is not judged passes nothing"


def test_one_policy_one_file() -> None:
    sources = [policy.source for policy in OURS]
    assert len(sources) == len(set(sources))


def test_every_policy_has_a_row_in_the_table_of_controls() -> None:
    rows = re.findall(
        r"^\| (CKV\w+) \| (\w+) \| (.+?) \| (\S+(?: \?)?) \| (\S+(?: \?)?) \|$",
        (ROOT / "docs/policies.md").read_text(),
        re.MULTILINE,
    )
    assert {row[0]: row[1:3] for row in rows} == {
        policy.id: (policy.severity, policy.name) for policy in CATALOGUE.policies.values()
    }
    for _, _, _, hipaa, mlps in rows:
        assert re.fullmatch(r"164\.3(?:08|12)\(\w\)(?:\(\w+\))*(?: \?)?", hipaa)
        assert re.fullmatch(r"8\.1\.\d+\.\d+(?: \?)?", mlps)


def test_built_ins_of_our_types_are_kept_or_disabled_with_a_reason() -> None:
    import tomllib

    listed = tomllib.loads((ROOT / "policies/built_ins.toml").read_text())
    assert set(listed["kept"]) | set(listed["disabled"]) == set(checkov_runner.built_ins())
    assert not set(listed["kept"]) & set(listed["disabled"])
    assert all(len(reason) > 10 for reason in listed["disabled"].values())
