"""What `archive.upgrade_from` adds to a site: the steps of the walk in their order, and nothing else."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from dicom_cdk.payload.cache import EXPORTER, STORAGE_ID
from tests.conftest import ROOT
from tests.synthesized import Synthesized

StackWith = Callable[..., Synthesized]
CHANGES = [("5.25.2", "5.33.1"), ("5.34.0", "5.34.3")]
"""One that stops every archive, and one that stops none."""
RELEASE_CHANGES = Path(__file__).parent / "release_changes.yaml"
HEADER = (
    "# What a changed release of the archive touches: attributes of what is there, and what is added for the walk.\n"
)


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
        "archive/backup/run",
        "archive/drain/run",
        "archive/upgrade/run",
        "directory/update-l/run",
        "archive/walked/run",
        "dicomweb/resume/run",
    }
    for role in "lg":
        assert "directory/verify-g/run" in waits(stack, f"directory/backup-{role}")
        assert f"directory/backup-{role}/run" in waits(stack, "archive/drain")
    assert "archive/backup/run" in waits(stack, "archive/drain")
    assert "archive/drain/run" in waits(stack, "archive/upgrade")
    assert "archive/upgrade/run" in waits(stack, "directory/update-l")
    for step in ("archive/schema", "archive/storage"):
        assert "directory/update-l/run" in waits(stack, step)


def touched(old: str, new: str, stack_with: StackWith) -> dict[str, list[str] | str]:
    """By path: names of attributes that a change of release gives other values, or `added`."""
    before, after = stack_with(archive={"version": old}), stack_with(archive={"version": new, "upgrade_from": old})
    assert set(before.resources) <= set(after.resources), "something is taken away"
    found: dict[str, list[str] | str] = {
        path: sorted(
            name
            for name in resource.attributes.keys() | before.resources[path].attributes.keys()
            if resource.attributes.get(name) != before.resources[path].attributes.get(name)
        )
        if path in before.resources
        else "added"
        for path, resource in after.resources.items()
    }
    return {path: names for path, names in found.items() if names}


@pytest.mark.parametrize(("old", "new"), CHANGES, ids="-".join)
def test_a_changed_release_touches_what_is_listed_and_nothing_else(
    old: str, new: str, stack_with: StackWith, regenerate: bool
) -> None:
    found = touched(old, new, stack_with)
    listed = yaml.safe_load(RELEASE_CHANGES.read_text()) if RELEASE_CHANGES.exists() else {}
    if regenerate:
        listed[f"{old} to {new}"] = found
        RELEASE_CHANGES.write_text(HEADER + yaml.safe_dump(listed, width=120))
    assert found == listed[f"{old} to {new}"], f"if that is meant: .venv/bin/pytest {__file__} --regenerate"
    ours = ("archive/", "dicomweb/", "directory/", "registry/subscription-", "watch/archive")
    for place, names in found.items():
        assert place.startswith(ours), f"{place} changes"
        assert names == "added" or "user_data" not in names, f"{place} is made anew"


def test_the_walk_is_told_every_update_with_its_marker(stack_with: StackWith) -> None:
    stack = stack_with(archive={"version": "5.28.0", "upgrade_from": "5.25.2"})
    text = json.dumps(stack.resources["archive/upgrade/run"]["parameters"])
    for each in ("5.26=rel_ups_station_name_code.ups_fk", "5.27=instance_req.pk", "5.28=key_value.pk"):
        assert each in text
    assert "5.29" not in text
    text = json.dumps(stack.resources["directory/update-l/run"]["parameters"])
    assert [each for each in ("5.26.0", "5.26.1", "5.28.0", "5.29.0") if each in text] == ["5.26.0", "5.26.1", "5.28.0"]


def test_the_new_archive_is_looked_at_before_the_dicomweb_tier_gets_it_and_starts_again(stack_with: StackWith) -> None:
    stack = stack_with(archive={"version": "5.33.1", "upgrade_from": "5.25.2"})
    assert "archive/check/run" in waits(stack, "archive/walked")
    application = stack.resources["dicomweb/application"]
    addresses = {resource.address: path for path, resource in stack.resources.items()}
    assert "archive/walked/run" in [addresses.get(each) for each in application["depends_on"]]
    assert application.get("min_ready_instances") is None
    assert {"dicomweb/application", "dicomweb/binding"} <= set(waits(stack, "dicomweb/resume"))
    resumed = json.dumps(stack.resources["dicomweb/resume/run"]["parameters"])
    stopped = json.dumps(stack.resources["archive/upgrade/run"]["parameters"])
    for each in ("DicomService", "cn-shanghai:clinic"):
        assert each in resumed
        assert each in stopped
    assert "walked_from" in json.dumps(stack.resources["archive/check/run"]["parameters"])


def test_a_walk_with_a_shared_folder_knows_what_has_to_leave_it_and_the_folders_entries_come_after_the_updates(
    stack_with: StackWith,
) -> None:
    stack = stack_with(storage={"receive": "cache"}, archive={"version": "5.33.1", "upgrade_from": "5.25.2"})
    told = json.dumps(stack.resources["archive/drain/run"]["parameters"])
    assert EXPORTER in told
    assert STORAGE_ID in told
    assert f'EXPORTER, RULE, QUEUE = "{EXPORTER}"' in (ROOT / "assets/cache/receive.py").read_text()
    entries = json.dumps(stack.resources["archive/storage/run"]["parameters"])
    assert '\\"guard_by\\" = \\"attribute\\"' in entries
    assert "directory/update-l/run" in waits(stack, "archive/storage")
    assert "archive/storage/run" in waits(stack, "archive/up")
    without = stack_with(archive={"version": "5.33.1", "upgrade_from": "5.25.2"})
    assert EXPORTER not in json.dumps(without.resources["archive/drain/run"]["parameters"])


def test_the_host_may_back_up_this_database_and_stop_this_namespaces_applications_and_no_more(
    stack_with: StackWith,
) -> None:
    stack = stack_with(archive={"version": "5.33.1", "upgrade_from": "5.25.2"})
    granted = json.loads(stack.resources["archive/walk"]["policy_document"])["Statement"]
    assert [each["Action"] for each in granted] == [
        ["rds:CreateBackup", "rds:DescribeBackupTasks"],
        ["sae:StopApplication", "sae:StartApplication", "sae:DescribeApplicationStatus"],
        ["sae:ListApplications"],
    ]
    assert granted[0]["Resource"][0].endswith(":dbinstance/${alicloud_db_instance.database_instance.id}")
    assert granted[1]["Resource"][0].endswith(":application/cn-shanghai:clinic/*")
    assert "archive/walk-grant" in waits(stack, "archive/backup")
    assert "archive/walk" not in stack_with(archive={"version": "5.33.1"}).resources


def test_a_change_without_sql_stops_nobody_the_host_goes_first_and_all_instances_but_one_answer(
    stack_with: StackWith,
) -> None:
    stack = stack_with(archive={"version": "5.34.3", "upgrade_from": "5.34.0"}, dicomweb={"replicas": 3})
    application = stack.resources["dicomweb/application"]
    addresses = {resource.address: path for path, resource in stack.resources.items()}
    assert application["min_ready_instances"] == 2
    assert "archive/check/run" in [addresses.get(each) for each in application["depends_on"]]
    assert "directory/update-l/run" in waits(stack, "archive/storage")
    assert not runs(stack) & {"archive/backup/run", "archive/upgrade/run", "archive/walked/run", "dicomweb/resume/run"}
    alone = stack_with(archive={"version": "5.34.3", "upgrade_from": "5.34.0"}, dicomweb={"replicas": 1})
    assert alone.resources["dicomweb/application"].get("min_ready_instances") is None


def test_a_change_without_sql_has_no_database_step_and_one_without_data_no_walk(stack_with: StackWith) -> None:
    patch = runs(stack_with(archive={"version": "5.34.3", "upgrade_from": "5.34.0"}))
    assert "directory/update-l/run" in patch
    assert "archive/upgrade/run" not in patch
    image_only = stack_with(archive={"version": "5.25.2", "upgrade_from": "5.25.0"})
    assert runs(image_only) - runs(stack_with()) == {"archive/drain/run"}
    assert "archive/drain/run" in waits(image_only, "archive/up")
    assert "archive/storage/run" in waits(image_only, "archive/drain")
