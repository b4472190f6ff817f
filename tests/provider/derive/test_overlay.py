"""A small checkout of our own becomes the overlay and schema that its Go says."""

from pathlib import Path
from typing import Any

import pytest

from provider.derive import command, lowering
from tests.provider.derive import checkout


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], list[str]]:
    found = command.derived(checkout.RELEASE, checkout.write(tmp_path_factory.mktemp("checkout")))
    return found.facts, found.unread


@pytest.fixture(scope="module")
def well(facts: tuple[dict[str, Any], list[str]]) -> dict[str, Any]:
    found: dict[str, Any] = facts[0]["overlay"]["resources"]["alicloud_well"]
    return found


def test_all_of_the_small_checkout_is_understood(facts: tuple[dict[str, Any], list[str]]) -> None:
    assert facts[1] == []
    assert facts[0]["overlay"]["provider_version"] == checkout.RELEASE
    assert facts[0]["overlay"]["sdk_version"] == "1.17.2"


def test_a_type_says_whether_it_is_updated_imported_and_how_long_it_may_take(well: dict[str, Any]) -> None:
    assert {key: one for key, one in well.items() if key != "fields"} == {
        "customize_diff": True,
        "importable": True,
        "schema_version": 0,
        "timeouts_s": {"create": 1500, "delete": 90},
        "updatable": True,
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "depth",
            {
                "type": "TypeString",
                "required": True,
                "force_new": True,
                "validate": [{"kind": "enum", "args": ["shallow", "deep"], "skippable": True}],
            },
        ),
        (
            "code",
            {
                "type": "TypeString",
                "optional": True,
                "sensitive": True,
                "validate": [{"kind": "regex", "args": r"^[a-z]\\d+$"}],
                "diff_suppress": True,
                "diff_suppress_name": "resourceWell.func2",
            },
        ),
        (
            "note",
            {
                "type": "TypeString",
                "optional": True,
                "computed": True,
                "conflicts_with": ["code"],
                "diff_suppress": True,
                "diff_suppress_name": "sameInLower",
                "deprecated": True,
                "replaced_by": "remark",
            },
        ),
        ("remark", {"type": "TypeString", "optional": True, "removed": True}),
        (
            "period",
            {
                "type": "TypeInt",
                "optional": True,
                "default": 1,
                "validate": [
                    {
                        "kind": "any",
                        "args": [{"kind": "int_range", "args": [1, 9]}, {"kind": "int_enum", "args": [12, 24]}],
                    }
                ],
            },
        ),
        (
            "names",
            {
                "type": "TypeSet",
                "optional": True,
                "set_func": True,
                "set_func_name": "schema.HashString",
                "elem": {"type": "TypeString", "validate": [{"kind": "len_range", "args": [1, 8], "skippable": True}]},
            },
        ),
        ("kind", {"type": "TypeString", "optional": True, "default": "spring"}),
        ("tags", {"type": "TypeMap", "optional": True}),
    ],
)
def test_a_field_is_read_with_all_that_plans_depend_on(
    well: dict[str, Any], name: str, expected: dict[str, Any]
) -> None:
    assert well["fields"][name] == expected


def test_a_block_has_its_limits_and_fields(well: dict[str, Any]) -> None:
    pump = well["fields"]["pump"]
    assert (pump["min_items"], pump["max_items"]) == (1, 3)
    assert pump["block"]["power"] == {"type": "TypeFloat", "required": True}


def test_fields_that_a_loop_makes_from_what_other_functions_give_are_found(
    facts: tuple[dict[str, Any], list[str]],
) -> None:
    chain = facts[0]["overlay"]["resources"]["alicloud_chain"]
    link = {"type": "TypeInt", "required": True, "force_new": True}
    assert chain["fields"] == {"first": link, "second": link, "third": link}
    assert (chain["updatable"], chain["deprecated"], chain["replaced_by"]) == (False, True, "alicloud_well")


def test_defaults_from_the_environment_are_the_providers_own(facts: tuple[dict[str, Any], list[str]]) -> None:
    assert facts[0]["overlay"]["provider"] == {
        "protocol": {"type": "TypeString", "optional": True, "default": "HTTPS"},
        "region": {"type": "TypeString", "optional": True, "env_default": ["A_REGION", "B_REGION"]},
    }


def test_the_schema_follows_from_the_overlay(facts: tuple[dict[str, Any], list[str]]) -> None:
    block = facts[0]["schema"]["resource_schemas"]["alicloud_well"]["block"]
    assert block["attributes"]["id"] == {"type": "string", "optional": True, "computed": True}
    assert block["attributes"]["note"]["deprecated"] is True
    assert block["attributes"]["names"] == {"type": ["set", "string"], "optional": True}
    assert block["block_types"]["pump"]["max_items"] == 3
    assert "min_items" not in block["block_types"]["pump"], "of an optional block the provider checks it"
    assert sorted(block["block_types"]["timeouts"]["block"]["attributes"]) == ["create", "delete"]


def test_an_attribute_named_description_inside_an_object_stays(facts: tuple[dict[str, Any], list[str]]) -> None:
    block = facts[0]["schema"]["resource_schemas"]["alicloud_well"]["block"]
    assert block["attributes"]["readings"]["type"] == ["list", ["object", {"description": "string"}]]


def test_functions_are_known_by_a_hash_that_layout_and_comments_leave_alone(
    facts: tuple[dict[str, Any], list[str]], tmp_path: Path
) -> None:
    text = checkout.FILES["alicloud/resource_well.go"]
    laid_out = text.replace("return strings.ToLower(old) ==", "// In lower case.\n\treturn strings.ToLower(old)  ==")
    again = command.derived(checkout.RELEASE, checkout.write(tmp_path / "layout", well=laid_out)).facts
    assert again["functions"] == facts[0]["functions"]
    upper = checkout.write(tmp_path / "other", well=text.replace("ToLower(new)", "ToUpper(new)"))
    other = command.derived(checkout.RELEASE, upper).facts
    changed = other["functions"]["diff_suppress"]
    assert changed["sameInLower"] != facts[0]["functions"]["diff_suppress"]["sameInLower"]
    assert changed["resourceWell.func2"] == facts[0]["functions"]["diff_suppress"]["resourceWell.func2"]


def test_what_is_not_understood_is_named_with_its_place_and_never_guessed(tmp_path: Path) -> None:
    text = checkout.FILES["alicloud/resource_well.go"]
    text = text.replace("Default:  spring,", "Default:  sdk.Spring,\n\t\t\t\tValidateFunc: checkOfOurs,")
    text += "\nfunc checkOfOurs(v interface{}, k string) (ws []string, errors []error) {\n\treturn\n}\n"
    new = command.derived(checkout.RELEASE, checkout.write(tmp_path, well=text))
    found, unread = new.facts, new.unread
    assert len(unread) == 2
    assert unread[0].startswith("alicloud/resource_well.go:")
    assert unread[0].endswith(": the check checkOfOurs")
    assert unread[1].endswith(": the default")
    assert found["overlay"]["resources"]["alicloud_well"]["fields"]["kind"]["validate"] == []


def test_an_empty_schema_of_types_is_lowered_too() -> None:
    assert lowering.schema({"provider": {}, "resources": {}, "data_sources": {}}) == {
        "provider": {"block": {}, "version": 0},
        "resource_schemas": {},
        "data_source_schemas": {},
    }
