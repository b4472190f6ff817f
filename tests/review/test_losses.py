"""Data that a planned change loses, of every kind; many resources share one plan."""

from typing import Any

import pytest

from dicom_cdk.review.reports.text import text
from tests.review.small import Document, actions, document, lost, reviewed

pytestmark = pytest.mark.terraform

DISK = {"availability_zone": "cn-shanghai-a", "size": 100}
HOST = {"instance_type": "ecs.g7.large", "security_groups": ["sg-1"], "vswitch_id": "vsw-1"}
DATABASE = {
    "engine": "PostgreSQL", "engine_version": "15.0", "instance_type": "pg.n2.2c.1m", "instance_storage": 100,
    "instance_charge_type": "Postpaid", "vswitch_id": "vsw-1",
}  # fmt: skip
NAS = {"protocol_type": "NFS", "file_system_type": "standard"}


def expiring(days: int) -> list[Document]:
    return [{"enabled": True, "prefix": "", "expiration": [{"days": days}]}]


BEFORE: Document = {
    "alicloud_oss_bucket": {
        "kept": {"bucket": "clinic-kept"},
        "images": {"bucket": "clinic-images", "lifecycle_rule": expiring(365)},
        "plain": {"bucket": "clinic-plain"},
        "elsewhere": {"bucket": "clinic-elsewhere"},
        "longer": {"bucket": "clinic-longer", "lifecycle_rule": expiring(30)},
    },
    "alicloud_oss_bucket_versioning": {"v": {"bucket": "clinic-kept", "status": "Enabled"}},
    "alicloud_nas_file_system": {"n": {**NAS, "storage_type": "Performance"}},
    "alicloud_instance": {"i": {**HOST, "image_id": "ubuntu_22_04_x64"}, "same": {**HOST, "image_id": "ubuntu_22_04_x64"}},
    "alicloud_db_instance": {"d": {**DATABASE, "deletion_protection": True}},
    "alicloud_db_database": {"dcm": {"instance_id": "${alicloud_db_instance.d.id}", "data_base_name": "dcm"}},
    "alicloud_db_backup_policy": {"p": {"instance_id": "${alicloud_db_instance.d.id}", "backup_retention_period": 30}},
    "alicloud_log_store": {"l": {"project_name": "clinic-logs", "logstore_name": "l", "retention_period": 365}},
    "alicloud_ecs_disk": {"d": DISK},
    "alicloud_slb_load_balancer": {
        "b": {"load_balancer_name": "b", "address_type": "intranet", "delete_protection": "on"}
    },
    "alicloud_ecs_auto_snapshot_policy": {
        "s": {"repeat_weekdays": ["1", "4"], "retention_days": -1, "time_points": ["1"]},
        "gone": {"repeat_weekdays": ["1"], "retention_days": -1, "time_points": ["1"]},
    },
}  # fmt: skip
PROVIDERS = {"alicloud": [{"region": "cn-shanghai"}, {"alias": "hz", "region": "cn-hangzhou"}]}


def changed() -> Document:
    after = {kind: {name: dict(body) for name, body in named.items()} for kind, named in BEFORE.items()}
    after["alicloud_oss_bucket"]["images"]["lifecycle_rule"] = expiring(1)
    after["alicloud_oss_bucket"]["plain"]["lifecycle_rule"] = expiring(1)
    after["alicloud_oss_bucket"]["longer"]["lifecycle_rule"] = expiring(60)
    after["alicloud_oss_bucket"]["elsewhere"]["provider"] = "alicloud.hz"
    after["alicloud_oss_bucket_versioning"]["v"]["status"] = "Suspended"
    after["alicloud_nas_file_system"]["n"]["storage_type"] = "Capacity"
    after["alicloud_instance"]["i"]["image_id"] = "ubuntu_24_04_x64"
    after["alicloud_instance"]["same"]["description"] = "the archive"
    after["alicloud_db_instance"]["d"] |= {"deletion_protection": False, "instance_storage": 200}
    del after["alicloud_db_database"]
    after["alicloud_db_backup_policy"]["p"]["backup_retention_period"] = 7
    after["alicloud_log_store"]["l"]["retention_period"] = 180
    after["alicloud_ecs_disk"]["d"]["size"] = 200
    del after["alicloud_slb_load_balancer"]
    after["alicloud_ecs_auto_snapshot_policy"]["s"]["retention_days"] = 30
    del after["alicloud_ecs_auto_snapshot_policy"]["gone"]
    return after


