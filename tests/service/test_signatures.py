"""How many words a construct takes: what always travels together is one value."""

import ast

import pytest

from tests.conftest import ROOT

SERVICE = ROOT / "constructs/dicom_cdk/service"
ALLOWED = 8
STACK_LINES = 120


def _words() -> dict[str, int]:
    found = {}
    for folder in ("rooms", "parts"):
        for file in sorted((SERVICE / folder).glob("*.py")):
            for node in ast.parse(file.read_text()).body:
                if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Construct" for base in node.bases):
                    start = next(
                        one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"
                    )
                    found[node.name] = sum(1 for word in start.args.kwonlyargs if word.arg != "settings")
    return found


WORDS = _words()


def test_every_room_is_counted() -> None:
    assert {"Network", "Archive", "Dicomweb", "Gateway", "HostStep", "DockerHost"} <= set(WORDS)


@pytest.mark.parametrize("name", sorted(WORDS))
def test_a_construct_takes_few_words_beside_its_own_settings(name: str) -> None:
    assert WORDS[name] <= ALLOWED, (
        f"{name} takes {WORDS[name]} keyword arguments beside its settings, allowed {ALLOWED}: "
        "put what travels together into a value (docs/architecture.md, Values)"
    )


def test_the_wiring_grows_no_longer() -> None:
    lines = len((SERVICE / "stack.py").read_text().splitlines())
    assert lines <= STACK_LINES, f"stack.py has {lines} lines, allowed {STACK_LINES}: what a room needs belongs into it"
