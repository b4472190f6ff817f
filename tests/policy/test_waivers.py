"""Waivers beside resources: they waive, they end, they must say why."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_alicloud.provider import AlicloudProvider
from cdktf_cdktf_provider_alicloud.vpc import Vpc

from dicom_cdk.policy.errors import WaiverError
from dicom_cdk.service.waivers import waive
from tests.policy.judging import OPEN_RULE, judged
from tests.synthesized import app

WAIVED = {"id": "CKV2_DICOM_1", "comment": "a test of the vendor", "expires": "2026-11-25", "approved_by": "ops"}


def rule(*skips: dict[str, Any]) -> dict[str, Any]:
    return {"alicloud_security_group_rule": {"r": {**OPEN_RULE, "//": {"checkov": {"skip": list(skips)}}}}}


def test_a_waiver_in_force_takes_its_finding_away_until_the_end_of_its_last_day() -> None:
    judgement = judged(rule(WAIVED))
    assert [one.policy.id for one in judgement.of("waived")] == ["CKV2_DICOM_1"]
    assert judgement.of("failed") == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"expires": "2026-11-24"}, "the waiver of CKV2_DICOM_1 expired on 2026-11-24"),
        ({"comment": " "}, "the waiver of CKV2_DICOM_1 lacks reason"),
        ({"expires": "soon", "approved_by": ""}, "the waiver of CKV2_DICOM_1 lacks expires, approved_by"),
    ],
)
def test_a_waiver_that_does_not_hold_waives_nothing_and_fails(change: dict[str, str], problem: str) -> None:
    judgement = judged(rule({**WAIVED, **change}))
    assert judgement.of("waived") == []
    assert (problem,) in [one.problems for one in judgement.of("failed")]
    assert "CKV2_DICOM_1" in [one.policy.id for one in judgement.of("failed")]


def test_a_waiver_that_waives_nothing_fails() -> None:
    judgement = judged(rule(WAIVED, {**WAIVED, "id": "CKV2_DICOM_6"}))
    assert [(one.policy.id, one.problems) for one in judgement.of("failed")] == [
        ("CKV2_DICOM_202", ("the waiver of CKV2_DICOM_6 waives nothing",))
    ]


def test_a_waiver_of_an_unknown_policy_is_an_error() -> None:
    with pytest.raises(
        WaiverError, match=r"alicloud_security_group_rule\.r: CKV2_DICOM_999; take an id of docs/policies\.md"
    ):
        judged(rule({**WAIVED, "id": "CKV2_DICOM_999"}))


def test_waive_writes_beside_the_resource_and_keeps_earlier_waivers(tmp_path: Path) -> None:
    whole = App(outdir=str(tmp_path))
    stack = TerraformStack(whole, "s")
    AlicloudProvider(stack, "alicloud")
    vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
    last = datetime.date(2027, 3, 31)
    waive(vpc, "CKV2_DICOM_101", reason="one zone is enough here", expires=last, approved_by="ops")
    waive(vpc, "CKV2_OWN_1", reason="it needs no name here", expires=last, approved_by="ops")
    whole.synth()
    (body,) = json.loads((tmp_path / "stacks/s/cdk.tf.json").read_text())["resource"]["alicloud_vpc"].values()
    assert body["//"]["checkov"]["skip"] == [
        {
            "id": policy,
            "comment": reason,
            "expires": "2027-03-31",
            "approved_by": "ops",
        }
        for policy, reason in (
            ("CKV2_DICOM_101", "one zone is enough here"),
            ("CKV2_OWN_1", "it needs no name here"),
        )
    ]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"reason": "why not"},
            "waiver of CKV2_DICOM_101 for s/vpc: reason is 'why not', allowed are 10 letters or more; say why",
        ),
        ({"approved_by": " "}, "waiver of CKV2_DICOM_101 for s/vpc: approved_by is empty; name who answers for it"),
    ],
)
def test_waive_refuses_what_says_nothing(given: dict[str, str], problem: str) -> None:
    stack = TerraformStack(app(), "s")
    vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
    whole = {"reason": "one zone is enough here", "approved_by": "ops", **given}
    with pytest.raises(ValueError, match=problem):
        waive(vpc, "CKV2_DICOM_101", expires=datetime.date(2027, 3, 31), **whole)
