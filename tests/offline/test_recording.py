"""The recorder against our own server: it gets the recorded answers, and sees one that is another."""

import itertools
import json
import sys
from pathlib import Path

import pytest

from provider.derive.binary import NoAnswer
from tests.offline.recording import questions, record

pytestmark = pytest.mark.server
OURS = ("-m", "dicom_cdk.offline.plugin", "alicloud")
EVERY = {"validate": 130, "plan": 100}
"""One question in so many: the whole record is replayed in process elsewhere."""


def test_asked_over_the_wire_our_server_gives_the_recorded_answers_and_a_wrong_one_is_seen(tmp_path: Path) -> None:
    asked = {kind: list(itertools.islice(questions(kind), 0, None, step)) for kind, step in EVERY.items()}
    assert all(len(some) > 50 for some in asked.values())
    wrong = next(case for case in asked["validate"] if case["verdict"] == "ok")
    broken = {**wrong, "id": "turned", "verdict": "error"}
    plan = next(case for case in asked["plan"] if case["expect"]["actions"] == ["create"])
    other = {**plan, "id": "turned too", "expect": {**plan["expect"], "actions": ["update"]}}
    changed = record(
        Path(sys.executable),
        OURS,
        tmp_path,
        {"validate": [*asked["validate"], broken], "plan": [*asked["plan"], other]},
    )
    assert changed == [
        f"turned {wrong['type']} {wrong['kind']}: verdict: ok, recorded: error",
        f"turned too {plan['type']} {plan['kind']}: actions: ['create'], real: ['update']",
    ]
    for kind, some in asked.items():
        written = [json.loads(line) for line in (tmp_path / f"{kind}.jsonl").read_text().splitlines()]
        assert [one["id"] for one in written][:-1] == [one["id"] for one in some]


def test_a_program_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoAnswer, match="is no program that can be started"):
        record(tmp_path / "missing", (), tmp_path / "out", {"validate": [], "plan": []})
