"""Programs of every kind: a weakness is found, or said to be unread or unseen; the same program without it fails nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from dicom_cdk.policy import catalogue, document
from dicom_cdk.policy.gate import Judgement, judge
from tests.policy.judging import TODAY

PROGRAMS = yaml.safe_load((Path(__file__).parent / "programs.yaml").read_text())


def judged(folder: Path, files: dict[str, Any]) -> Judgement:
    for name, said in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(said if isinstance(said, str) else json.dumps(said))
    return judge([document.read(folder)], catalogue.load(), TODAY)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: str(program["name"]))
def test_a_weakness_is_found_and_nothing_else(program: dict[str, Any], tmp_path: Path) -> None:
    weak = judged(tmp_path / "weak", program["weak"])
    said = {one.status for one in weak.findings if one.policy.id == program["policy"]}
    assert said & {"failed", "not judged"} or weak.unseen
    clean = judged(tmp_path / "clean", program["clean"])
    assert "failed" not in {one.status for one in clean.findings if one.policy.id == program["policy"]}
