"""What `archive.upgrade_from` adds to a site: the steps of the walk in their order, and nothing else."""

import json
from collections.abc import Callable

from tests.synthesized import Synthesized

StackWith = Callable[..., Synthesized]


def runs(stack: Synthesized) -> set[str]:
    return {path for path in stack.resources if path.endswith("/run")}


def waits(stack: Synthesized, step: str) -> list[str]:
    addresses = {resource.address: path for path, resource in stack.resources.items()}
    return [addresses[each] for each in stack.resources[f"{step}/run"]["depends_on"] if each in addresses]


def test_a_walk_backs_up_then_changes_the_schema_then_the_directory_then_goes_on_as_always(
    stack_with: StackWith,
) -> None:
    stack = stack_with(archive={"version": "5.33.1", "upgrade_from": "5.25.2"})
    assert runs(stack) - runs(stack_with(archive={"version": "5.33.1"})) == {
        "directory/backup-l/run",
        "directory/backup-g/run",
        "archive/upgrade/run",
        "directory/update-l/run",
    }
    for role in "lg":
        assert "directory/verify-g/run" in waits(stack, f"directory/backup-{role}")
        assert f"directory/backup-{role}/run" in waits(stack, "archive/upgrade")
    assert "archive/upgrade/run" in waits(stack, "directory/update-l")
    for step in ("archive/schema", "archive/storage"):
        assert "directory/update-l/run" in waits(stack, step)


def test_the_walk_is_told_every_update_with_its_marker(stack_with: StackWith) -> None:
    stack = stack_with(archive={"version": "5.28.0", "upgrade_from": "5.25.2"})
    text = json.dumps(stack.resources["archive/upgrade/run"]["parameters"])
    for each in ("5.26=rel_ups_station_name_code.ups_fk", "5.27=instance_req.pk", "5.28=key_value.pk"):
        assert each in text
    assert "5.29" not in text
    text = json.dumps(stack.resources["directory/update-l/run"]["parameters"])
    assert [each for each in ("5.26.0", "5.26.1", "5.28.0", "5.29.0") if each in text] == ["5.26.0", "5.26.1", "5.28.0"]


def test_a_change_without_sql_has_no_database_step_and_one_without_data_no_walk(stack_with: StackWith) -> None:
    patch = runs(stack_with(archive={"version": "5.34.3", "upgrade_from": "5.34.0"}))
    assert "directory/update-l/run" in patch
    assert "archive/upgrade/run" not in patch
    assert runs(stack_with(archive={"version": "5.25.2", "upgrade_from": "5.25.0"})) == runs(stack_with())
