"""Room storage: two closed buckets, a user that may do no more than store."""

import json
import subprocess
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from cdktf import TerraformStack

from dicom_cdk.service.identity import Identity
from dicom_cdk.service.rooms.storage import Storage
from dicom_cdk.settings.models import storage as settings_storage
from tests.service.sites import CHOSEN
from tests.synthesized import Synthesized, app

BUCKETS = ("images", "operations")


@pytest.mark.parametrize("bucket", BUCKETS)
def test_every_bucket_is_private_encrypted_versioned_and_tls_only(bucket: str, default_stack: Synthesized) -> None:
    room = default_stack.room("storage")
    assert room[bucket]["versioning"] == {"status": "Enabled"}
    assert room[bucket]["server_side_encryption_rule"]["sse_algorithm"] == "KMS"
    assert room[bucket]["force_destroy"] is False
    assert room[f"{bucket}-acl"]["acl"] == "private"
    assert room[f"{bucket}-public-access"]["block_public_access"] is True
    assert room[f"{bucket}-https"]["tls_versions"] == ["TLSv1.2", "TLSv1.3"]
    statements = json.loads(room[f"{bucket}-policy"]["policy"])["Statement"]
    assert {one["Effect"] for one in statements} == {"Deny"}
    assert [one["Condition"] for one in statements if "Condition" in one] == [
        {"Bool": {"acs:SecureTransport": ["false"]}}
    ]


def test_nobody_deletes_what_the_trail_keeps(default_stack: Synthesized) -> None:
    policy = json.loads(default_stack.room("storage")["operations-policy"]["policy"])
    (kept,) = [one for one in policy["Statement"] if "Condition" not in one]
    assert "oss:DeleteObject" in kept["Action"]
    assert all("/trail/" in one for one in kept["Resource"])


def test_accesses_are_logged_outside_the_archives_bucket(default_stack: Synthesized) -> None:
    logging = default_stack.resources["storage/images"]["logging"]
    assert logging == {
        "target_bucket": "${alicloud_oss_bucket.storage_operations.bucket}",
        "target_prefix": "access-log/",
    }


def test_overwritten_objects_can_be_restored_as_long_as_the_site_says(stack_with: Callable[..., Synthesized]) -> None:
    rules = stack_with(**CHOSEN).resources["storage/images"]["lifecycle_rule"]
    assert rules[0]["noncurrent_version_expiration"] == [{"days": 99}]
    assert rules[0]["abort_multipart_upload"] == [{"days": 7}]


def test_objects_of_the_archive_never_expire(default_stack: Synthesized) -> None:
    rules = default_stack.resources["storage/images"]["lifecycle_rule"]
    assert not [rule for rule in rules if rule.get("expiration")]


def test_a_lock_is_on_every_bucket_of_images_and_no_plan_takes_a_final_one_back(
    stack_with: Callable[..., Synthesized], default_stack: Synthesized
) -> None:
    tenants = [{"ae_title": "NORTH", "bucket": "images-of-north"}, {"ae_title": "SOUTH.1", "prefix": "south"}]
    locks = stack_with(storage={"receive": "cache", "tenants": tenants, "lock_days": 30, "lock": "final"}).of_type(
        "oss_bucket_worm"
    )
    assert {one["bucket"] for one in locks} == {
        "${alicloud_oss_bucket.storage_images.bucket}",
        "${alicloud_oss_bucket.storage_images-north.bucket}",
    }
    for one in locks:
        assert (one["status"], one["retention_period_in_days"]) == ("Locked", 30)
        assert one["lifecycle"] == {"prevent_destroy": True}
    assert default_stack.of_type("oss_bucket_worm") == []


def test_the_storage_user_reaches_its_bucket_only(default_stack: Synthesized) -> None:
    document = json.loads(default_stack.resources["storage/user-policy"]["policy_document"])
    oss = [each for each in document["Statement"] if each["Action"][0].startswith("oss:")]
    resources = {resource for statement in oss for resource in statement["Resource"]}
    bucket = "acs:oss:*:1234567890123456:dicom-sh-1234567890123456"
    assert resources == {bucket, f"{bucket}/*"}


def test_the_directory_may_write_backups_below_its_prefix_only(default_stack: Synthesized) -> None:
    document = json.loads(default_stack.resources["storage/backup-directory"]["policy_document"])
    put = next(each for each in document["Statement"] if "oss:PutObject" in each["Action"])
    assert put["Resource"] == ["acs:oss:*:1234567890123456:dicom-sh-1234567890123456-ops/ldap-backup/*"]


@pytest.fixture(scope="module")
def cached(stack_with: Callable[..., Synthesized]) -> Synthesized:
    """A site that receives into the shared folder."""
    return stack_with(storage={"receive": "cache", "cache": {"size_gb": 1000, "free_percent": 15, "quiet_minutes": 2}})


def told(stack: Synthesized, step: str) -> str:
    text: str = stack.resources[f"archive/{step}/run"]["parameters"]["values"]
    return text


