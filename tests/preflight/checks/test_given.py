"""What a stack takes as given: looked at by its id or name, and compared with what the stack says of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan.stack import Stack
from dicom_cdk.preflight.check import Target
from dicom_cdk.preflight.checks import given
from tests.account.vendor import Answer, error
from tests.preflight.asked import answered, stack

Json = dict[str, Any]


def found(resources: Json, answers: dict[str, Answer]) -> tuple[str, str, str]:
    (one,) = answered(given.CHECK, stack(resources), answers)
    return one.verdict, one.said, one.do


def test_a_stack_that_makes_all_itself_is_asked_nothing() -> None:
    made = {"alicloud_vpc": {"v": {}}, "alicloud_vswitch": {"s": {"vpc_id": "${alicloud_vpc.v.id}"}}}
    assert not given.CHECK.concerns(stack(made))
    assert given.CHECK.concerns(stack({"alicloud_security_group": {"g": {"vpc_id": "vpc-bp1x"}}}))


@pytest.mark.parametrize(
    ("rows", "verdict", "said"),
    [
        ([{"VpcId": "vpc-bp1x", "Status": "Available", "CidrBlock": "10.0.0.0/16"}], "ok", "there, 10.0.0.0/16"),
        ([{"VpcId": "vpc-bp1x", "Status": "Pending"}], "lacks", "Pending"),
        ([{"VpcId": "vpc-other"}], "lacks", "not in cn-shanghai of this account"),
        ([], "lacks", "not in cn-shanghai of this account"),
    ],
)
def test_a_vpc_is_there_or_not(rows: list[Json], verdict: str, said: str) -> None:
    group = {"alicloud_security_group": {"g": {"vpc_id": "vpc-bp1x"}}}
    assert found(group, {"DescribeVpcs": {"Vpcs": {"Vpc": rows}}})[:2] == (verdict, said)


def host(**more: str) -> Json:
    return {
        "alicloud_instance": {
            "h": {"vswitch_id": "vsw-bp1l", "availability_zone": "cn-shanghai-l", "private_ip": "10.0.1.5", **more}
        }
    }


def vswitch(**changes: str) -> dict[str, Answer]:
    row = {"VSwitchId": "vsw-bp1l", "VpcId": "vpc-bp1x", "ZoneId": "cn-shanghai-l", "CidrBlock": "10.0.1.0/24"}
    return {"DescribeVSwitches": {"VSwitches": {"VSwitch": [{**row, **changes}]}}}


@pytest.mark.parametrize(
    ("changes", "verdict", "said"),
    [
        ({"AvailableIpAddressCount": "7"}, "ok", "there, in cn-shanghai-l, 10.0.1.0/24, 7 addresses left"),
        ({"ZoneId": "cn-shanghai-b"}, "lacks", "it is in cn-shanghai-b, the stack says cn-shanghai-l"),
        ({"CidrBlock": "10.9.0.0/24"}, "lacks", "it has 10.9.0.0/24, the stack's 10.0.1.5 is outside"),
        ({"VSwitchId": "vsw-other"}, "lacks", "not in cn-shanghai of this account"),
    ],
)
def test_a_vswitch_is_where_the_stack_says_and_holds_its_addresses(
    changes: dict[str, str], verdict: str, said: str
) -> None:
    assert found(host(), vswitch(**changes))[:2] == (verdict, said)


def test_a_vswitch_of_another_vpc_is_told() -> None:
    resources = host() | {"alicloud_security_group": {"g": {"vpc_id": "vpc-mine"}}}
    answers = vswitch() | {"DescribeVpcs": {"Vpcs": {"Vpc": [{"VpcId": "vpc-mine"}]}}}
    told = {one.name: one for one in answered(given.CHECK, stack(resources), answers)}
    assert told["vSwitch vsw-bp1l"].said == "it is in vpc-bp1x, the stack says vpc-mine"


def test_of_a_database_each_vswitch_has_its_own_zone() -> None:
    database = {"vswitch_id": "vsw-bp1l,vsw-bp1g", "zone_id": "cn-shanghai-l", "zone_id_slave_a": "cn-shanghai-g"}
    target = stack({"alicloud_db_instance": {"d": database}})
    assert given.ids(target) == {"vsw": ["vsw-bp1g", "vsw-bp1l"]}
    assert given.zones(target, "vsw-bp1l") == {"cn-shanghai-l"}
    assert given.zones(target, "vsw-bp1g") == {"cn-shanghai-g"}


@pytest.mark.parametrize(
    ("answer", "verdict", "said"),
    [
        ({"KeyMetadata": {"KeyState": "Enabled", "KeySpec": "Aliyun_AES_256"}}, "ok", "enabled, Aliyun_AES_256"),
        ({"KeyMetadata": {"KeyState": "PendingDeletion"}}, "lacks", "it is PendingDeletion"),
        (
            {"KeyMetadata": {"KeyState": "Enabled", "KeySpec": "RSA_2048"}},
            "lacks",
            "it is of kind RSA_2048: disks, database and buckets take a symmetric one",
        ),
        (error("Forbidden.KeyNotFound", status=404), "lacks", "not in KMS of cn-shanghai (Forbidden.KeyNotFound)"),
        (error("Forbidden.RAM", status=403), "unasked", "Forbidden.RAM: no"),
    ],
)
def test_a_key_is_enabled_and_symmetric(answer: Answer, verdict: str, said: str) -> None:
    disk = {"alicloud_ecs_disk": {"d": {"kms_key_id": "key-hzz0example"}}}
    told = found(disk, {"DescribeKey": answer})
    assert told[0] == verdict
    assert said in told[1]


@pytest.mark.parametrize(
    ("rows", "verdict", "said"),
    [
        (
            [{"InstanceId": "cri-x1y", "InstanceStatus": "RUNNING", "InstanceSpecification": "Enterprise_Basic"}],
            "ok", "there, edition Enterprise_Basic",
        ),
        ([{"InstanceId": "cri-x1y", "InstanceStatus": "STOPPED"}], "lacks", "it is STOPPED"),
        ([{"InstanceId": "cri-other"}], "lacks", "no instance of this account and region"),
    ],
)  # fmt: skip
def test_a_registry_is_there_and_runs(rows: list[Json], verdict: str, said: str) -> None:
    app = {"alicloud_sae_application": {"a": {"acr_instance_id": "cri-x1y"}}}
    assert found(app, {"ListInstance": {"Instances": rows}})[:2] == (verdict, said)


@pytest.mark.parametrize(
    ("answer", "verdict", "said"),
    [
        ({"Location": "oss-cn-shanghai"}, "ok", "there, in cn-shanghai"),
        (error("NoSuchBucket", status=404), "lacks", "there is none of this name"),
        (error("AccessDenied", status=403), "look", "this key may not look at it"),
        (error("InternalError", status=500), "unasked", "InternalError: no"),
    ],
)
def test_a_bucket_that_the_stack_reads_and_does_not_make_is_there(answer: Answer, verdict: str, said: str) -> None:
    step = {"parameters": {"values": '${jsonencode({"sql_bucket" = "hospital-sql", "sql_key" = "a.zip"})}'}}
    assert found({"alicloud_ecs_invocation": {"s": step}}, {"GetBucketInfo": answer})[:2] == (verdict, said)


def test_the_state_s_bucket_is_one_unless_this_stack_makes_it() -> None:
    target = stack({"alicloud_oss_bucket": {"b": {"bucket": "made-here"}}})
    target.stack.document["terraform"] = {"backend": {"oss": {"bucket": "state-elsewhere"}}}
    assert given.buckets(target) == ["state-elsewhere"]
    target.stack.document["terraform"] = {"backend": {"oss": {"bucket": "made-here"}}}
    assert given.buckets(Target(target.stack)) == []


def test_a_key_of_another_region_is_not_sought_in_this_one() -> None:
    bucket = {"alicloud_oss_bucket": {"b": {"kms_key_id": "key-elsewhere", "provider": "alicloud.recovery"}}}
    assert given.ids(stack(bucket, elsewhere="cn-beijing")) == {}


def test_a_name_that_looks_like_an_id_is_none() -> None:
    assert given.ids(stack({"alicloud_vpc": {"v": {"vpc_name": "vpc-clinic"}}})) == {}
    disks = {"system_disk": [{"kms_key_id": "key-hzz0example"}], "encryption_key": "key-other0"}
    assert given.ids(stack({"alicloud_instance": {"h": disks}})) == {"key": ["key-hzz0example", "key-other0"]}


def test_the_state_s_bucket_that_the_bootstrap_makes_is_no_lack(tmp_path: Path) -> None:
    (tmp_path / "clinic-bootstrap").mkdir()
    made = {"resource": {"alicloud_oss_bucket": {"state": {"bucket": "clinic-tfstate"}}}}
    (tmp_path / "clinic-bootstrap/cdk.tf.json").write_text(json.dumps(made))
    site = {"terraform": {"backend": {"oss": {"bucket": "clinic-tfstate"}}}, "resource": {"alicloud_vpc": {"v": {}}}}
    assert given.buckets(Target(Stack(tmp_path / "clinic", site))) == []
    assert given.buckets(Target(Stack(tmp_path / "other", site))) == ["clinic-tfstate"]
