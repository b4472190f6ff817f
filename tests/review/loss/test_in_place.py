"""Updates in place: each kind of loss with an example, and its way back without one."""

from typing import Any

import pytest

from dicom_cdk.review.loss.data_facts import CONDITIONS, data_facts
from dicom_cdk.review.loss.in_place import SAID, UNKNOWN, lost_in_place, lost_when_made, protection_off, protections

Values = dict[str, Any]
LOGS = "lower retention_period of it: logs older than the new period"


def gone(kind: str, before: Values, after: Values) -> list[str]:
    return [f"{action} it: {what}" for action, what in lost_in_place(f"alicloud_{kind}", before, after)]


@pytest.mark.parametrize(
    ("kind", "more", "less", "said"),
    [
        ("log_store", {"retention_period": 365}, {"retention_period": 180}, LOGS),
        ("log_store", {"retention_period": 3650}, {"retention_period": 3000}, LOGS),
        ("log_store", {"retention_period": 60}, {}, LOGS),
        ("db_backup_policy", {"backup_retention_period": 30}, {"backup_retention_period": 7},
         "lower backup_retention_period of it: backups older than the new period"),
        ("db_backup_policy", {"log_backup_retention_period": 30}, {"log_backup_retention_period": 7},
         "lower log_backup_retention_period of it: backups of logs older than the new period"),
        ("db_backup_policy", {"enable_backup_log": True}, {"enable_backup_log": False},
         "switch off enable_backup_log of it: restoring to a point in time"),
        ("db_backup_policy", {"released_keep_policy": "All"}, {"released_keep_policy": "None"},
         "lower released_keep_policy of it: backups, once the database is gone"),
        ("db_backup_policy", {"preferred_backup_period": ["Monday", "Friday"]}, {"preferred_backup_period": ["Monday"]},
         "shorten preferred_backup_period of it: backups of the days left out"),
        ("polardb_backup_policy", {"data_level2_backup_retention_period": -1}, {"data_level2_backup_retention_period": 30},
         "lower data_level2_backup_retention_period of it: second-level backups older than the new period"),
        ("arms_prometheus", {"duration": 180}, {"duration": 90}, "lower duration of it: metrics older than the new period"),
        ("cms_prometheus_instance", {"storage_duration": 90}, {"storage_duration": 15},
         "lower storage_duration of it: metrics older than the new period"),
        ("cms_prometheus_instance", {"archive_duration": 365}, {"archive_duration": 0},
         "lower archive_duration of it: archived metrics older than the new period"),
        ("db_backup_policy", {"archive_backup_keep_policy": "KeepAll"}, {"archive_backup_keep_policy": "ByMonth"},
         "lower archive_backup_keep_policy of it: archived backups that the new policy does not keep"),
        ("db_backup_policy", {"high_space_usage_protection": "Disable"}, {},
         "switch on high_space_usage_protection of it: logs on the instance, once its disk is nearly full"),
        ("db_backup_policy", {"enable_increment_data_backup": True}, {"enable_increment_data_backup": False},
         "switch off enable_increment_data_backup of it: increments between backups from then on"),
        ("polardb_backup_policy", {"backup_frequency": "2/24H"}, {"backup_frequency": "4/24H"},
         "lower backup_frequency of it: backups between those of the new frequency"),
        ("polardb_backup_policy", {"data_level1_backup_frequency": "4/24H"}, {"data_level1_backup_frequency": "Normal"},
         "lower data_level1_backup_frequency of it: backups between those of the new frequency"),
        ("db_backup_policy", {"backup_interval": "30"}, {"backup_interval": "-1"},
         "lower backup_interval of it: backups between those of the new frequency"),
        ("mongodb_instance", {"backup_interval": "15"}, {"backup_interval": "720"},
         "lower backup_interval of it: backups between those of the new frequency"),
        ("db_backup_policy", {"inc_backup_interval": 60}, {"inc_backup_interval": 360},
         "lower inc_backup_interval of it: increments between those of the new frequency"),
        ("mongodb_sharding_instance", {"snapshot_backup_type": "Flash"}, {"snapshot_backup_type": "Standard"},
         "lower snapshot_backup_type of it: backups between the daily ones"),
        ("dbs_backup_plan", {"backup_strategy_type": "simple"}, {"backup_strategy_type": "manual"},
         "lower backup_strategy_type of it: backups from then on, other than those that somebody starts"),
        ("hbr_policy", {"rules": [{"rule_type": "BACKUP"}, {"rule_type": "REPLICATION"}]}, {"rules": [{"rule_type": "BACKUP"}]},
         "shorten rules.rule_type of it: what the rules left out did from then on: backups, copies, or the promise that nobody "
         "deletes them early"),
        ("hbr_policy", {"rules": [{"immutable": True}]}, {"rules": [{"immutable": False}]},
         "switch off rules.immutable of it: the promise that nobody deletes backups early"),
        ("hbr_policy", {"rules": [{"replication_region_id": "cn-beijing"}]}, {"rules": [{"replication_region_id": ""}]},
         "shorten rules.replication_region_id of it: later copies in the regions left out"),
        ("auto_provisioning_group", {"terminate_instances_with_expiration": False}, {"terminate_instances_with_expiration": True},
         "switch on terminate_instances_with_expiration of it: hosts and their disks, when the group expires"),
        ("ecs_launch_template", {}, {"auto_release_time": "2027-01-01T00:00:00Z"},
         "set auto_release_time of it: hosts that are made of the template and their disks, at that time"),
        ("ess_scaling_configuration", {"data_disk": [{"auto_snapshot_policy_id": "sp-1"}]}, {"data_disk": [{}]},
         "take away data_disk.auto_snapshot_policy_id of it: snapshots of the data disks from then on"),
        ("cs_kubernetes_node_pool", {"data_disks": [{"auto_snapshot_policy_id": "sp-1"}]}, {"data_disks": []},
         "take away data_disks.auto_snapshot_policy_id of it: snapshots of the nodes' data disks from then on"),
        ("realtime_compute_deployment", {"logging": [{"log_reserve_policy": [{"open_history": True}]}]},
         {"logging": [{"log_reserve_policy": [{"open_history": False}]}]},
         "switch off logging.log_reserve_policy.open_history of it: logs of the job from then on"),
        ("cloud_storage_gateway_gateway_file_share", {"ignore_delete": True}, {"ignore_delete": False},
         "switch off ignore_delete of it: objects of the bucket whose files somebody deletes at the gateway"),
        ("ens_image", {"delete_after_image_upload": "false"}, {"delete_after_image_upload": "true"},
         "switch on delete_after_image_upload of it: the instance that the image is taken of, once it is uploaded"),
        ("kvstore_backup_policy", {"backup_period": ["Monday", "Friday"]}, {"backup_period": ["Friday"]},
         "shorten backup_period of it: backups of the days left out"),
        ("mongodb_audit_policy", {"audit_status": "enable"}, {"audit_status": "disabled"},
         "lower audit_status of it: audit logs from then on"),
        ("ecs_auto_snapshot_policy", {"retention_days": -1}, {"retention_days": 30},
         "lower retention_days of it: snapshots older than the new period"),
        ("ecs_auto_snapshot_policy", {"repeat_weekdays": ["1", "4"]}, {"repeat_weekdays": ["1"]},
         "shorten repeat_weekdays of it: snapshots of the days left out"),
        ("hbr_policy", {"rules": [{"retention": 30}, {"retention": 7}]}, {"rules": [{"retention": 30}, {"retention": 1}]},
         "lower rules.retention of it: backups older than the new period"),
        ("instance", {"system_disk_auto_snapshot_policy_id": "sp-1"}, {"system_disk_auto_snapshot_policy_id": ""},
         "take away system_disk_auto_snapshot_policy_id of it: snapshots of the system disk from then on"),
        ("ecs_disk", {"enable_auto_snapshot": True}, {"enable_auto_snapshot": False},
         "switch off enable_auto_snapshot of it: snapshots of the disk from then on"),
        ("ess_scaling_group", {"max_size": 4}, {"max_size": 2},
         "lower max_size of it: disks of the hosts beyond the new number"),
        ("cs_kubernetes_node_pool", {"scaling_config": [{"max_size": 4}]}, {"scaling_config": [{"max_size": 2}]},
         "lower scaling_config.max_size of it: disks of the nodes beyond the new number"),
        ("hbr_oss_backup_plan", {"disabled": False}, {"disabled": True}, "switch on disabled of it: backups from then on"),
        ("ebs_enterprise_snapshot_policy", {"retain_rule": [{"number": 9}]}, {"retain_rule": [{"number": 3}]},
         "lower retain_rule.number of it: snapshots beyond the new number"),
        ("oss_bucket_versioning", {"status": "Enabled"}, {"status": "Suspended"},
         "stop versioning of it: later overwritten and deleted objects"),
        ("oss_bucket", {"versioning": [{"status": "Enabled"}]}, {"versioning": [{"status": "Suspended"}]},
         "stop versioning of it: later overwritten and deleted objects"),
        ("oss_bucket", {"versioning": [{"status": "Enabled"}]}, {"versioning": []},
         "stop versioning of it: later overwritten and deleted objects"),
        ("oss_bucket_worm", {"retention_period_in_days": 365}, {"retention_period_in_days": 1},
         "lower retention_period_in_days of it: the promise that nobody deletes objects early"),
        ("oss_bucket_worm", {"status": "Locked"}, {"status": "InProgress"},
         "lower status of it: the promise that nobody deletes objects early"),
        ("ecs_auto_snapshot_policy", {"enable_cross_region_copy": True}, {"enable_cross_region_copy": False},
         "switch off enable_cross_region_copy of it: copies of snapshots in the other region from then on"),
        ("oss_bucket_object", {"object_worm_retain_until_date": "2030-01-01T00:00:00.000Z"},
         {"object_worm_retain_until_date": "2027-01-01T00:00:00.000Z"},
         "bring forward object_worm_retain_until_date of it: the promise that nobody deletes the object early"),
        ("nas_file_system", {"recycle_bin": [{"status": "Enable", "reserved_days": 30}]},
         {"recycle_bin": [{"status": "Enable", "reserved_days": 3}]},
         "lower recycle_bin.reserved_days of it: deleted files older than the new period"),
        ("nas_file_system", {"recycle_bin": [{"status": "Enable"}]}, {"recycle_bin": [{"status": "Disable"}]},
         "lower recycle_bin.status of it: deleted files"),
        ("ots_table", {"time_to_live": -1}, {"time_to_live": 86400}, "lower time_to_live of it: rows older than the new period"),
        ("mns_queue", {"message_retention_period": 345600}, {"message_retention_period": 60},
         "lower message_retention_period of it: messages older than the new period"),
        ("amqp_queue", {}, {"message_ttl": "1000"}, "lower message_ttl of it: messages older than the new period"),
        ("alikafka_instance", {"config": '{"kafka.log.retention.hours":"72"}'}, {"config": '{"kafka.log.retention.hours":"24"}'},
         "lower config of it: messages older than the new period"),
        ("alikafka_topic", {"configs": '{"retention.ms":"7200000"}'}, {"configs": '{"retention.ms":"3600000"}'},
         "lower configs of it: messages older than the new period"),
        ("kvstore_instance", {"config": {"appendonly": "yes"}}, {"config": {"appendonly": "no"}},
         "lower config.appendonly of it: what the cache holds, at its next restart"),
        ("instance", {}, {"auto_release_time": "2027-01-01T00:00:00Z"},
         "set auto_release_time of it: the host and its disks, at that time"),
        ("cr_artifact_lifecycle_rule", {"retention_tag_count": 30}, {"retention_tag_count": 3},
         "lower retention_tag_count of it: images beyond the new number"),
        ("kms_key", {"status": "Enabled"}, {"status": "Disabled"},
         "lower status of it: sight of everything that the key encrypts"),
        ("dbs_backup_plan", {}, {}, ""),
    ],
)  # fmt: skip
def test_less_is_a_loss_and_more_is_none(kind: str, more: Values, less: Values, said: str) -> None:
    assert gone(kind, more, less) == ([said] if said else [])
    assert gone(kind, less, more) == []
    assert gone(kind, more, more) == []


