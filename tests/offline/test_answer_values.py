"""Values of an answers file: what a configuration says is compared with them as the schema types both."""

from typing import Any

import pytest
import yaml

from dicom_cdk.offline.answer_values import Misfit, matches, typed
from dicom_cdk.offline.answers import entry_line

BLOCK: dict[str, Any] = {
    "attributes": {
        "multi": {"type": "bool", "optional": True},
        "size": {"type": "number", "optional": True},
        "ids": {"type": ["list", "string"], "optional": True},
        "zones": {"type": ["set", "string"], "optional": True},
        "tags": {"type": ["map", "string"], "optional": True},
        "secret": {"type": "string", "optional": True, "sensitive": True},
        "names": {"type": ["list", "string"], "computed": True},
    },
    "block_types": {
        "filter": {
            "nesting_mode": "list",
            "block": {
                "attributes": {"name": {"type": "string"}, "values": {"type": ["set", "string"]}},
                "block_types": {},
            },
        }
    },
}


def read(text: str) -> Any:
    return typed(BLOCK, yaml.compose(text, Loader=yaml.SafeLoader), "match")


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


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{size: 1,\n size: 2}", "match.size: written twice; keep one of them"),
        ("{multi: 1}", "match.multi: got '1', allowed is true or false"),
        ("{filter: [{name: a},\n {nam: b}]}", "match.filter[1].nam: no such attribute; did you mean name?"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(text: str, problem: str) -> None:
    with pytest.raises(Misfit) as refused:
        read(text)
    assert str(refused.value) == problem


def test_a_hint_asks_for_no_secret_back() -> None:
    assert entry_line("x", BLOCK, {"secret": "word", "size": 1}) == (
        'x: [{"match": {"size": 1}, "values": {"names": ["made-up-name"]}}]'
    )
