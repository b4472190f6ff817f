"""Files of canned answers: refused with the line that is wrong; what an error proposes can be pasted."""

from pathlib import Path

import pytest

from dicom_cdk.offline.answers import AnswersError, entry_line, load
from dicom_cdk.offline.store import shipped_store

CLASSES = {"engine": "MySQL", "engine_version": "5.6"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "alicloud_zonez: []",
            ":1: alicloud_zonez: no data source of a provider that is served offline; did you mean alicloud_zones?",
        ),
        (
            "alicloud_zones:\n- values: {idss: [a]}",
            ":2: alicloud_zones: values.idss: no such attribute; did you mean ids?",
        ),
        ("alicloud_zones: [{values: {ids: x}}]", ":1: alicloud_zones: values.ids: got 'x', allowed is a list of texts"),
        (
            "terraform_remote_state:\n- match: {name: n}\n  values: {outputz: {vpc: v}}",
            ":3: terraform_remote_state: values.outputz: no such attribute; did you mean outputs?",
        ),
        (
            "terraform_remote_state: [{values: {outputs: v}}]",
            ":1: terraform_remote_state: values.outputs: got 'v', allowed is a map of any value",
        ),
        ("[]", ": got a list, allowed: {TYPE: [{match, values}, …]}"),
        (
            "alicloud_zones: [{value: {}}]",
            ":1: alicloud_zones: got value, allowed is a list of {match: {…}, values: {…}}",
        ),
        ("{", ": neither JSON nor YAML: "),
    ],
)
def test_answers_that_fit_no_schema_are_refused_by_line(text: str, problem: str, tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(text)
    with pytest.raises(AnswersError) as refused:
        load(file)
    assert str(refused.value).startswith(f"{file}{problem}")


def test_the_hint_answers_when_it_is_pasted_and_numbers_are_texts_where_the_schema_says_so(tmp_path: Path) -> None:
    facts = shipped_store().find("data", "alicloud_db_instance_classes")
    assert facts is not None
    block, file = facts.schema["block"], tmp_path / "answers.yaml"
    for text in (
        entry_line(facts.name, block, CLASSES),
        "alicloud_db_instance_classes: [{match: {engine: MySQL, engine_version: 5.6}, values: {instance_classes: []}}]",
    ):
        file.write_text(text)
        state, said = load(file).read(facts.name, block, dict(CLASSES))
        assert not said
        assert state["engine_version"] == "5.6"
