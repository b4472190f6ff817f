"""Room secrets: generated, in KMS, read by exactly those who need them, rotated by a number."""

import json
from collections.abc import Callable
from fnmatch import fnmatchcase

import pytest

from dicom_cdk.service.rooms.secrets import READERS
from tests.service.sites import CHOSEN, OWN
from tests.synthesized import Synthesized


def readable_by(stack: Synthesized, room: str, action: str = "kms:GetSecretValue", start: str = ":secret/") -> set[str]:
    """Names of what the policies attached to the room's role allow to read, behind `start` in their resources."""
    role = f"${{alicloud_ram_role.secrets_role-{room}.role_name}}"
    names = set()
    for attachment in stack.of_type("ram_role_policy_attachment"):
        if attachment["role_name"] == role and attachment["policy_type"] == "Custom":
            policy = next(
                each
                for each in stack.of_type("ram_policy")
                if each.address in attachment["policy_name"].replace("${", "")
            )
            for statement in json.loads(policy["policy_document"])["Statement"]:
                if action in statement["Action"]:
                    names |= {resource.partition(start)[2] for resource in statement["Resource"]}
    return names


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        ("directory", {"ldap-root", "ldap-config"}),
        (
            "archive",
            {
                "ldap-root",
                "database",
                "archive-keystore",
                "wildfly-admin",
                "storage-identity",
                "storage-credential",
            },
        ),
        ("gateway", set()),
    ],
)
def test_each_role_reads_exactly_the_secrets_of_its_room(
    room: str, expected: set[str], default_stack: Synthesized
) -> None:
    assert readable_by(default_stack, room) == {f"dicom-sh/{name}-g1" for name in expected}


def test_every_secret_comes_from_a_random_value_or_the_storage_key(default_stack: Synthesized) -> None:
    for secret in default_stack.of_type("kms_secret"):
        assert secret["secret_data"].startswith(("${random_password.", "${alicloud_ram_access_key.")), secret.address


def test_raising_a_generation_makes_a_new_value_under_a_new_name(stack_with: Callable[..., Synthesized]) -> None:
    first = stack_with()
    second = stack_with(secrets={"generations": {"database": 2}})
    assert second.resources["secrets/database"]["secret_name"] == "clinic/database-g2"
    assert second.resources["secrets/database-value"]["keepers"] == {"generation": "2"}
    assert second.resources["secrets/ldap-root"].attributes == first.resources["secrets/ldap-root"].attributes


def test_old_secrets_go_only_after_their_readers_moved_on(default_stack: Synthesized) -> None:
    for kind in ("kms_secret", "ram_access_key"):
        for each in default_stack.of_type(kind):
            assert each["lifecycle"]["create_before_destroy"] is True, each.address


def test_raising_the_storage_generation_replaces_the_access_key(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**CHOSEN)
    trigger = stack.resources["storage/key-generation"]
    assert trigger["input"] == {"generation": 3}
    assert stack.resources["storage/key"]["lifecycle"]["replace_triggered_by"] == [trigger.address]


def test_an_own_kms_key_is_used_everywhere_and_none_is_made(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**OWN)
    assert not stack.of_type("kms_key")
    assert stack.resources["database/instance"]["encryption_key"] == "key-own"
    assert {secret["encryption_key_id"] for secret in stack.of_type("kms_secret")} == {"key-own"}
    assert {host["system_disk_kms_key_id"] for host in stack.of_type("instance")} == {"key-own"}


def test_the_key_rotates_and_is_protected(default_stack: Synthesized) -> None:
    key = default_stack.resources["secrets/key"]
    assert (key["automatic_rotation"], key["rotation_interval"]) == ("Enabled", "365d")
    assert key["deletion_protection"] == "Enabled"
    assert key["lifecycle"]["prevent_destroy"] is True


EXAMPLE = "examples/without-kms-instance.yaml"
BUCKET = "dicom-nokms-1234567890123456-secrets"
IN_A_BUCKET = {
    "secrets": {
        "store": "bucket",
        "generations": {"database": 2},
        "kms_instance_id": "kst-own",
        "key_rotation_days": 90,
    }
}


