"""Each room's resources of the default site against its inventory: every construct path, and the attributes that matter there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.synthesized import Resource, Synthesized

INVENTORY = Path(__file__).resolve().parent.parent / "inventory"
ROOMS = (
    "network",
    "logs",
    "secrets",
    "registry",
    "database",
    "storage",
    "directory",
    "archive",
    "dicomweb",
    "gateway",
    "filter",
    "watch",
    "alarms",
)
HEADER = "# Resources of room {room} in the default site, by construct path: type, and the attributes that must stay.\n"
# Long, or with a hash of files in them: payload tests and goldens look at these.
LEFT_OUT = {"tags", "volume_tags", "user_data", "command_content", "envs", "parameters"}
HASHED = {("alicloud_ecs_command", "name"), ("alicloud_fcv3_function", "custom_container_config")}
ON_FAILURE = "if that is meant: .venv/bin/pytest tests/service/test_inventory.py --regenerate"


ONLY_SOME_SITES = {"recovery": {"recovery": {"region": "cn-beijing", "lock_days": 3650}}}
"""Rooms that the default site does without, and what a site says that has them."""


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_exactly_the_resources_of_its_inventory(
    room: str, default_stack: Synthesized, regenerate: bool
) -> None:
    _compare(room, default_stack.room(room), regenerate)


@pytest.mark.parametrize("room", ONLY_SOME_SITES)
def test_a_room_of_some_sites_has_exactly_the_resources_of_its_inventory(
    room: str, stack_with: Callable[..., Synthesized], regenerate: bool
) -> None:
    _compare(room, stack_with(**ONLY_SOME_SITES[room]).room(room), regenerate)


def _compare(room: str, found: dict[str, Resource], regenerate: bool) -> None:
    file = INVENTORY / f"{room}.yaml"
    expected: dict[str, dict[str, Any]] = yaml.safe_load(file.read_text()) if file.exists() else {}
    if regenerate:
        file.write_text(
            HEADER.format(room=room) + yaml.safe_dump(_inventory(found, expected), width=110, sort_keys=True)
        )
        return
    where = f"tests/inventory/{room}.yaml"
    assert sorted(found) == sorted(expected), f"{where}: other resources than listed; {ON_FAILURE}"
    for path, attributes in expected.items():
        for name, value in attributes.items():
            got = found[path].type if name == "resource" else found[path].get(name)
            assert got == value, (
                f"{where}: {found[path].address} ({room}/{path}): {name} is {got!r}, expected {value!r}; {ON_FAILURE}"
            )


def _inventory(found: dict[str, Resource], expected: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Known resources keep their choice of attributes, new ones get all."""
    inventory = {}
    for path, resource in found.items():
        names = set(expected.get(path, resource.attributes)) - LEFT_OUT - {"resource"}
        names = {name for name in names if (resource.type, name) not in HASHED}
        kept = {name: resource.attributes[name] for name in sorted(names) if name in resource.attributes}
        inventory[path] = {"resource": resource.type, **kept}
    return inventory


def test_no_resource_is_outside_the_rooms(default_stack: Synthesized) -> None:
    assert {path.split("/")[0] for path in default_stack.resources} <= set(ROOMS)
