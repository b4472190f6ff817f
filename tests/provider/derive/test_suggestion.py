"""The rule that a function of a known shape is; no rule for any other."""

from pathlib import Path
from typing import Any

import pytest

from provider.derive.command import add
from provider.derive.golang import Checkout
from provider.derive.overlay import Overlay
from provider.derive.suggestion import Suggestions
from tests.provider.derive import checkout
from tests.provider.derive.test_command import base_of, facts_of

HEAD = "func(k, old, new string, d *schema.ResourceData) bool"
BEFORE = 'func(k, old, new string, d *schema.ResourceData) bool {\n\t\t\t\t\treturn d.Get("depth").(string) != "deep"\n\t\t\t\t}'


def with_function(body: str) -> str:
    text = checkout.FILES["alicloud/resource_well.go"]
    assert BEFORE in text
    return text.replace(BEFORE, f"{HEAD} {{\n{body}\n}}")


def suggestion(folder: Path, body: str) -> Any:
    source = Checkout.read(checkout.write(folder, well=with_function(body)))
    reading = Overlay(source)
    reading.facts(checkout.RELEASE)
    found = {attr: function for name, attr, function in reading.suppressing() if name == "alicloud_well"}
    return Suggestions(source).of(found["code"], reading.arguments("alicloud_well"))


DEEP = {"in": [{"get": "depth"}, ["deep"]]}


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ('return d.Get("depth").(string) != "deep"', {"not": DEEP}),
        ("return old == new", {"eq": ["$old", "$new"]}),
        ("return strings.EqualFold(old, new)", {"eq": [{"lower": "$old"}, {"lower": "$new"}]}),
        ("return sameInLower(k, old, new, d)", {"eq": [{"lower": "$old"}, {"lower": "$new"}]}),
        ('return d.Id() != "" && old != ""', {"all": [{"not": {"create": True}}, {"not": {"in": ["$old", [""]]}}]}),
        ('return !d.HasChange("depth")', {"not": {"changed": "depth"}}),
        ('return d.Get("period").(int) > 3', {"gt": [{"get": "period"}, 3]}),
        ('if v, ok := d.GetOk("depth"); ok && v.(string) == string(Deep) {\nreturn true\n}\nreturn false', DEEP),
        (
            'if v, ok := d.GetOk("depth"); ok && Depth(v.(string)) == Deep {\nreturn false\n}\n'
            'if _, ok := d.GetOk("note"); ok {\nreturn false\n}\nreturn true',
            {"all": [{"not": DEEP}, {"not": {"set": "note"}}]},
        ),
        (
            'if d.Get("depth") == "deep" {\nreturn true\n} else if new == "x" {\nreturn true\n}\nreturn false',
            {"any": [DEEP, {"in": ["$new", ["x"]]}]},
        ),
        # An argument that the type lacks is never set.
        (
            'if v, ok := d.GetOk("nothing"); ok && v.(string) == "x" {\nreturn true\n}\nreturn old == new',
            {"eq": ["$old", "$new"]},
        ),
        ("return true", {"all": []}),
    ],
)
def test_a_known_shape_gives_its_rule(tmp_path: Path, body: str, rule: dict[str, Any]) -> None:
    assert suggestion(tmp_path, body) == rule


@pytest.mark.parametrize(
    "body",
    [
        "for _, one := range strings.Split(old, sep) {\nif one == new {\nreturn true\n}\n}\nreturn false",
        "return len(old) > len(new)",
        "return compare(old, new)",
        "equal, _ := compareJson(old, new)\nreturn equal",
        "x := old\nx += new\nreturn x == old",
        'return d.Get(k).(string) == ""',
    ],
)
def test_any_other_shape_gives_none(tmp_path: Path, body: str) -> None:
    assert suggestion(tmp_path, body) is None


def test_the_news_of_a_release_suggest_a_rule_for_a_function_that_changed(tmp_path: Path) -> None:
    facts = base_of(facts_of(tmp_path / "base"), tmp_path / "provider")
    changed = with_function('return d.Get("depth").(string) == "deep"')
    add(checkout.RELEASE, checkout.write(tmp_path / "new", well=changed), None, facts)
    text = (facts / checkout.RELEASE / "news.md").read_text()
    assert text.endswith(
        f"## Suggested rules for {checkout.RELEASE} (1): read the function, then put what is right into suppress.json\n\n"
        '    {"type": "alicloud_well", "attr": "code", "kind": "suppress", "when": {"in": [{"get": "depth"}, ["deep"]]}}\n'
    )
