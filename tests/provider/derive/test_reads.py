"""What Read leaves in the state is read off its source, and laid beside what was recorded."""

import json
from pathlib import Path
from typing import Any

import pytest

from provider.derive import reading_back
from provider.derive.committed import PROVIDER
from provider.derive.golang import PACKAGE, Checkout
from provider.derive.reads import Reads
from provider.derive.values import Function
from tests.provider.derive import checkout

SOURCE = """
package alicloud

func resourceWellCreate(d *schema.ResourceData, meta interface{}) error {
	stateConf := BuildStateConf([]string{}, []string{"Full"}, timeout, 5, s.WellStateRefreshFunc(d.Id(), "Status", []string{}))
	if _, err := stateConf.WaitForState(); err != nil {
		return err
	}
	return resourceWellRead(d, meta)
}

func resourceWellRead(d *schema.ResourceData, meta interface{}) error {
	object, err := s.DescribeWell(d.Id())
	parts := strings.Split(d.Id(), ":")
	d.Set("name", object["WellName"])
	d.Set("well_name", object["WellName"])
	d.Set("title", d.Get("well_name"))
	d.Set("region_part", parts[1])
	d.Set("well_id", d.Id())
	d.Set("kind", "dug")
	d.Set("deep", true)
	d.Set("status", object["Status"])
	if v, ok := object["Old"]; ok {
		d.Set("old", v)
	}
	if v, ok := object["Newer"]; ok {
		d.Set("newer", v)
	}
	list := make([]string, 0)
	list = append(list, "a")
	d.Set("first", list)
	list = append(list, "b")
	d.Set("second", list)
	return setDepth(d, object)
}

func setDepth(d *schema.ResourceData, object map[string]interface{}) error {
	d.Set("depth", object["Depth"])
	return nil
}
"""
COMPUTED = ("name", "well_name", "title", "region_part", "well_id", "kind", "deep", "status", "old", "newer", "first", "second",
            "depth", "never")  # fmt: skip
EXPECTED = {
    "name": {"same_as": "well_name"},
    "well_name": {"same_as": "name"},
    "title": {"same_as": "well_name"},
    "region_part": {"like": "id.1"},
    "well_id": {"like": "id"},
    "kind": {"value": "dug", "why": "read constant"},
    "deep": {"value": True, "why": "read constant"},
    "status": {"value": "Full", "why": "create waits for it"},
    "never": {"value": None, "why": "not read"},
    "members": {"value": [], "why": "not read"},
}


def read(folder: Path, source: str) -> dict[str, Any]:
    checkout.write(folder)
    (folder / "alicloud/well.go").write_text(source)
    found = Checkout.read(folder)
    functions = {}
    for operation in ("Create", "Read"):
        declared = found.functions[PACKAGE, f"resourceWell{operation}"]
        functions[operation.lower()] = Function(declared.name, PACKAGE, declared.node, declared.place)
    fields: dict[str, Any] = {name: {"type": "TypeString", "computed": True} for name in COMPUTED}
    fields["members"] = {"type": "TypeSet", "computed": True}
    fields["given"] = {"type": "TypeString", "required": True}
    return Reads(found).of(fields, functions)


def test_twins_parts_of_the_id_constants_and_what_is_never_read_are_read_off(tmp_path: Path) -> None:
    assert read(tmp_path, SOURCE) == EXPECTED


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        # A name of an attribute that is not written down may be any: then nothing is never read.
        ('d.Set("kind", "dug")', 'd.Set("kind", "dug")\n\td.Set(other, 1)', {"never": None, "members": None}),
        ('d.Set("kind", "dug")', 'd.Set("kind", "dug")\n\td.Set("kind", "drilled")', {"kind": None}),
        ('[]string{"Full"}', '[]string{"Full", "Dry"}', {"status": None}),
        ('"Status", []string', '"$.Level", []string', {"status": None}),
        ('parts := strings.Split(d.Id(), ":")', 'parts := strings.Split(name, ":")', {"region_part": None}),
        ('object["WellName"])\n\td.Set("title"', 'object["Name"])\n\td.Set("title"', {"name": None, "well_name": None}),
        ('object["Depth"]', 'd.Get("name")', {"depth": {"same_as": "name"}}),
    ],
)
def test_what_the_source_does_not_say_plainly_is_never_guessed(
    tmp_path: Path, before: str, after: str, changed: dict[str, Any]
) -> None:
    assert before in SOURCE
    expected = {name: rule for name, rule in {**EXPECTED, **changed}.items() if rule is not None}
    assert read(tmp_path, SOURCE.replace(before, after)) == expected


def test_a_release_says_what_is_other_than_in_the_base_of_the_types_that_it_has() -> None:
    base = {"a": {"x": {"like": "id"}, "y": {"same_as": "x"}}, "gone": {"x": {"like": "id"}}}
    new = {"a": {"x": {"like": "id"}, "z": {"like": "id.1"}}, "new": {"x": {"same_as": "y"}}}
    assert reading_back.changes(base, new, {"a": {}, "new": {}}) == {
        "a": {"y": None, "z": {"like": "id.1", "auto": True}},
        "new": {"x": {"same_as": "y", "auto": True}},
    }


def test_every_difference_from_the_record_has_its_reason() -> None:
    recorded = {
        "a": {
            "same": {"like": "id", "unsure": True},
            "more": [{"when": {"b": "SET"}, "value": 1, "why": "read constant"}, {"value": None, "why": "not read"}],
            "eye": {"same_as": "other", "else": {"value": "", "why": "api default"}},
            "docs": {"value": 1, "why": "docs default"},
        }
    }
    source = {"a": {"same": {"like": "id"}, "more": {"value": None, "why": "not read"}, "only": {"like": "id"}}}
    found = {one.path: one.reason for one in reading_back.differences(recorded, source)}
    assert found == {
        "read_back.a.eye": reading_back.READ_BY_EYE,
        "read_back.a.more": reading_back.SAYS_MORE,
        "read_back.a.only": reading_back.NOT_COVERED,
    }
    assert reading_back.outside(recorded) == {"docs default": 1, "read constant": 1}


def test_the_page_lists_every_difference_of_the_committed_facts() -> None:
    recorded = json.loads((PROVIDER / "read-back.json").read_text())
    page = (PROVIDER.parent / "docs/provider-facts-1.289.0.md").read_text()
    lines = set(page.splitlines())
    found = reading_back.differences(recorded, reading_back.held())
    assert found
    assert [one.path for one in found if f"- `{one.path}`: {one.text}" not in lines] == []
    assert f"{len(found)} differences; 0 places of the source were not understood." in lines
    for origin, number in reading_back.outside(recorded).items():
        assert f"- {number} × {origin}" in lines
