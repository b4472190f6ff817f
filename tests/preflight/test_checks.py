"""All checks together: any stack gets a verdict for each of its types, or hears which are not judged."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dicom_cdk.account import calls
from dicom_cdk.account.calls import Call
from dicom_cdk.offline.store import shipped_store
from dicom_cdk.plan.stack import Stack
from dicom_cdk.preflight.check import Target
from dicom_cdk.preflight.checks import CHECKS, findings, unjudged
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
