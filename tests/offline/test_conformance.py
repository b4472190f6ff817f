"""Every recorded answer of the real provider 1.289.0, and of random, tls and time: ours is the same. No exception is left."""

from collections import Counter

import pytest

from tests.offline.replay import cases, differences, planned, validated


def test_every_recorded_configuration_gets_the_real_verdict() -> None:
    seen: Counter[str] = Counter()
    wrong = []
    for case in cases("validate"):
        got = validated(case)
        seen[case["provider"]] += 1
        same = ("error" if got.errors else "ok") == case["verdict"]
        if case["provider"] == "aliyun/alicloud" and got.warnings is not None:
            same = same and (len(got.errors), got.warnings) == (case["errors"], case["warnings"])
        if not same:
            real = f"{case['verdict']} {case.get('classes')}, {case['errors']} errors, {case['warnings']} warnings"
            wrong.append(f"{case['id']} {case['type']} {case['kind']}: {got}, real: {real}")
    assert not wrong, f"{len(wrong)} of {seen.total()}:\n" + "\n".join(wrong[:20])
    assert seen == {"aliyun/alicloud": 10537, "hashicorp/tls": 93, "hashicorp/random": 60, "hashicorp/time": 34}


def test_every_recorded_configuration_and_state_gets_the_real_plan() -> None:
    seen: Counter[str] = Counter()
    wrong = []
    for case in cases("plan"):
        seen[case["provider"]] += 1
        found = differences(planned(case), case["expect"])
        if found:
            wrong.append(f"{case['id']} {case['type']} {case['kind']}: {'; '.join(found[:3])}")
    assert not wrong, f"{len(wrong)} of {seen.total()}:\n" + "\n".join(wrong[:20])
    assert seen == {"aliyun/alicloud": 6252, "hashicorp/tls": 86, "hashicorp/random": 40, "hashicorp/time": 22}


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        ({"a": 1}, {"a": True}),
        ({"a": None}, {}),
        ({"a": [1, 2]}, {"a": [1]}),
        ({"a": "1"}, {"a": 1}),
    ],
)
def test_a_difference_is_seen(got: dict[str, object], wanted: dict[str, object]) -> None:
    same = {"actions": ["update"], "replace_paths": [], "after_unknown": {}}
    assert len(differences({**same, "after": got}, {**same, "after": wanted})) == 1
    assert differences({**same, "after": got, "actions": ["no-op"]}, {**same, "after": got}) == [
        "actions: ['no-op'], real: ['update']"
    ]
