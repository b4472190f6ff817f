"""Instance types in their zones."""

from collections.abc import Mapping

import pytest

from dicom_cdk.finding import Finding
from dicom_cdk.preflight.checks import hosts
from tests.account.market import available_resource, instance_types
from tests.account.vendor import Answer
from tests.preflight.asked import answered, stack

HOST = {"instance_type": "ecs.g7.xlarge", "availability_zone": "cn-shanghai-l"}


def told(sold: Mapping[str, Mapping[str, str]], **changes: str) -> list[Finding]:
    answers: dict[str, Answer] = {
        "DescribeAvailableResource": available_resource(sold), "DescribeInstanceTypes": instance_types,
    }  # fmt: skip
    return answered(hosts.CHECK, stack({"alicloud_instance": {"a": {**HOST, **changes}}}), answers)


@pytest.mark.parametrize(
    ("here", "verdict", "said"),
    [
        ({"ecs.g7.xlarge": "WithStock"}, "ok", "sold"),
        ({"ecs.g7.xlarge": "ClosedWithStock"}, "look", "sold, but the vendor refills no stock"),
        ({"ecs.g7.xlarge": "WithoutStock"}, "lacks", "sold out"),
        ({}, "lacks", "not sold there"),
    ],
)
def test_stock_decides(here: Mapping[str, str], verdict: str, said: str) -> None:
    (found,) = told({"cn-shanghai-l": here})
    assert (found.name, found.verdict, found.said) == ("ecs.g7.xlarge in cn-shanghai-l", verdict, said)


def test_zones_that_sell_it_are_named() -> None:
    good, out = {"ecs.g7.xlarge": "WithStock"}, {"ecs.g7.xlarge": "WithoutStock"}
    (found,) = told({"cn-shanghai-l": {}, "cn-shanghai-b": good, "cn-shanghai-m": out})
    assert found.do == "zones that sell it: cn-shanghai-b"
    (found,) = told({"cn-shanghai-l": {}})
    assert found.do == "no zone of the region sells it"


def test_the_zone_is_the_vswitch_s_where_the_host_says_none() -> None:
    resources = {
        "alicloud_vswitch": {"v": {"zone_id": "cn-shanghai-g"}},
        "alicloud_instance": {"a": {"instance_type": "ecs.g7.large", "vswitch_id": "${alicloud_vswitch.v.id}"}},
    }
    sold = {"cn-shanghai-g": {"ecs.g7.large": "WithStock"}}
    (found,) = answered(hosts.CHECK, stack(resources), {"DescribeAvailableResource": available_resource(sold)})
    assert (found.name, found.verdict) == ("ecs.g7.large in cn-shanghai-g", "ok")


def test_what_is_known_after_apply_only_is_said_and_not_asked() -> None:
    (found,) = told({}, instance_type="${data.alicloud_instance_types.x.ids[0]}")
    assert (found.name, found.verdict, found.said) == (
        "alicloud_instance.a",
        "look",
        "type or zone is known after apply only",
    )


def test_the_nearest_type_that_the_zone_sells_is_told_as_yaml_to_paste() -> None:
    body = {**HOST, "//": {"metadata": {"path": "clinic/archive/host/instance"}}}
    sold = {
        "cn-shanghai-l": {"ecs.g8i.xlarge": "WithStock", "ecs.c7.xlarge": "WithStock", "ecs.g7.large": "WithoutStock"}
    }
    answers: dict[str, Answer] = {
        "DescribeAvailableResource": available_resource(sold), "DescribeInstanceTypes": instance_types,
    }  # fmt: skip
    (found,) = answered(hosts.CHECK, stack({"alicloud_instance": {"a": body}}), answers)
    assert found.do == "no zone of the region sells it; nearest types that cn-shanghai-l sells: ecs.g8i.xlarge"
    assert found.paste == "archive: {instance_type: ecs.g8i.xlarge}"
