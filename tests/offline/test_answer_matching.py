"""Entries of an answers file and configurations: compared as the schema types both."""

from typing import Any

import pytest

from dicom_cdk.offline.answer_matching import matches
from tests.offline.test_answer_values import BLOCK, read


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"multi": True}, "{multi: yes}"),
        ({"multi": True}, "{multi: 'true'}"),
        ({"size": 4}, "{size: 4.0}"),
        ({"size": 1000}, "{size: 1e3}"),
        ({"size": 5}, "{size: '+5'}"),
        ({"ids": ["7", "true"]}, "{ids: [7, true]}"),
        ({"zones": ["a", "b"]}, "{zones: [b, a]}"),
        ({"tags": {"a": "1", "b": "2"}}, "{tags: {a: 1}}"),
        ({"filter": [{"name": "n", "values": ["a", "b"]}]}, "{filter: [{name: n}]}"),
        ({"filter": [{"name": "n", "values": ["a", "b"]}]}, "{filter: [{values: [b, a]}]}"),
        ({}, "{ids: [], size: null}"),
    ],
)
def test_a_configuration_that_says_it_otherwise_is_the_same(given: dict[str, Any], match: str) -> None:
    assert matches(BLOCK, given, read(match))


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"ids": ["a", "b"]}, "{ids: [b, a]}"),
        ({"zones": ["a", "a"]}, "{zones: [a, b]}"),
        ({"filter": [{"name": "n"}]}, "{filter: [{name: m}]}"),
        ({"filter": [{"name": "n"}, {"name": "m"}]}, "{filter: [{name: n}]}"),
        ({"ids": ["a"]}, "{ids: []}"),
        ({}, "{multi: false}"),
    ],
)
def test_another_configuration_is_another(given: dict[str, Any], match: str) -> None:
    assert not matches(BLOCK, given, read(match))
