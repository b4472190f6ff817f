"""All checks together: any stack gets a verdict for each of its types, or hears which are not judged."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dicom_cdk.account import calls
from dicom_cdk.account.calls import Call
from dicom_cdk.finding import Finding
from dicom_cdk.offline.store import shipped_store
from dicom_cdk.plan.stack import Stack
from dicom_cdk.preflight.all_checks import CHECKS, answers_of, findings, unjudged
from dicom_cdk.preflight.check import Target
from dicom_cdk.preflight.types import UNASKED
from tests.account import market
from tests.conftest import ROOT
from tests.preflight.asked import asker, stack
from tests.synthesized import Synthesized

EVERY_CALL = [each for each in vars(calls).values() if isinstance(each, Call)]
EXAMPLES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "examples").glob("[a-z]*.yaml"))
JUDGED = {kind for check in CHECKS for kind in check.types}


def test_every_call_only_reads() -> None:
    assert [
        call.action for call in EVERY_CALL if not call.action.startswith(("Describe", "List", "Get", "Query", "Check"))
    ] == []


def test_every_check_names_calls_of_the_table_and_types_of_the_provider() -> None:
    store = shipped_store()
    for check in CHECKS:
        assert set(check.calls) <= set(EVERY_CALL), check.name
        assert [kind for kind in check.types if store.find("managed", kind) is None] == [], check.name
    assert [kind for kind in UNASKED if kind.startswith("alicloud") and store.find("managed", kind) is None] == []
    assert not JUDGED & set(UNASKED), "judged, or said why not"


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_type_of_an_example_is_judged_or_said_why_not(
    example: str, stack_of: Callable[[str], Synthesized]
) -> None:
    made = stack_of(example)
    for folder in sorted(made.folder.parent.glob("*/")):
        target = Target(Stack.read(folder))
        assert list(unjudged(target)) == []
        found = list(findings(target, asker(market.good())))
        assert [one for one in found if one.verdict in ("lacks", "unasked")] == []
        assert len({(one.name, one.said) for one in found}) == len(found), "nothing is told twice"


def verdicts(target: Target, kind: str) -> list[Finding]:
    """What the checks of a type say of a stack."""
    ask = asker(market.good())
    return [one for check in CHECKS if kind in check.types for one in answers_of(list(check.questions(target)), ask)]


LATER = ("bucket", "instance_type", "image_id", "zone_id", "availability_zone", "vswitch_id", "category", "bandwidth",
         "engine_version", "function_name", "secret_name", "project_name", "domain_name", "metric", "cpu")  # fmt: skip
"""Arguments that checks read."""


@pytest.mark.parametrize("example", EXAMPLES)
@settings(max_examples=8, derandomize=True)
@given(data=st.data())
def test_whatever_is_left_of_an_example_has_a_verdict_for_each_type(
    example: str, data: st.DataObject, stack_of: Callable[[str], Synthesized]
) -> None:
    """Some of its types only, some of its values known after apply only: what they refer to may be gone."""
    document = stack_of(example).json
    kept = data.draw(st.sets(st.sampled_from(sorted(document["resource"])), min_size=1, max_size=6))
    unknown = data.draw(st.sets(st.sampled_from(LATER), max_size=3))
    region = data.draw(st.sampled_from([None, "eu-central-1"]))
    for kind in sorted(kept - set(UNASKED)):
        each = {
            name: {key: "${var.later}" if key in unknown else value for key, value in body.items()}
            for name, body in document["resource"][kind].items()
        }
        provider = {"alicloud": [{"region": region}]} if region else document["provider"]
        alone = Target(Stack(Path("clinic"), {"provider": provider, "resource": {kind: each}}))
        assert verdicts(alone, kind), f"{kind}: no verdict, and no word of why not"


@pytest.mark.parametrize("kind", sorted(JUDGED))
def test_a_bare_resource_of_a_type_that_is_judged_has_a_verdict(kind: str) -> None:
    assert verdicts(stack({kind: {"one": {}}}), kind)


def test_a_vpn_gateway_in_a_region_that_sells_none_has_a_verdict(stack_of: Callable[[str], Synthesized]) -> None:
    resource = stack_of("examples/hospital.yaml").json["resource"]
    alone = {"alicloud_vpn_gateway": resource["alicloud_vpn_gateway"]}
    elsewhere = Stack(Path("clinic"), {"provider": {"alicloud": [{"region": "eu-central-1"}]}, "resource": alone})
    assert verdicts(Target(elsewhere), "alicloud_vpn_gateway")


@settings(max_examples=60, derandomize=True)
@given(kinds=st.sets(st.sampled_from(sorted([*JUDGED, *UNASKED, "alicloud_ess_scaling_group", "aws_instance"]))))
def test_any_stack_of_bare_resources_gets_verdicts_and_never_an_exception(kinds: set[str]) -> None:
    target = stack({kind: {"one": {}} for kind in sorted(kinds)} or {"random_id": {"one": {}}})
    told = " ".join(one.said for one in unjudged(target)).split(", ")
    assert set(filter(None, told)) == kinds - JUDGED - set(UNASKED)
    found = list(findings(target, asker(market.good())))
    assert found[0].name == "credentials"


def test_types_that_nobody_knows_are_named(tmp_path: Path) -> None:
    (tmp_path / "cdk.tf.json").write_text(json.dumps({"resource": {"alicloud_ess_scaling_group": {"g": {}}}}))
    (found,) = unjudged(Target(Stack.read(tmp_path)))
    assert (found.name, found.verdict, found.said) == ("not judged", "look", "alicloud_ess_scaling_group")
