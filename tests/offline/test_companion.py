"""null and local, which most public programs have: planned, checked and read as their documentation says."""

from typing import Any

import pytest

from dicom_cdk.offline.companions.companion import Companion, companion
from dicom_cdk.offline.store import Mode, shipped_store
from dicom_cdk.offline.values import UNKNOWN, Unknown


def of(name: str, mode: Mode = "managed") -> Companion:
    facts = shipped_store().find(mode, name)
    assert facts is not None
    return companion(facts)


def whole(one: Companion, **given: Any) -> dict[str, Any]:
    return {**dict.fromkeys(one.attributes), **given}


def test_a_null_resource_is_replaced_by_its_triggers_only() -> None:
    one = of("null_resource")
    config = whole(one, triggers={"a": "1"})
    made = one.plan(None, config, config)
    assert (made.value["triggers"], isinstance(made.value["id"], Unknown)) == ({"a": "1"}, True)
    state = {"id": "7", "triggers": {"a": "1"}}
    assert one.plan(state, config, config).value == state
    changed = whole(one, triggers={"a": "2"})
    assert list(one.plan(state, changed, changed).replace) == [("triggers",)]


def test_a_local_file_has_the_permissions_of_its_documentation_and_is_replaced_by_any_change() -> None:
    one = of("local_file")
    config = whole(one, filename="a", content="x")
    made = one.plan(None, config, config).value
    assert (made["file_permission"], made["directory_permission"]) == ("0777", "0777")
    assert isinstance(made["content_sha256"], Unknown)
    assert of("local_sensitive_file").plan(None, config, config).value["file_permission"] == "0700"
    state = {**made, **{name: "s" for name, value in made.items() if isinstance(value, Unknown)}}
    assert one.plan(state, config, config).value == state
    changed = {**config, "content": "y"}
    assert list(one.plan(state, changed, changed).replace) == [("content",)]


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("local_file", {"filename": "a"}, "content: of content, content_base64, source, sensitive_content none is set; set"),
        ("local_file", {"filename": "a", "content": "x", "source": "y"},
         "content: of content, content_base64, source, sensitive_content content, source are set; set exactly one of them."),
        ("local_sensitive_file", {"content": "x"}, "filename: is required, got nothing."),
        ("local_file", {"filename": "a", "content": "x", "file_permission": "rwx"}, "file_permission: got 'rwx', allowed"),
        ("null_resource", {"id": "x"}, "id: is decided by the provider and cannot be set; remove it."),
    ],
)  # fmt: skip
def test_what_their_documentation_forbids_is_refused(name: str, given: dict[str, Any], said: str) -> None:
    one = of(name)
    (found,) = one.validate(whole(one, **given))
    assert found.detail.startswith(said)


def test_what_is_not_known_yet_may_be_the_one_that_is_needed() -> None:
    one = of("local_file")
    assert one.validate(whole(one, filename="a", content=UNKNOWN)) == []


def test_a_null_data_source_asks_nobody_and_a_file_has_to_be_answered() -> None:
    one = of("null_data_source", "data")
    read = one.read(whole(one, inputs={"a": "b"}))
    assert (read["outputs"], read["has_computed_default"], read["id"]) == ({"a": "b"}, "default", "static")
    assert one.read(whole(one, has_computed_default="x"))["has_computed_default"] == "x"
    assert of("local_file", "data").read({"filename": "a"}) is None
