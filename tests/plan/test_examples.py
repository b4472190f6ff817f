"""Every example is a stack that plans; a bootstrap stack with the canned answers that lie beside the examples."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dicom_cdk.plan import command
from tests.conftest import ROOT
from tests.service.test_overlay import FILES
from tests.synthesized import Synthesized

pytestmark = pytest.mark.terraform

UNPROVEN = {"alicloud_log_alert_resource", "alicloud_log_resource_record"}
"""Who hears of alarms on logs: the recorded facts about the provider know no rules for these two."""


@pytest.mark.parametrize("file", FILES)
def test_it_plans_to_create_all_of_it(
    file: str, stack_of: Callable[[str], Synthesized], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = stack_of(file).json
    (tmp_path / "cdk.tf.json").write_text(json.dumps(document))
    assert command.run([tmp_path], provider="offline", base=None, output=None, answers=None) == 0
    said = capsys.readouterr().out
    resources = sum(len(named) for named in document["resource"].values())
    assert f"{tmp_path.name}: {resources} to create" in said.splitlines()
    assert "warning: " not in said
    notes = [line.split(":")[1].strip() for line in said.splitlines() if line.startswith("note: ")]
    assert set(notes) <= UNPROVEN, "every other type of ours is proven"


def test_a_bootstrap_stack_plans_with_the_answers_of_the_examples(stack_of: Callable[[str], Synthesized]) -> None:
    (stack,) = stack_of("examples/production.yaml").folder.parent.glob("*-bootstrap")
    answers = ROOT / "examples/_answers.yaml"
    assert command.run([stack], provider="offline", base=None, output=None, answers=answers) == 0