def test_a_site_that_receives_directly_has_nothing_of_a_folder(default_stack: Synthesized) -> None:
    kinds = {each.type for each in default_stack.resources.values()}
    assert not [kind for kind in kinds if "nas_" in kind or "hbr_" in kind]
    assert "archive/mount/run" not in default_stack.resources
    assert default_stack.resources["dicomweb/application"].get("command") is None


def test_the_folder_is_encrypted_with_the_sites_key_protected_and_backed_up_daily(cached: Synthesized) -> None:
    files = cached.resources["storage/cache/files"]
    assert (files["file_system_type"], files["capacity"], files["zone_id"]) == ("extreme", 1000, "cn-shanghai-l")
    assert (files["encrypt_type"], files["kms_key_id"]) == (2, "${alicloud_kms_key.secrets_key.id}")
    assert files["lifecycle"] == {"prevent_destroy": True}
    (rule,) = cached.resources["storage/cache/backup"]["rules"]
    assert (rule["rule_type"], rule["retention"], rule["schedule"][-3:]) == ("BACKUP", 7, "P1D")
    binding = cached.resources["storage/cache/backup-of-files"]
    assert binding["data_source_id"] == "${alicloud_nas_file_system.storage_cache_files.id}"


def test_both_vswitches_may_mount_it_and_only_the_archives_host_as_root(cached: Synthesized) -> None:
    rules = {
        path.rpartition("-")[2]: (each["source_cidr_ip"], each["user_access_type"], each["priority"])
        for path, each in cached.resources.items()
        if each.type == "alicloud_nas_access_rule"
    }
    assert rules == {
        "host": ("172.18.92.175/32", "no_squash", 1),
        "l": ("172.18.80.0/20", "root_squash", 2),
        "g": ("172.18.16.0/20", "root_squash", 3),
    }


def test_host_and_sae_mount_the_same_folder_at_the_same_place(cached: Synthesized) -> None:
    domain = "${alicloud_nas_mount_target.storage_cache_target.mount_target_domain}"
    (mount,) = cached.resources["dicomweb/application"]["nas_configs"]
    assert (mount["mount_domain"], mount["nas_path"], mount["mount_path"]) == (domain, "/share", "/opt/cache")
    assert mount["read_only"] is False
    assert f'"source" = "{domain}:/share"' in told(cached, "mount")
    assert '"folder_uri" = "file:///opt/cache/"' in told(cached, "storage")


def test_no_archive_starts_before_the_folder_is_there_and_says_so(cached: Synthesized) -> None:
    application = cached.resources["dicomweb/application"]
    assert application["command"] == "/bin/bash"
    script = application["command_args_v2"][1]
    done = subprocess.run(["bash", *application["command_args_v2"]], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "/opt/cache is not the shared folder\n"), script
    storage = cached.resources["archive/storage/run"]
    assert cached.resources["archive/mount/run"].address in storage["depends_on"]
    assert storage.address in application["depends_on"]
    assert storage.address in cached.resources["archive/up/run"]["depends_on"]


def test_the_purge_begins_at_a_part_of_the_folders_size(cached: Synthesized) -> None:
    said = told(cached, "storage")
    for part in (
        '"free_gb" = 150',
        '"size_gb" = 1000',
        '"quiet" = "PT2M"',
        '"receive" = "cache"',
        '"guard_by" = "property"',
    ):
        assert part in said
    assert '"storage_id" = "cache"' in told(cached, "check"), "the check looks for the bucket as the first storage"


def test_from_5_31_on_the_guard_is_written_as_an_attribute_and_the_way_back_keeps_the_folder(
    stack_with: Callable[..., Synthesized],
) -> None:
    stack = stack_with(storage={"receive": "drain"}, archive={"version": "5.34.3"})
    assert '"guard_by" = "attribute"' in told(stack, "storage")
    assert '"receive" = "drain"' in told(stack, "storage")
    assert '"storage_id" = "alicloud-oss"' in told(stack, "check")
    assert '"generation" = "1-1-drain-100"' in told(stack, "storage")
    assert "1-1-drain-100" in stack.resources["dicomweb/application"]["envs"], (
        "instances would go on storing into the folder"
    )
    assert "storage/cache/files" in stack.resources
    assert stack.resources["dicomweb/application"]["nas_configs"], "what is in the folder only has to be readable"


def test_the_room_alone_says_what_the_folder_needs() -> None:
    stack = TerraformStack(app(), "alone")
    secrets: Any = SimpleNamespace(key_id="key", bucket=None)
    with pytest.raises(ValueError, match="storage: receive 'cache' needs network and archive_host, got neither or one"):
        Storage(
            stack,
            "storage",
            site=Identity("clinic", "cn-shanghai", "1234567890123456", True, {}),
            settings=settings_storage.Storage(receive="cache"),
            kept_days={},
            secrets=secrets,
        )