@pytest.mark.parametrize(
    ("kind", "path", "said"),
    [
        ("instance", "image_id", "the system disk: the provider replaces it"),
        ("simple_application_server_instance", "image_id", "the system disk: it is set up again"),
        ("db_instance", "tde_encryption_key", "what is encrypted with the old key, once that key goes"),
        ("kvstore_instance", "encryption_key", "what is encrypted with the old key, once that key goes"),
        ("oss_bucket_server_side_encryption", "kms_master_key_id", "what is encrypted with the old key, once that key goes"),
        ("kms_alias", "key_id", "what is encrypted by the alias with the old key, once that key goes"),
    ],
)  # fmt: skip
def test_another_image_or_key_is_a_loss_either_way_and_a_first_one_is_none(kind: str, path: str, said: str) -> None:
    for one, other in (("a", "b"), ("b", "a"), ("a", UNKNOWN)):
        assert gone(kind, {path: one}, {path: other}) == [f"change {path} of it: {said}"]
    assert gone(kind, {path: "a"}, {path: "a"}) == []
    assert gone(kind, {}, {path: "a"}) == []
    assert gone(kind, {path: UNKNOWN}, {path: "a"}) == []


def test_a_bucket_without_its_key_is_a_loss_and_with_its_first_one_none() -> None:
    keyed = {"server_side_encryption_rule": [{"sse_algorithm": "KMS", "kms_master_key_id": "k"}]}
    plain = {"server_side_encryption_rule": [{"sse_algorithm": "AES256", "kms_master_key_id": ""}]}
    assert gone("oss_bucket", keyed, plain) == [
        "change server_side_encryption_rule.kms_master_key_id of it: what is encrypted with the old key, once that key goes"
    ]
    assert gone("oss_bucket", plain, keyed) == []