@pytest.fixture(scope="module")
def there() -> Any:
    return reviewed({**document(BEFORE), "provider": PROVIDERS}, {**document(changed()), "provider": PROVIDERS})


@pytest.fixture(scope="module")
def back() -> Any:
    return reviewed({**document(changed()), "provider": PROVIDERS}, {**document(BEFORE), "provider": PROVIDERS})


def test_each_loss_is_said_by_address_and_by_what_goes(there: Any) -> None:
    assert there.problems == ()
    assert lost(there) == [
        "lower backup_retention_period of alicloud_db_backup_policy.p: backups older than the new period",
        "destroy alicloud_db_database.dcm: the database's content",
        "unprotect, by deletion_protection, alicloud_db_instance.d: alicloud_db_database.dcm, gone in the same change",
        "destroy alicloud_ecs_auto_snapshot_policy.gone: snapshots from then on",
        "lower retention_days of alicloud_ecs_auto_snapshot_policy.s: snapshots older than the new period",
        "change image_id of alicloud_instance.i: the system disk: the provider replaces it",
        "lower retention_period of alicloud_log_store.l: logs older than the new period",
        "replace alicloud_nas_file_system.n: all files of the file system",
        "point elsewhere alicloud_oss_bucket.elsewhere: objects of the bucket: it is sought in another place",
        "lower lifecycle_rule.expiration.days of alicloud_oss_bucket.images: objects older than 1 day",
        "lower lifecycle_rule.expiration.days of alicloud_oss_bucket.plain: objects older than 1 day",
        "stop versioning of alicloud_oss_bucket_versioning.v: later overwritten and deleted objects",
        "destroy alicloud_slb_load_balancer.b: what was protected by delete_protection",
    ]


def test_the_way_back_loses_only_what_is_lost_either_way(back: Any) -> None:
    assert back.problems == ()
    assert lost(back) == [
        "change image_id of alicloud_instance.i: the system disk: the provider replaces it",
        "replace alicloud_nas_file_system.n: all files of the file system",
        "point elsewhere alicloud_oss_bucket.elsewhere: objects of the bucket: it is sought in another place",
        "lower lifecycle_rule.expiration.days of alicloud_oss_bucket.longer: objects older than 30 days",
    ]


def test_a_protection_that_is_switched_off_is_said_and_one_that_comes_is_not(there: Any, back: Any) -> None:
    assert there.unprotected == ("alicloud_db_instance.d: deletion_protection",)
    assert "  Protection switched off\n    alicloud_db_instance.d: deletion_protection\n" in text([there])
    assert back.unprotected == ()


def held(name: str, *, prevented: bool, **more: Any) -> Document:
    body = {"load_balancer_name": name, "address_type": "intranet", "load_balancer_spec": "slb.s1.small", **more}
    return {**body, "lifecycle": {"prevent_destroy": True}} if prevented else body


def test_prevent_destroy_that_goes_is_said_and_what_goes_with_it_is_a_loss() -> None:
    before = {"alicloud_slb_load_balancer": {"a": held("a", prevented=True), "b": held("b", prevented=True)}}
    after = {"alicloud_slb_load_balancer": {"a": held("a", prevented=False)}}
    found = reviewed(document(before), document(after))
    assert lost(found) == ["destroy alicloud_slb_load_balancer.b: what was protected by prevent_destroy"]
    assert found.unprotected == ("alicloud_slb_load_balancer.a: prevent_destroy",)
    assert lost(reviewed(document(after), document(before))) == []


