"""Values of an answers file: read as the schema types them, refused with their place."""

from typing import Any

import pytest
import yaml

from dicom_cdk.offline.answer_values import Misfit, typed
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