@pytest.mark.parametrize(
    ("before", "after", "lowered"),
    [
        ([30], [30, 7], False),
        ([30, 7], [30], True),
        ([7], [30, 30], False),
        ([30, 30], [30, 7, 7], True),
        ([], [7], False),
        ([7], [], True),
    ],
)
def test_rules_that_come_and_go_are_laid_side_by_side_from_the_longest(
    before: list[int], after: list[int], lowered: bool
) -> None:
    old, new = ({"rules": [{"retention": days} for days in side]} for side in (before, after))
    said = "lower rules.retention of it: backups older than the new period"
    assert gone("hbr_policy", old, new) == ([said] if lowered else [])


def test_a_value_that_goes_is_a_loss_and_a_first_one_is_none_where_nobody_knows_what_stood_there() -> None:
    for kind, name, value in (
        ("click_house_backup_policy", "backup_retention_period", 30),
        ("db_instance", "released_keep_policy", "All"),
    ):
        assert len(gone(kind, {name: value}, {name: None})) == 1
        assert gone(kind, {name: None}, {name: value}) == []
    assert gone("alikafka_topic", {"configs": "{}"}, {"configs": '{"retention.ms":"1"}'}) == []


def test_what_nobody_knows_before_or_after_is_no_lowering() -> None:
    assert gone("log_store", {"retention_period": UNKNOWN}, {"retention_period": 1}) == []
    assert gone("log_store", {"retention_period": 365}, {"retention_period": UNKNOWN}) == []


