"""What an offline apply leaves in the state, and the plans made from it."""

import base64

import pytest

from dicom_cdk.offline.planning import json_text
from tests.offline.reading.applying import applied, edited


def test_a_value_that_the_cloud_decides_lets_a_rule_answer_as_the_real_one() -> None:
    host = {"image_id": "i", "instance_type": "ecs.g7.large", "security_groups": ["sg-1"], "vswitch_id": "vsw-1"}
    assert applied("alicloud_instance", host).value["instance_charge_type"] == "PostPaid"
    assert edited("alicloud_instance", host, {**host, "spot_strategy": "SpotAsPriceGo"}).actions == ["delete", "create"]


def test_what_a_block_of_a_list_leaves_out_is_the_empty_value_of_its_kind() -> None:
    cors = [{"allowed_origins": ["*"], "allowed_methods": ["GET"]}]
    bucket = {"bucket": "b", "server_side_encryption_rule": [{"sse_algorithm": "KMS"}], "cors_rule": cors}
    made = applied("alicloud_oss_bucket", bucket).value
    assert made["server_side_encryption_rule"] == [
        {"sse_algorithm": "KMS", "kms_data_encryption": "", "kms_master_key_id": ""}
    ]
    (rule,) = made["cors_rule"]
    assert (rule["allowed_headers"], rule["expose_headers"], rule["max_age_seconds"]) == ([], [], 0)


def test_a_deprecated_argument_renamed_is_no_change() -> None:
    before = {"project": "logs", "name": "access"}
    after = {"project_name": "logs", "logstore_name": "access"}
    assert edited("alicloud_log_store", before, after).actions == ["no-op"]


@pytest.mark.parametrize(
    ("kind", "old", "new", "same"),
    [
        ("object", "null", "{}", False),
        ("object", " null ", "null", True),
        ("objects", "null", "[]", False),
        ("objects", "[null]", "[{}]", False),
        ("object", '{"a": 1e400}', '{"a": 1e400}', False),
    ],
)
def test_null_is_neither_an_empty_object_nor_an_empty_list(kind: str, old: str, new: str, same: bool) -> None:
    assert json_text.same(kind, old, new) is same


@pytest.mark.parametrize(
    ("kind", "config", "name"),
    [
        (
            "alicloud_mse_gateway",
            {"spec": "MSE_GTW_2_4_200_c", "replica": 1, "vpc_id": "v", "vswitch_id": "w", "backup_vswitch_id": "x"},
            "slb_list",
        ),
        (
            "alicloud_mongodb_instance",
            {"engine_version": "4.2", "db_instance_class": "c", "db_instance_storage": 10},
            "replica_sets",
        ),
        ("alicloud_cs_managed_kubernetes", {}, "rrsa_metadata"),
    ],
)
def test_a_list_that_only_the_cloud_fills_has_a_first_object_for_outputs_that_read_it(
    kind: str, config: dict[str, object], name: str
) -> None:
    """No fact is known of these: an empty list made every output of its first element an error, and the base was refused."""
    made = applied(kind, config)
    (first,) = made.value[name]
    assert all(part is not None for part in first.values())
    assert name in made.unproven
    assert edited(kind, config, config).actions == ["no-op"]


def test_a_cluster_says_where_its_interface_is_and_whom_to_trust() -> None:
    """Most programs with a cluster read these maps: of an empty one every key is an error."""
    state = applied("alicloud_cs_managed_kubernetes", {}).value
    assert state["connections"]["api_server_internet"].startswith("https://")
    assert base64.b64decode(state["certificate_authority"]["cluster_cert"], validate=True)


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("alicloud_slb_backend_server", {"load_balancer_id": "lb", "backend_servers": [{"server_id": "i-1", "weight": 50}]}),
        (
            "alicloud_ecs_instance_set",
            {
                "image_id": "m", "instance_type": "ecs.g7.large", "security_group_ids": ["sg"], "vswitch_id": "v", "zone_id": "z",
                "data_disks": [{"disk_size": 40, "disk_category": "cloud_essd"}],
            },
        ),
        (
            "alicloud_alb_server_group",
            {
                "server_group_name": "g", "health_check_config": [{"health_check_enabled": False}],
                "servers": [{"server_id": "i-1", "server_type": "Ecs", "port": 80, "weight": 50}],
            },
        ),
    ],
)  # fmt: skip
def test_what_is_made_up_of_an_element_of_a_set_makes_no_other_element_of_it(
    kind: str, config: dict[str, object]
) -> None:
    """A made-up text in what an element is known by was a change in every later plan, a replacement where it forces one."""
    assert edited(kind, config, config).actions == ["no-op"]


@pytest.mark.parametrize(
    "late",
    [
        {"local_log_retention_hours": 0}, {"local_log_retention_space": 0}, {"log_retention_period": 1},
        {"archive_backup_retention_period": 1},
    ],
    ids=str,
)  # fmt: skip
def test_what_a_backup_policy_says_of_logs_comes_as_an_update_after_a_creation_that_says_nothing_of_them(
    late: dict[str, object],
) -> None:
    """Its rule leaves these out until the state says that logs are backed up, which the cloud does unasked."""
    policy = {"instance_id": "rm-1", **late}
    made = applied("alicloud_db_backup_policy", policy).value
    ((name, value),) = late.items()
    assert made["enable_backup_log"] is True
    assert made[name] != value
    assert edited("alicloud_db_backup_policy", policy, policy).actions == ["update"]
    said = {**policy, "enable_backup_log": True}
    assert applied("alicloud_db_backup_policy", said).value[name] == value
    assert edited("alicloud_db_backup_policy", said, said).actions == ["no-op"]
    never = {**policy, "enable_backup_log": False}
    assert edited("alicloud_db_backup_policy", never, never).actions == ["no-op"]