def test_a_site_without_a_kms_instance_needs_nothing_of_kms_but_its_default_key(
    stack_of: Callable[[str], Synthesized],
) -> None:
    stack = stack_of(EXAMPLE)
    assert not stack.of_type("kms_secret")
    (key,) = stack.of_type("kms_key")
    assert key.get("dkms_instance_id") is None
    assert (key["automatic_rotation"], key.get("rotation_interval")) == ("Disabled", None)


def test_its_secrets_are_encrypted_objects_that_only_their_readers_may_get(
    stack_of: Callable[[str], Synthesized],
) -> None:
    stack = stack_of(EXAMPLE)
    objects = stack.of_type("oss_bucket_object")
    assert {one["key"] for one in objects} == {
        f"dicom-nokms/{name}-g1" for name in (*READERS, "storage-identity", "storage-credential")
    }
    for one in objects:
        assert one["bucket"] == "${alicloud_oss_bucket.secrets_bucket.bucket}"
        assert (one["acl"], one["server_side_encryption"]) == ("private", "KMS")
        assert one["kms_key_id"] == "${alicloud_kms_key.secrets_key.id}"
        assert one["content"].startswith(("${random_password.", "${alicloud_ram_access_key.")), one.address
        assert one["lifecycle"]["create_before_destroy"] is True
    for room, kept in (("archive", (*READERS, "storage-identity", "storage-credential")), ("directory", READERS)):
        read = {name for name in kept if name not in READERS or room in READERS[name]}
        mine = readable_by(stack, room, "oss:GetObject", f"{BUCKET}/")
        assert mine - {""} == {f"dicom-nokms/{name}-g1" for name in read}


def test_no_role_lists_the_bucket_of_secrets_or_reaches_it_by_a_wildcard(
    stack_of: Callable[[str], Synthesized],
) -> None:
    for policy in stack_of(EXAMPLE).of_type("ram_policy"):
        statements = json.loads(policy["policy_document"])["Statement"]
        for statement in [one for one in statements if any(action.startswith("oss:") for action in one["Action"])]:
            for resource in statement["Resource"]:
                if fnmatchcase(f"acs:oss:*:1234567890123456:{BUCKET}/dicom-nokms/database-g1", resource):
                    assert statement["Action"] == ["oss:GetObject"]
                    assert not set("*?") & set(resource.removeprefix("acs:oss:*")), policy.address
                assert not fnmatchcase(f"acs:oss:*:1234567890123456:{BUCKET}", resource), policy.address


def test_the_bucket_of_secrets_is_closed_versioned_and_logged(stack_of: Callable[[str], Synthesized]) -> None:
    room = stack_of(EXAMPLE).room("secrets")
    bucket = room["bucket"]
    assert bucket["bucket"] == BUCKET
    assert bucket["versioning"] == {"status": "Enabled"}
    (rule,) = bucket["lifecycle_rule"]
    assert rule["noncurrent_version_expiration"] == [{"days": 30}]
    assert room["bucket-public-access"]["block_public_access"] is True
    assert room["bucket-acl"]["acl"] == "private"
    log = stack_of(EXAMPLE).resources["storage/secrets-log"]
    assert log["bucket"] == "${alicloud_oss_bucket.secrets_bucket.bucket}"
    assert log["target_bucket"] == "${alicloud_oss_bucket.storage_operations.bucket}"
    assert "logging" in bucket["lifecycle"]["ignore_changes"], "the bucket would take back what the log resource writes"


def test_hosts_are_told_the_object_and_wait_for_it(stack_of: Callable[[str], Synthesized]) -> None:
    values = stack_of(EXAMPLE).resources["directory/l/boot/run"]["parameters"]["values"]
    assert '"ldap-root" = alicloud_oss_bucket_object.secrets_ldap-root.key' in values
    assert f'"secrets_in" = "oss://{BUCKET}/"' in values


def test_raising_a_generation_makes_a_new_object(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**IN_A_BUCKET)
    assert stack.resources["secrets/database"]["key"] == "clinic/database-g2"


def test_a_key_in_an_instance_rotates_wherever_the_secrets_are(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**IN_A_BUCKET)
    (key,) = stack.of_type("kms_key")
    assert (key["dkms_instance_id"], key["rotation_interval"]) == ("kst-own", "90d")
