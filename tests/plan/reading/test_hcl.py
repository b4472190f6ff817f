"""HCL of modules as Terraform JSON: what is literal, what stays an expression, and the line of what is no HCL."""

from typing import Any

import pytest

from dicom_cdk.plan.reading.hcl import read
from dicom_cdk.plan.reading.hcl_text import NotHcl
from dicom_cdk.plan.reading.written_json import DEEPEST


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ('a = 1 # no\nb = "#no" // no\n/* c = 3 */ d = -1.5e3', {"a": 1, "b": "#no", "d": -1500.0}),
        ("a = true\nb = null\nc = x.y\n", {"a": True, "b": None, "c": "${x.y}"}),
        ('a = [1, "b", # two\n c.d,]', {"a": [1, "b", "${c.d}"]}),
        ('a = {\n b = 1 # one\n "c" = "${d.e}-x", f : []\n}', {"a": {"b": 1, "c": "${d.e}-x", "f": []}}),
        ("a = {\n (b) = 1\n}", {"a": "${{\n (b) = 1\n}}"}),
        ("a = [for b in c : b]\n", {"a": "${[for b in c : b]}"}),
        ("d = { for e, f in g : e => f }", {"d": "${{ for e, f in g : e => f }}"}),
        ("a = (\n  1 +\n  2)\n", {"a": "${( 1 + 2)}"}),
        ('a = "x\\n\\"y\\" \\u00e9 $${b}"', {"a": 'x\n"y" é $${b}'}),
        ('a = "${b["}"]}"\nc = 1', {"a": '${b["}"]}', "c": 1}),
        ("a = <<-E\n    x\n      y\n  E\nb = 1", {"a": "x\n  y\n", "b": 1}),
        ("a = [<<E\nx\nE\n, 2]", {"a": ["x\n", 2]}),
        ("a b c { d = 1 }", {"a": {"b": {"c": [{"d": 1}]}}}),
        ("a {\n b {}\n b {\n c = 1\n }\n lifecycle { d = 1 }\n}", {"a": [{"b": [{}, {"c": 1}], "lifecycle": {"d": 1}}]}),
        ('resource "t" "a" {}\nresource "t" "b" {}\n', {"resource": {"t": {"a": {}, "b": {}}}}),
        ('provider "p" {}\nprovider "p" { alias = "q" }', {"provider": {"p": [{}, {"alias": "q"}]}}),
        ("\ufefflocals { a = 1 }\nlocals { b = 2 }\r\n", {"locals": {"a": 1, "b": 2}}),
    ],
)  # fmt: skip
def test_hcl_is_read_as_terraform_json_has_it(text: str, means: dict[str, Any]) -> None:
    assert read(text) == means


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ('a = 1\nb = "x', 2, "a text without its closing quote"),
        ("a = [1\n\n", 3, "] is missing"),
        ('resource "a" "b" {\n', 2, "the file ends inside a block"),
        ("a = 1\n}", 2, "a closing bracket too much"),
        ("a =\nb = 1", 1, "a value is missing"),
        ("a {\n? }", 2, "got '?', allowed is the name of an argument or block"),
        ("a 5 {}", 1, "a: neither `=` nor a block follows"),
        ("a = <<E\nx\n", 1, "the text is not ended by E"),
        ("a = { b }", 1, "a key without a value"),
        ("a = " + "[" * 500 + "]" * 500, 1, "more than 100 brackets within each other"),
        ("a {" * 500 + "}" * 500, 1, "more than 100 blocks within each other"),
        ('a = "${' * 500, 1, "more than 100 texts within each other"),
    ],
)
def test_what_is_no_hcl_is_refused_by_line(text: str, line: int, why: str) -> None:
    with pytest.raises(NotHcl) as refused:
        read(text)
    assert (refused.value.line, str(refused.value)) == (line, why)


def test_the_deepest_that_is_allowed_is_read_without_more_of_pythons_stack_than_there_is() -> None:
    """Blocks, lists and texts at their bounds at once: nothing here has to catch a RecursionError."""
    texts = '"${' * DEEPEST + '"x"' + '}"' * DEEPEST
    written = "b {\n" * DEEPEST + "a = " + "[" * DEEPEST + texts + "]" * DEEPEST + "\n" + "}\n" * DEEPEST
    found: Any = read(written)
    for _ in range(DEEPEST):
        (found,) = found["b"]
    found = found["a"]
    for _ in range(DEEPEST):
        (found,) = found
    assert found == texts.strip('"')
