"""Room archive: the guide's host, what is prepared on it and in which order."""

import json
from collections.abc import Callable

from tests.service.sites import CHOSEN
from tests.synthesized import Synthesized


def before(stack: Synthesized, step: str) -> list[str]:
    found: list[str] = stack.resources[f"archive/{step}/run"]["depends_on"]
    return found


def test_the_host_has_the_guides_name_size_and_zone(default_stack: Synthesized) -> None:
    host = default_stack.resources["archive/host/instance"]
    assert (host["instance_name"], host["instance_type"]) == ("ecs-dicom-arc-l-01", "ecs.g7.xlarge")
    assert (host["availability_zone"], host["system_disk_size"]) == ("cn-shanghai-l", 100)
    assert host["system_disk_performance_level"] == "PL0"


def test_schema_waits_for_the_account_to_own_the_database(default_stack: Synthesized) -> None:
    assert "alicloud_db_account_privilege.database_privilege" in before(default_stack, "schema")


def test_storage_entries_wait_for_a_verified_directory_behind_its_balancer(default_stack: Synthesized) -> None:
    waits = before(default_stack, "storage")
    assert default_stack.resources["directory/verify-g/run"].address in waits
    assert default_stack.resources["directory/listener"].address in waits


def test_the_archive_starts_only_when_schema_and_storage_entries_are_in(default_stack: Synthesized) -> None:
    waits = before(default_stack, "up")
    for step in ("schema", "storage"):
        assert default_stack.resources[f"archive/{step}/run"].address in waits
    assert default_stack.resources["archive/up/run"].address in before(default_stack, "check")


def test_every_step_waits_for_the_booted_host_and_longer_than_its_script_runs(default_stack: Synthesized) -> None:
    commands = {each.address: each for each in default_stack.of_type("ecs_command")}
    for run in default_stack.of_type("ecs_invocation"):
        command = commands[run["command_id"].removeprefix("${").removesuffix(".id}")]
        assert int(run["timeouts"]["create"].removesuffix("m")) * 60 > command["timeout"], run.address
        if not run.path.endswith(("boot/run", "client/run")):
            assert [each for each in run["depends_on"] if each.endswith("_boot_run")], run.address


def test_the_directory_is_reached_through_the_balancer(default_stack: Synthesized) -> None:
    for step in ("storage", "up", "check"):
        assert "ldap://172.18.92.189:389" in default_stack.resources[f"archive/{step}/run"]["parameters"]["values"]


def test_test_data_is_sent_only_where_the_site_wants_it(stack_with: Callable[..., Synthesized]) -> None:
    assert "archive/test-data/run" not in stack_with().resources
    assert "archive/test-data/run" in stack_with(**CHOSEN).resources


def test_the_schema_can_come_from_the_sites_own_bucket(stack_with: Callable[..., Synthesized]) -> None:
    text = stack_with(**CHOSEN).resources["archive/schema/run"]["parameters"]["values"]
    assert "own-bucket" in text
    assert "psql.zip" in text


def test_the_host_may_read_exactly_that_file(stack_with: Callable[..., Synthesized]) -> None:
    policy = stack_with(**CHOSEN).resources["archive/read-schema"]
    (statement,) = json.loads(policy["policy_document"])["Statement"]
    assert statement["Action"] == ["oss:GetObject"]
    assert statement["Resource"] == ["acs:oss:*:1234567890123456:own-bucket/psql.zip"]
    assert "archive/read-schema" not in stack_with().resources


def test_the_directory_names_the_archives_own_address(default_stack: Synthesized) -> None:
    assert default_stack.resources["archive/host/instance"]["private_ip"] == "172.18.92.175"
    values = default_stack.resources["directory/load-l/run"]["parameters"]["values"]
    assert "172.18.92.175" in values


def test_a_raised_database_generation_runs_schema_and_archive_again(stack_with: Callable[..., Synthesized]) -> None:
    first = stack_with()
    second = stack_with(secrets={"generations": {"database": 2}})
    for step in ("schema", "up"):
        path = f"archive/{step}/run"
        assert first.resources[path]["parameters"] != second.resources[path]["parameters"], step


def test_every_host_is_encrypted_closed_and_takes_tokens_only(default_stack: Synthesized) -> None:
    hosts = default_stack.of_type("instance")
    assert len(hosts) == 3
    for host in hosts:
        assert host["system_disk_encrypted"] is True
        assert host["http_tokens"] == "required"
        assert host["internet_max_bandwidth_out"] == 0
        assert {"user_data", "image_id"} <= set(host["lifecycle"]["ignore_changes"])


def test_a_data_volume_is_encrypted_and_snapshotted(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**CHOSEN)
    assert stack.resources["archive/host/data-disk"]["encrypted"] is True
    assert "archive/host/data-disk-snapshots" in stack.resources


def test_studies_are_read_back_every_night_only_where_the_site_wants_it(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**CHOSEN)
    step = stack.resources["archive/verify/run"]
    assert '"studies" = 40' in step["parameters"]["values"]
    assert stack.resources["archive/check/run"].address in step["depends_on"]


def test_without_it_nothing_of_it_is_there(default_stack: Synthesized) -> None:
    assert "archive/verify/run" not in default_stack.resources
