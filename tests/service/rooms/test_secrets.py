"""Room secrets: generated, in KMS, read by exactly those who need them, rotated by a number."""

import json
from collections.abc import Callable

import pytest

from tests.synthesized import Synthesized


def readable_by(stack: Synthesized, room: str) -> set[str]:
    """Names of the KMS secrets that the policies attached to the room's role allow to read."""
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
                if "kms:GetSecretValue" in statement["Action"]:
                    names |= {resource.split(":secret/")[1] for resource in statement["Resource"]}
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
    stack = stack_with(secrets={"generations": {"storage": 3}})
    trigger = stack.resources["storage/key-generation"]
    assert trigger["input"] == {"generation": 3}
    assert stack.resources["storage/key"]["lifecycle"]["replace_triggered_by"] == [trigger.address]


def test_an_own_kms_key_is_used_everywhere_and_none_is_made(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(secrets={"kms_key_id": "key-own"})
    assert not stack.of_type("kms_key")
    assert stack.resources["database/instance"]["encryption_key"] == "key-own"
    assert {secret["encryption_key_id"] for secret in stack.of_type("kms_secret")} == {"key-own"}
    assert {host["system_disk_kms_key_id"] for host in stack.of_type("instance")} == {"key-own"}


def test_the_key_rotates_and_is_protected(default_stack: Synthesized) -> None:
    key = default_stack.resources["secrets/key"]
    assert (key["automatic_rotation"], key["rotation_interval"]) == ("Enabled", "365d")
    assert key["deletion_protection"] == "Enabled"
    assert key["lifecycle"]["prevent_destroy"] is True
