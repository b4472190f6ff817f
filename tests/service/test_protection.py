"""Protection: what holds data refuses to be destroyed, unless the site says otherwise."""

from collections.abc import Callable

import pytest

from tests.synthesized import Synthesized

HOLDS_DATA = (
    "database/instance",
    "database/database",
    "storage/images",
    "storage/operations",
    "secrets/key",
    "logs/project",
    "logs/gateway",
    "logs/dicomweb",
    "registry/instance",
    "directory/l/instance",
    "directory/g/instance",
    "archive/host/instance",
)


@pytest.mark.parametrize("path", HOLDS_DATA)
def test_what_holds_data_cannot_be_destroyed_by_default(path: str, default_stack: Synthesized) -> None:
    assert default_stack.resources[path]["lifecycle"]["prevent_destroy"] is True


@pytest.mark.parametrize("protection", [{"level": "none"}, {"level": "full", "destroy_data": True}])
def test_a_site_can_give_its_data_up(protection: dict[str, object], stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(protection=protection)
    assert not [each.path for each in stack.resources.values() if (each.get("lifecycle") or {}).get("prevent_destroy")]
    assert stack.resources["database/instance"]["deletion_protection"] is False
    assert stack.resources["storage/images"]["force_destroy"] is True
    assert {each["deletion_protection"] for each in stack.of_type("instance")} == {False}
    assert {each["delete_protection"] for each in stack.of_type("slb_load_balancer")} == {"off"}
    assert stack.resources["secrets/key"]["deletion_protection"] == "Disabled"
