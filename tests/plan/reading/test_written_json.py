"""Texts of JSON that others wrote: what cannot be followed is refused in words, by every command."""

import json
from pathlib import Path

import pytest

from dicom_cdk.cli import main
from dicom_cdk.plan.reading.written_json import DEEPEST, read_json
from dicom_cdk.plan.redaction.secret_values import REDACTED, clean
from dicom_cdk.plan.stack import NotAStack, Stack


def nested(depth: int, inside: str = "1") -> str:
    return "[" * depth + inside + "]" * depth


def test_what_is_nested_as_deep_as_a_person_writes_is_read() -> None:
    assert read_json('{"a": [1, {"b": null}]}') == {"a": [1, {"b": None}]}
    assert json.dumps(read_json(nested(DEEPEST))) == nested(DEEPEST)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (nested(DEEPEST + 1), "more than 100 lists and maps within each other"),
        (nested(100_000), "more than 100 lists and maps within each other"),
        ('{"a": NaN}', "NaN is no number of JSON"),
        ("[-Infinity]", "-Infinity is no number of JSON"),
        ("[", "Expecting value"),
    ],
    ids=["deep", "deeper than Python reads", "NaN", "infinity", "broken"],
)
def test_what_is_no_json_or_too_deep_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_json(text)


@pytest.mark.parametrize("depth", [DEEPEST + 1, 900, 100_000])
def test_a_stack_nested_without_end_is_refused_by_every_command(
    depth: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ended as a bug of ours, in a review at 900 already."""
    folder = tmp_path / "stacks/s"
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text(f'{{"locals": {{"a": {nested(depth)}}}, "resource": {{}}}}')
    with pytest.raises(NotAStack, match="not JSON: more than 100 lists and maps"):
        Stack.read(folder)
    assert main(["check", "--stack-dir", str(folder)]) == 2
    assert "more than 100 lists and maps within each other; synthesize again" in capsys.readouterr().err


def test_a_text_nested_without_end_inside_an_argument_is_a_text() -> None:
    text = nested(100_000)
    assert clean({"config": text}) == {"config": text}
    assert clean({"config": '[{"password": "hunter22two"}]'}) == {"config": f'[{{"password": "{REDACTED}"}}]'}
