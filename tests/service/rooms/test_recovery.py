"""Room recovery: what another region gets, and that nothing of it can be undone from here."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.service.sites import CHOSEN
from tests.synthesized import Resource, Synthesized

ELSEWHERE = "alicloud.recovery"
RICH: dict[str, Any] = {
    "recovery": {
        "region": "cn-beijing",
        "lock_days": 30,
        "lock": "trial",
        "within_ten_minutes": True,
        "dump_retention_days": 9,
    },
    "storage": {"infrequent_after_days": 90, "archive_after_days": 365, "noncurrent_version_days": 99},
}
FINAL: dict[str, Any] = {
    "recovery": {"region": "cn-beijing", "lock_days": 30, "lock": "final", "kms_key_id": "key-there"}
}


@pytest.fixture(scope="module")
def stack(stack_with: Callable[..., Synthesized]) -> Synthesized:
    return stack_with(**RICH)


@pytest.fixture(scope="module")
def room(stack: Synthesized) -> dict[str, Resource]:
    return stack.room("recovery")


def test_a_site_without_another_region_has_no_room_recovery(default_stack: Synthesized) -> None:
    assert default_stack.room("recovery") == {}
    assert "recovery" not in [block.get("alias") for block in default_stack.json["provider"]["alicloud"]]
    assert not [each for each in default_stack.of_type("ecs_auto_snapshot_policy") if each.get("target_copy_regions")]
    assert "registry/postgres" not in default_stack.resources


def test_copies_and_their_key_are_made_in_the_other_region_and_nothing_else(room: dict[str, Resource]) -> None:
    for path, each in room.items():
        assert each.get("provider") == (ELSEWHERE if path.startswith("copy/") else None), path


def test_the_provider_block_of_the_other_region_names_the_same_account(stack: Synthesized) -> None:
    here, *others = stack.json["provider"]["alicloud"]
    (there,) = [block for block in others if block["alias"] == "recovery"]
    assert here == {"region": "cn-shanghai", "account_id": "1234567890123456"}
    assert there == {**here, "region": "cn-beijing", "alias": "recovery"}


@pytest.mark.parametrize(("name", "source"), [("images", "images"), ("operations", "operations")])
def test_a_bucket_is_replicated_encrypted_and_without_deletions(
    room: dict[str, Resource], name: str, source: str
) -> None:
    replication = room[f"replicate-{name}"]
    assert replication["bucket"] == f"${{alicloud_oss_bucket.storage_{source}.bucket}}"
    assert replication["action"] == "PUT"
    assert replication["historical_object_replication"] == "enabled"
    assert replication["destination"] == {
        "bucket": f"${{alicloud_oss_bucket.recovery_copy_{name}.bucket}}",
        "location": "oss-cn-beijing",
        "transfer_type": "internal",
    }
    assert replication["encryption_configuration"] == {"replica_kms_key_id": "${alicloud_kms_key.recovery_copy_key.id}"}
    assert replication["source_selection_criteria"] == {"sse_kms_encrypted_objects": {"status": "Enabled"}}
    assert replication["sync_role"] == "${alicloud_ram_role.recovery_role.role_name}"
    assert replication["rtc"] == {"enabled": True}


def test_of_the_operations_bucket_backups_and_dumps_are_replicated_and_no_access_logs(
    room: dict[str, Resource],
) -> None:
    assert room["replicate-operations"]["prefix_set"] == {"prefixes": ["ldap-backup/", "database-dump/"]}
    assert room["replicate-images"].get("prefix_set") is None


def test_the_role_that_replicates_can_delete_nothing(room: dict[str, Resource]) -> None:
    document = json.loads(room["replicate"]["policy_document"])
    actions = {action for statement in document["Statement"] for action in statement["Action"]}
    assert actions == {
        "oss:ReplicateList",
        "oss:ReplicateGet",
        "oss:ReplicatePut",
        "kms:Decrypt",
        "kms:GenerateDataKey",
    }
    put = next(each for each in document["Statement"] if "oss:ReplicatePut" in each["Action"])
    assert {resource.removesuffix("/*").rpartition(":")[2] for resource in put["Resource"]} == {
        "clinic-1234567890123456-copy",
        "clinic-1234567890123456-ops-copy",
    }


@pytest.mark.parametrize("name", ["images", "operations"])
def test_a_copy_is_as_closed_as_its_source(room: dict[str, Resource], name: str) -> None:
    bucket = room[f"copy/{name}"]
    assert bucket["server_side_encryption_rule"] == {
        "sse_algorithm": "KMS",
        "kms_master_key_id": "${alicloud_kms_key.recovery_copy_key.id}",
    }
    assert bucket["versioning"] == {"status": "Enabled"}
    assert bucket["force_destroy"] is False
    assert bucket["lifecycle_rule"][0]["noncurrent_version_expiration"] == [{"days": 99}]
    assert {f"copy/{name}-{part}" for part in ("acl", "public-access", "https", "policy")} <= set(room)


@pytest.mark.parametrize(("site", "status"), [(RICH, "InProgress"), (FINAL, "Locked")])
def test_a_lock_is_on_the_copies_and_never_on_what_the_archive_deletes_from(
    stack_with: Callable[..., Synthesized], site: dict[str, Any], status: str
) -> None:
    locks = stack_with(**site).of_type("oss_bucket_worm")
    assert {each["bucket"] for each in locks} == {
        "${alicloud_oss_bucket.recovery_copy_images.bucket}",
        "${alicloud_oss_bucket.recovery_copy_operations.bucket}",
    }
    assert {(each["status"], each["retention_period_in_days"]) for each in locks} == {(status, 30)}


def test_snapshots_of_all_hosts_are_copied_and_encrypted_there(stack: Synthesized) -> None:
    policies = stack.of_type("ecs_auto_snapshot_policy")
    assert len(policies) == 2
    for each in policies:
        assert each["enable_cross_region_copy"] is True
        assert each["target_copy_regions"] == ["cn-beijing"]
        assert each["copied_snapshots_retention_days"] == 30
        assert each["copy_encryption_configuration"] == {
            "encrypted": True,
            "kms_key_id": "${alicloud_kms_key.recovery_copy_key.id}",
        }


def test_dumps_are_made_by_the_client_of_the_database_s_own_version_after_the_archive_answers(
    stack: Synthesized, room: dict[str, Resource]
) -> None:
    run = room["dump/run"]
    assert "alicloud_ecs_invocation.archive_check_run" in run["depends_on"]
    assert "alicloud_ram_role_policy_attachment.recovery_dump-grant-grant" in run["depends_on"]
    assert "postgres:15.14" in json.dumps(run["parameters"])
    assert stack.resources["registry/postgres"]["name"] == "postgres"


def test_dumps_end_here_and_there_after_the_days_that_the_site_says(stack: Synthesized) -> None:
    for path in ("storage/operations", "recovery/copy/operations"):
        rules = {rule["id"]: rule for rule in stack.resources[path]["lifecycle_rule"]}
        assert rules["database-dump"]["expiration"] == [{"days": 9}], path
        assert rules["database-dump"]["prefix"] == "database-dump/"


@pytest.mark.parametrize("path", ["storage/images", "recovery/copy/images"])
def test_old_objects_get_colder_and_stay_readable_at_once(stack: Synthesized, path: str) -> None:
    rules = {rule["id"]: rule for rule in stack.resources[path]["lifecycle_rule"]}
    assert rules["colder"]["transitions"] == [
        {"days": 90, "storage_class": "IA"},
        {"days": 365, "storage_class": "Archive"},
    ]
    assert stack.resources[f"{path}-direct-read"]["enabled"] is True


def test_ia_alone_needs_no_direct_read(stack_with: Callable[..., Synthesized]) -> None:
    colder = stack_with(**CHOSEN)
    assert not colder.of_type("oss_bucket_archive_direct_read")


def test_an_existing_key_of_the_other_region_is_taken(stack_with: Callable[..., Synthesized]) -> None:
    own = stack_with(**FINAL)
    assert "recovery/copy/key" not in own.resources
    rule = own.resources["recovery/copy/images"]["server_side_encryption_rule"]
    assert rule["kms_master_key_id"] == "key-there"
    assert "acs:kms:cn-beijing:1234567890123456:key/key-there" in own.resources["recovery/replicate"]["policy_document"]
