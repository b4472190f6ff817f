"""The nearest host type, and what is to be pasted."""

from dicom_cdk.policy.document import Resource
from dicom_cdk.preflight.nearest import nearest
from dicom_cdk.preflight.paste import pasted
from tests.account import market
from tests.account.vendor import Answer, error
from tests.preflight.asked import asker

SOLD = ["ecs.c7.xlarge", "ecs.g8i.xlarge", "ecs.g7.large", "ecs.s6-c1m2.large"]


def near(kind: str, sold: list[str], answer: Answer = market.instance_types) -> list[str]:
    return nearest(asker({"DescribeInstanceTypes": answer}), kind, sold)


def test_it_has_no_fewer_cores_and_no_less_memory() -> None:
    assert near("ecs.g7.xlarge", SOLD) == ["ecs.g8i.xlarge"], "c7.xlarge has half the memory"
    assert near("ecs.s6-c1m2.large", ["ecs.g7.large"]) == ["ecs.g7.large"]


def test_a_type_of_unknown_size_has_no_neighbour() -> None:
    assert near("ecs.h9.xlarge", SOLD) == []
    assert near("ecs.g7.xlarge", []) == []
    assert near("ecs.g7.xlarge", SOLD, error("NoPermission")) == []


def test_what_is_pasted_is_the_setting_that_the_argument_comes_from() -> None:
    host = Resource("alicloud_instance.a", "alicloud_instance", "a", {}, "archive/host/instance")
    assert pasted(host, "instance_type", "ecs.g8i.xlarge") == "archive: {instance_type: ecs.g8i.xlarge}"
    database = Resource("alicloud_db_instance.a", "alicloud_db_instance", "a", {}, "database/instance")
    assert pasted(database, "engine_version", "14.0") == 'database: {engine_version: "14.0"}'
    assert pasted(database, "instance_storage", 1500) == "database: {storage_gb: 1500}"
    assert pasted(Resource("alicloud_instance.a", "alicloud_instance", "a", {}), "instance_type", "x") == ""
