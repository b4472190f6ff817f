"""The seams to Checkov, and that its command line gives the same verdicts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from checkov.common.checks_infra.checks_parser import GraphCheckParser
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dicom_cdk.plan.addresses import plain
from dicom_cdk.plan.stack import NotAStack, Stack
from dicom_cdk.policy import catalogue, checkov_runner, document
from dicom_cdk.policy.checkov_definitions import EVERY
from dicom_cdk.policy.errors import PolicyError
from dicom_cdk.policy.gate import judge, verdicts
from dicom_cdk.policy.verdict import Verdict
from tests.conftest import ROOT
from tests.policy.judging import OPEN_RULE, TODAY, failed
from tests.policy.mutation import mutated
from tests.policy.test_mutations import MUTATIONS, SITE

CLI_BROKEN = ["CKV_ALI_2", "CKV2_DICOM_14", "CKV2_DICOM_93"]


def test_a_file_with_what_checkovs_parser_refuses_is_judged() -> None:
    more = {
        "terraform": {"required_version": ">= 1.5"},
        "moved": [{"from": "alicloud_vpc.a", "to": "alicloud_vpc.b"}],
        "import": [{"id": "vpc-1", "to": "alicloud_vpc.b"}],
    }
    assert ("CKV2_DICOM_1", "alicloud_security_group_rule.r") in failed(
        {"alicloud_security_group_rule": {"r": OPEN_RULE}}, **more
    )


def test_dicom_cdk_is_imported_and_synthesizes_without_checkov() -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; import dicom_cdk.cli, dicom_cdk.synth, dicom_cdk.service.stack, dicom_cdk.plan.command;"
            "print([name for name in sys.modules if name.startswith('checkov')])",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "[]"


def test_a_policy_that_gives_no_verdict_is_an_error() -> None:
    stack = document.of_stack(Stack(Path("s"), {"resource": {"alicloud_vpc": {"v": {}}}}))
    with pytest.raises(PolicyError, match=r"s: CKV2_DICOM_1 gave no verdict on alicloud_vpc\.v; report it"):
        checkov_runner.judge(stack, (), {"CKV2_DICOM_1": frozenset({"alicloud_vpc"})})


def test_the_command_line_of_checkov_says_the_same(tmp_path: Path) -> None:
    """Of our policies over single resources and connections; values in place of references are the gate's own."""
    broken = SITE
    for policy in CLI_BROKEN:
        broken = mutated(broken, MUTATIONS[policy])
    (tmp_path / "cdk.tf.json").write_text(json.dumps(broken, indent=1))
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("checkov")),
            *("-d", str(tmp_path), "--framework", "terraform_json", "--external-checks-dir", str(ROOT / "policies")),
            *("--skip-download", "--quiet", "-o", "json", "--check", ",".join(_ours())),
        ],
        cwd=ROOT,
        env={**os.environ, "BC_SKIP_MAPPING": "true", "CKV_SKIP_PACKAGE_UPDATE_CHECK": "true"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stderr
    told = {one["check_id"] for one in json.loads(done.stdout)["results"]["failed_checks"]}
    judgement = judge([document.of_stack(Stack(tmp_path, broken))], catalogue.load(), TODAY)
    assert told == {one.policy.id for one in judgement.of("failed")} & set(_ours())
    assert told >= set(CLI_BROKEN) & set(_ours())


def test_types_that_no_graph_policy_asks_for_change_none_of_its_verdicts(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = SITE
    for policy in CLI_BROKEN:
        broken = mutated(broken, MUTATIONS[policy])
    judged = document.of_stack(Stack(Path("s"), broken))
    narrow = verdicts(judged, catalogue.load())
    monkeypatch.setattr(checkov_runner, "_looked_at", lambda *_: frozenset({EVERY}))
    assert verdicts(judged, catalogue.load()) == narrow


@pytest.mark.parametrize(
    ("definition", "types"),
    [
        ({"cond_type": "attribute", "resource_types": ["a_b"], "attribute": "c", "operator": "exists"}, {"a_b"}),
        ({"cond_type": "attribute", "resource_types": "a_b", "attribute": "c", "operator": "exists"}, {"a_b"}),
        ({"cond_type": "attribute", "attribute": "c", "operator": "exists"}, {"all"}),
        ({"cond_type": "attribute", "resource_types": ["all"], "attribute": "c", "operator": "exists"}, {"all"}),
        ({"cond_type": "filter", "attribute": "resource_type", "operator": "within", "value": ["a_b", "a_c"]}, {"a_b", "a_c"}),
        (
            {"cond_type": "connection", "resource_types": ["a_b"], "connected_resource_types": ["a_c"], "operator": "exists"},
            {"a_b", "a_c"},
        ),
        ({"cond_type": "connection", "resource_types": ["a_b"], "operator": "exists"}, {"a_b", "all"}),
        (
            {"or": [
                {"not": {"cond_type": "attribute", "resource_types": ["a_b"], "attribute": "c", "operator": "exists"}},
                {"cond_type": "attribute", "resource_types": ["a_c"], "attribute": "c", "operator": "exists"},
            ]},
            {"a_b", "a_c"},
        ),
    ],
)  # fmt: skip
def test_a_graph_policy_looks_at_the_types_that_it_names_or_leads_to_else_at_all(
    definition: dict[str, object], types: set[str]
) -> None:
    check = GraphCheckParser().parse_raw_check({"metadata": {"id": "X"}, "definition": definition})
    assert set(checkov_runner._asked_for(check)) == types


def _ours() -> list[str]:
    return [policy.id for policy in catalogue.load().policies.values() if not policy.source.startswith("stack_rules/")]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 70000)
    | st.text(max_size=20)
    | st.sampled_from(["${var.a}", "0.0.0.0/0", "{", "*"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
TYPES = sorted({kind for policy in catalogue.load().policies.values() for kind in policy.types})
ARGUMENTS = sorted(
    {
        name
        for policy in catalogue.load().policies.values()
        for example in (policy.failing, policy.passing)
        for named in (example or {}).values()
        for body in named.values()
        for name in body
    }
)


@example({"alicloud_actiontrail_trail": {"a": {"for_each": {"": None}}}})
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@example({"alicloud_rds_clone_db_instance": {"a": {"security_ips": ["10.0.0.1/8"]}}, "alicloud_vswitch": {"a": {}}})
@given(
    st.dictionaries(
        st.sampled_from(TYPES),
        st.dictionaries(
            st.from_regex(r"[a-z]{1,3}", fullmatch=True),
            st.dictionaries(st.sampled_from(ARGUMENTS), JSON, max_size=5),
            max_size=2,
        ),
        max_size=4,
    )
)
def test_no_json_makes_a_policy_break(resources: dict[str, dict[str, dict[str, object]]]) -> None:
    try:
        read = document.of_stack(Stack(Path("any"), {"resource": resources}))
    except NotAStack:
        return
    try:
        judgement = judge([read], catalogue.load(), TODAY)
    except PolicyError as refused:
        # Built-ins take Terraform's own types for granted: the gate says so and ends, which is no pass.
        said = str(refused)
        if "Failed to run check CKV_ALI_" not in said:
            raise
        return
    # Instances of a `for_each` are judged one by one.
    assert {plain(one.address) for one in judgement.findings} <= set(read.resources)


def test_what_was_judged_before_is_taken_from_there_and_says_the_same() -> None:
    both = [document.of_stack(Stack(Path("s"), one)) for one in (SITE, mutated(SITE, next(iter(MUTATIONS.values()))))]
    asked: list[str] = []
    known: dict[str, list[Verdict]] = {}
    first = judge(both[:1], catalogue.load(), TODAY, known=known)
    asked += known
    second = judge(both[1:], catalogue.load(), TODAY, placed=False, known=known)
    assert first == judge(both[:1], catalogue.load(), TODAY)
    alone = judge(both[1:], catalogue.load(), TODAY, placed=False)
    assert second == alone
    assert {(one.file, one.line) for one in alone.findings} == {("", 0)}
    assert 0 < len(known) - len(asked) < 20, "only what differs is judged anew"


def test_an_argument_that_only_terraform_knows_is_not_judged_by_policies_of_yaml() -> None:
    """`force_destroy = var.force_destroy` of any bucket ended check, review, report and hand-off: no verdict, report it."""
    seen = 0
    for policy in catalogue.load().graph:
        for kind, named in policy["examples"]["passing"].items():
            for body in named.values():
                for name in set(body) - {"lifecycle"}:
                    resources = {kind: {"open": {**body, name: "${var.nobody_says}"}}}
                    stack = Stack(Path("s"), {"resource": resources})
                    found = judge([document.of_stack(stack)], catalogue.load(), TODAY)
                    open_ = [one for one in found.findings if one.status == "not judged"]
                    assert all("is an expression that only a plan knows" in one.problems[0] for one in open_)
                    seen += any(name in one.problems[0] for one in open_ if one.policy.id == policy["metadata"]["id"])
    assert seen > 10