def test_what_is_imported_forgotten_and_moved_loses_nothing_and_is_said() -> None:
    buckets = {name: {"bucket": f"clinic-{name}"} for name in ("chain", "left", "one", "two")}
    before = document({"alicloud_oss_bucket": buckets, "alicloud_vpc": {"v": {"cidr_block": "10.0.0.0/8"}}})
    after = document(
        {
            "alicloud_vpc": {"v": {"cidr_block": "10.0.0.0/8"}},
            "alicloud_oss_bucket": {
                "last": {"bucket": "clinic-chain", "tags": {"team": "pacs"}},
                "images": {"bucket": "clinic-images"},
                "all": {"for_each": {"one": "1", "two": "2"}, "bucket": "clinic-${each.key}"},
            },
        },
        moved=[
            {"from": "alicloud_oss_bucket.chain", "to": "alicloud_oss_bucket.mid"},
            {"from": "alicloud_oss_bucket.mid", "to": "alicloud_oss_bucket.last"},
            {"from": "alicloud_oss_bucket.one", "to": 'alicloud_oss_bucket.all["one"]'},
            {"from": "alicloud_oss_bucket.two", "to": 'alicloud_oss_bucket.all["two"]'},
        ],
        removed=[{"from": "alicloud_oss_bucket.left", "lifecycle": [{"destroy": False}]}],
        **{"import": [{"to": "alicloud_oss_bucket.images", "id": "clinic-images"}]},
    )
    found = reviewed(before, after)
    assert lost(found) == []
    assert actions(found) == {
        "alicloud_oss_bucket.images": "import",
        "alicloud_oss_bucket.last": "update",
        "alicloud_oss_bucket.left": "forget",
    }
    said = text([found])
    assert said.startswith("s: 1 to import, 1 to update, 1 to forget\n")
    assert "  Left in the account, managed by nobody\n    alicloud_oss_bucket.left\n" in said
    assert (
        "  Imported, taken as holding what the configuration says: a plan with the account tells whether they do\n"
        "    alicloud_oss_bucket.images\n"
    ) in said
    assert "    update alicloud_oss_bucket.last, moved from alicloud_oss_bucket.chain\n      tags: nothing" in said


def test_removed_with_destroy_and_create_before_destroy_lose_data_as_without() -> None:
    before = document(
        {
            "alicloud_oss_bucket": {"a": {"bucket": "clinic-a"}},
            "alicloud_nas_file_system": {"n": {**NAS, "storage_type": "Performance"}},
        }
    )
    after = document(
        {
            "alicloud_nas_file_system": {
                "m": {**NAS, "storage_type": "Capacity", "lifecycle": {"create_before_destroy": True}}
            }
        },
        moved=[{"from": "alicloud_nas_file_system.n", "to": "alicloud_nas_file_system.m"}],
        removed=[{"from": "alicloud_oss_bucket.a", "lifecycle": {"destroy": True}}],
    )
    found = reviewed(before, after)
    assert lost(found) == [
        "replace alicloud_nas_file_system.m: all files of the file system",
        "destroy alicloud_oss_bucket.a: objects of the bucket",
    ]


def test_without_a_plan_imports_and_what_is_forgotten_are_still_said_and_not_destroyed() -> None:
    before = document({"alicloud_oss_bucket": {"a": {"bucket": "clinic-a"}}})
    after = document(
        {"alicloud_oss_bucket": {"i": {"bucket": "clinic-i"}}, "alicloud_vpc": {"v": {"no_such_argument": 1}}},
        removed=[{"from": "alicloud_oss_bucket.a", "lifecycle": {"destroy": False}}],
        **{"import": [{"to": "alicloud_oss_bucket.i", "id": "clinic-i"}]},
    )
    found = reviewed(before, after)
    assert found.problems[0] == "Terraform refuses the stack as it is after the change"
    assert lost(found) == []
    assert actions(found) == {
        "alicloud_oss_bucket.a": "forget",
        "alicloud_oss_bucket.i": "import",
        "alicloud_vpc.v": "create",
    }


