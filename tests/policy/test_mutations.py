"""For each policy: one thing broken in the default site, and exactly the expected findings, no more, no less."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy import catalogue, document
from dicom_cdk.policy.gate import judge
from dicom_cdk.policy.verdict import Verdict
from tests.conftest import ROOT
from tests.policy.mutation import mutated

FILE = Path(__file__).with_name("mutations.yaml")
MUTATIONS: dict[str, dict[str, Any]] = yaml.load(FILE.read_text(), Loader=yaml.CSafeLoader)
TODAY = datetime.date(2026, 11, 25)
SITE = json.loads((ROOT / "cdktf.out/stacks/dicom-sh/cdk.tf.json").read_text())
KNOWN: dict[str, list[Verdict]] = {}
"""What a mutation leaves alone is judged once, as in a review."""


def found(change: dict[str, Any]) -> list[str]:
    stack = Stack(Path("dicom-sh"), mutated(SITE, change))
    judgement = judge([document.of_stack(stack)], catalogue.load(), TODAY, placed=False, known=KNOWN)
    return [f"{one.policy.id} {one.address}" for one in judgement.of("failed")]


@pytest.mark.parametrize("policy", sorted(MUTATIONS))
def test_breaking_one_thing_gives_exactly_the_expected_findings(policy: str, regenerate: bool) -> None:
    said = found(MUTATIONS[policy])
    if regenerate:
        _write(policy, said)
    else:
        assert said == MUTATIONS[policy]["finds"], "if meant: pytest tests/policy/test_mutations.py --regenerate"
    assert policy in {one.partition(" ")[0] for one in said}, "what it was broken for is found"


def test_every_policy_has_a_mutation() -> None:
    policies = {*catalogue.load().policies, "CKV2_DICOM_201", "CKV2_DICOM_202", "CKV2_DICOM_203"}
    assert set(MUTATIONS) == policies


def _write(policy: str, said: list[str]) -> None:
    lines = FILE.read_text().split("\n")
    start = lines.index(f"{policy}:")
    end = next((at for at in range(start + 1, len(lines)) if lines[at] and not lines[at].startswith(" ")), len(lines))
    kept = [line for line in lines[start:end] if line]
    if "  finds:" in kept:
        kept = kept[: kept.index("  finds:")]
    lines[start:end] = [*kept, "  finds:", *(f"    - {one}" for one in said), *([""] if end == len(lines) else [])]
    FILE.write_text("\n".join(lines))