def test_a_text_that_is_no_json_or_no_number_is_no_lowering() -> None:
    for text in ("", "[", "[1]", '"a"', '{"retention.ms":"soon"}'):
        assert gone("alikafka_topic", {"configs": text}, {"configs": '{"retention.ms":"1"}'}) == []


def test_a_rule_that_deletes_images_is_a_loss_when_it_is_made() -> None:
    made = list(lost_when_made("alicloud_cr_artifact_lifecycle_rule", {"auto": True, "retention_tag_count": 3}))
    assert ("make, with auto,", "images that the rule matches") in made
    assert list(lost_when_made("alicloud_cr_artifact_lifecycle_rule", {"auto": False})) == []
    assert list(lost_when_made("alicloud_log_store", {"retention_period": 1})) == []


@pytest.mark.parametrize(
    ("on", "off", "name"),
    [
        ({"deletion_protection": True}, {"deletion_protection": False}, "deletion_protection"),
        ({"deletion_protection": "Enabled"}, {"deletion_protection": "Disabled"}, "deletion_protection"),
        ({"deletion_protection": 1}, {"deletion_protection": 0}, "deletion_protection"),
        ({"delete_protection": "on"}, {"delete_protection": "off"}, "delete_protection"),
        ({"db_instance_release_protection": True}, {"db_instance_release_protection": False}, "db_instance_release_protection"),
        ({"deletion_protection_config": [{"enabled": True}]}, {"deletion_protection_config": [{"enabled": False}]},
         "deletion_protection_config.enabled"),
        ({"force_destroy": False}, {"force_destroy": True}, "force_destroy"),
        ({"delete_with_instance": False}, {"delete_with_instance": True}, "delete_with_instance"),
        ({"pending_window_in_days": 30}, {"pending_window_in_days": 7}, "pending_window_in_days"),
    ],
)  # fmt: skip
def test_a_protection_is_seen_when_it_goes_and_not_when_it_comes(on: Values, off: Values, name: str) -> None:
    assert protection_off("alicloud_some_type", on, off) == (name,)
    assert protection_off("alicloud_some_type", off, on) == ()