def test_first_keys_periods_and_days_are_no_loss_and_taking_them_away_is_where_the_vendor_keeps_them_not() -> None:
    bare: Document = {
        "alicloud_db_instance": {"d": dict(DATABASE)},
        "alicloud_kvstore_instance": {"k": {"instance_class": "redis.master.small.default", "vswitch_id": "vsw-1"}},
        "alicloud_oss_bucket": {"b": {"bucket": "clinic-b"}},
        "alicloud_instance": {"l": {"launch_template_id": "lt-1"}},
        "alicloud_db_backup_policy": {"p": {"instance_id": "rm-1"}},
        "alicloud_polardb_cluster": {
            "p": {
                "db_type": "MySQL",
                "db_version": "8.0",
                "db_node_class": "polar.mysql.x4.medium",
                "vswitch_id": "vsw-1",
            }
        },
    }
    more: Document = {
        "alicloud_db_instance": {"d": {"encryption_key": "k-1", "sql_collector_status": "Enabled"}},
        "alicloud_kvstore_instance": {"k": {"encryption_key": "k-1", "backup_period": ["Monday"]}},
        "alicloud_oss_bucket": {
            "b": {"server_side_encryption_rule": [{"sse_algorithm": "KMS", "kms_master_key_id": "k-1"}]}
        },
        "alicloud_instance": {"l": {"image_id": "ubuntu_24_04_x64"}},
        "alicloud_db_backup_policy": {"p": {"backup_retention_period": 30, "preferred_backup_period": ["Monday"]}},
        "alicloud_polardb_cluster": {"p": {"encryption_key": "k-1"}},
    }
    full = {kind: {name: {**body, **more[kind][name]} for name, body in named.items()} for kind, named in bare.items()}
    found = reviewed(document(bare), document(full))
    assert (found.problems, lost(found), len(found.changes)) == ((), [], 6)
    assert lost(reviewed(document(full), document(bare))) == [
        "lower backup_retention_period of alicloud_db_backup_policy.p: backups older than the new period",
        "change server_side_encryption_rule.kms_master_key_id of alicloud_oss_bucket.b: what is encrypted with the old key, "
        "once that key goes",
        "change encryption_key of alicloud_polardb_cluster.p: what is encrypted with the old key, once that key goes",
    ]


def test_without_a_plan_what_nobody_wrote_before_is_no_lowering() -> None:
    bare = {"alicloud_db_backup_policy": {"p": {"instance_id": "rm-1", "no_such_argument": 1}}}
    said = {
        "alicloud_db_backup_policy": {"p": {**bare["alicloud_db_backup_policy"]["p"], "log_backup_retention_period": 7}}
    }
    found = reviewed(document(bare), document(said))
    assert found.problems != ()
    assert lost(found) == []


def test_without_a_plan_what_variables_and_locals_stand_for_is_judged_too() -> None:
    refused = {"project_name": "p", "logstore_name": "l", "retention_period": "${local.days}", "no_such_argument": 1}

    def kept(days: int) -> Document:
        held = {"alicloud_log_store": {"l": refused}}
        return document(held, variable={"days": {"default": days}}, locals={"days": "${var.days * 2}"})

    found = reviewed(kept(90), kept(30))
    assert found.problems != ()
    assert lost(found)[0] == "lower retention_period of alicloud_log_store.l: logs older than the new period"
    assert [(one.address, one.differences) for one in found.changes] == [("alicloud_log_store.l", ())]
    assert lost(reviewed(kept(30), kept(90))) == ["perhaps replace alicloud_log_store.l: logs"]
    assert reviewed(kept(30), kept(30)).changes == ()