def created(*made: tuple[str, str]) -> Values:
    return {"delete_options": [{"resource_type": name, "delete_mode": mode} for name, mode in made]}


LOGS_GO, LOGS_STAY = ("SLS_Data", "delete"), ("SLS_Data", "retain")
BALANCER_GOES, BALANCER_STAYS = ("SLB", "delete"), ("SLB", "retain")


@pytest.mark.parametrize(
    ("kind", "on", "off", "name"),
    [
        ("cs_managed_kubernetes", created(), created(LOGS_GO), "delete_options.delete_mode"),
        ("cs_kubernetes", created(LOGS_STAY), created(LOGS_GO), "delete_options.delete_mode"),
        ("cs_serverless_kubernetes", created(BALANCER_GOES), created(BALANCER_GOES, LOGS_GO), "delete_options.delete_mode"),
        ("cs_managed_kubernetes", created(BALANCER_STAYS), created(), "delete_options.delete_mode"),
        ("ecs_snapshot", {"force": False}, {"force": True}, "force"),
        ("image", {}, {"force": True}, "force"),
        ("ehpc_cluster", {}, {"release_instance": True}, "release_instance"),
        ("hbase_instance", {"immediate_delete_flag": False}, {"immediate_delete_flag": True}, "immediate_delete_flag"),
        ("fc_layer_version", {"skip_destroy": True}, {}, "skip_destroy"),
        ("ros_stack_group", {"auto_deployment": [{"retain_stacks_on_account_removal": True}]},
         {"auto_deployment": [{"retain_stacks_on_account_removal": False}]}, "auto_deployment.retain_stacks_on_account_removal"),
        ("ess_scaling_group", {"protected_instances": ["i-1", "i-2"]}, {"protected_instances": ["i-1"]}, "protected_instances"),
        ("ess_scaling_configuration", {"data_disk": [{"delete_with_instance": False}]},
         {"data_disk": [{"delete_with_instance": True}]}, "data_disk.delete_with_instance"),
        ("ecs_launch_template", {"data_disks": [{"delete_with_instance": False}]}, {"data_disks": [{}]},
         "data_disks.delete_with_instance"),
    ],
)  # fmt: skip
def test_what_stays_with_a_type_of_its_own_is_seen_when_it_stays_no_more(
    kind: str, on: Values, off: Values, name: str
) -> None:
    assert protection_off(f"alicloud_{kind}", on, off) == (name,)
    assert protection_off(f"alicloud_{kind}", off, on) == ()


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("cs_managed_kubernetes", created(), created(BALANCER_GOES)),
        ("cs_managed_kubernetes", created(LOGS_STAY), created()),
        ("elasticsearch_instance", {"force": False}, {"force": True}),
        ("oss_bucket_cname", {"force": False}, {"force": True}),
        ("ecs_launch_template", {"data_disks": [{}]}, {"data_disks": [{"delete_with_instance": True}]}),
    ],
)
def test_what_says_how_it_is_anyway_or_means_something_else_protects_nothing(
    kind: str, before: Values, after: Values
) -> None:
    assert protection_off(f"alicloud_{kind}", before, after) == ()


def test_only_what_makes_the_vendor_refuse_protects() -> None:
    assert protections({"deletion_protection": True, "force_destroy": False, "pending_window_in_days": 30}) == (
        "deletion_protection",
    )
    assert protections({"delete_protection": "on"}) == ("delete_protection",)
    assert protections({"delete_protection": "off", "deletion_protection": "Disabled"}) == ()


def test_every_condition_of_the_table_has_a_word_and_an_entry() -> None:
    assert set(SAID) == set(CONDITIONS)
    assert {fact.when for facts in data_facts().in_place.values() for fact in facts} == set(CONDITIONS)
