"""Quotas against what is added."""

from typing import Any

import pytest

from dicom_cdk.finding import Finding
from dicom_cdk.preflight.checks import quotas
from tests.account import market
from tests.account.vendor import Answer
from tests.preflight.asked import answered, stack

HOSTS = {"alicloud_instance": {name: {"instance_type": "ecs.g7.xlarge"} for name in "ab"}}


def attributes(most: list[dict[str, str]], used: list[dict[str, str]]) -> Answer:
    items = [
        {"AttributeName": name, "AttributeValues": {"ValueItem": values}}
        for name, values in ((quotas.MOST_VCPU, most), (quotas.USED_VCPU, used))
    ]
    return {"AccountAttributeItems": {"AccountAttributeItem": items}}


@pytest.mark.parametrize(
    ("most", "used", "verdict", "said"),
    [
        ([{"Value": "20"}], [{"Value": "12"}], "ok", "8 of 20 left, 8 are added"),
        ([{"Value": "20"}], [{"Value": "13"}], "lacks", "7 of 20 left, 8 are added"),
        ([{"Value": "4", "ZoneId": "z"}, {"Value": "20"}], [{"Value": "0"}], "ok", "20 of 20 left, 8 are added"),
        ([], [], "look", "the vendor tells no quota"),
    ],
)
def test_vcpus_are_counted_by_what_the_vendor_says_of_the_types(most: Any, used: Any, verdict: str, said: str) -> None:
    answers: dict[str, Answer] = {
        "DescribeAccountAttributes": attributes(most, used), "DescribeInstanceTypes": market.instance_types,
    }  # fmt: skip
    (found,) = answered(quotas.CHECK, stack(HOSTS), answers)
    assert (found.name, found.verdict, found.said) == ("vCPUs", verdict, said)


def test_hosts_that_are_subscriptions_take_none_of_it() -> None:
    prepaid = {"alicloud_instance": {"a": {"instance_type": "ecs.g7.xlarge", "instance_charge_type": "PrePaid"}}}
    assert answered(quotas.CHECK, stack(prepaid), {}) == []


def test_a_type_whose_cores_are_not_told_is_looked_at() -> None:
    answers: dict[str, Answer] = {
        "DescribeAccountAttributes": attributes([{"Value": "20"}], []), "DescribeInstanceTypes": {},
    }  # fmt: skip
    (found,) = answered(quotas.CHECK, stack(HOSTS), answers)
    assert (found.verdict, found.said) == ("look", "cores of ecs.g7.xlarge are not known")


def balancers(*pages: dict[str, Any]) -> Finding:
    left = list(pages)
    resources: dict[str, Any] = {"alicloud_slb_load_balancer": {"a": {}, "b": {}}}
    (found,) = answered(quotas.CHECK, stack(resources), {"ListProductQuotas": lambda _: left.pop(0)})
    return found


def quota(**changes: object) -> dict[str, Any]:
    one = {
        "QuotaActionCode": "slb_quota_instances_num",
        "TotalQuota": 60,
        "TotalUsage": 58,
        "Consumable": True,
        "Adjustable": True,
    }
    return {"Quotas": [{**one, **changes}]}


@pytest.mark.parametrize(
    ("answer", "verdict", "said", "do"),
    [
        (quota(), "ok", "2 of 60 left, 2 are added", ""),
        (
            quota(TotalUsage=59), "lacks", "1 of 60 left, 2 are added",
            "ask for more in Quota Center (slb, slb_quota_instances_num)",
        ),
        (quota(TotalUsage=60, Adjustable=False), "lacks", "0 of 60 left, 2 are added", "it cannot be raised: free some"),
        (quota(TotalUsage=60, Consumable=False), "ok", "60 of 60 left, 2 are added", ""),
        (quota(TotalQuota=None), "look", "Quota Center says no number", "compare 2 with Quota Center by hand"),
        (
            quota(QuotaActionCode="other"), "look", "Quota Center lists no slb_quota_instances_num of slb",
            "compare 2 with Quota Center by hand",
        ),
    ],
)  # fmt: skip
def test_a_quota_has_room_or_not(answer: dict[str, Any], verdict: str, said: str, do: str) -> None:
    found = balancers(answer)
    assert (found.name, found.verdict, found.said, found.do) == ("balancers", verdict, said, do)


def test_a_quota_on_a_later_page_is_found() -> None:
    assert balancers({**quota(QuotaActionCode="other"), "NextToken": "more"}, quota()).verdict == "ok"


def listed(*rows: dict[str, Any]) -> dict[str, Answer]:
    return {"ListProductQuotas": {"Quotas": list(rows)}}


def test_a_vpc_is_counted_by_its_region_s_own_quota_where_there_is_one() -> None:
    everywhere = {"QuotaActionCode": "vpc_quota_instances_num", "TotalQuota": 10, "TotalUsage": 10, "Consumable": True}
    here = {**everywhere, "QuotaActionCode": "vpc_quota_instances_num_cn-shanghai", "TotalQuota": 12}
    one = stack({"alicloud_vpc": {"v": {}}})
    (found,) = answered(quotas.CHECK, one, listed(everywhere, here))
    assert (found.name, found.verdict, found.said) == ("VPCs", "ok", "2 of 12 left, 1 are added")
    (found,) = answered(quotas.CHECK, one, listed(everywhere))
    assert (found.verdict, found.said) == ("lacks", "0 of 10 left, 1 are added")
    (found,) = answered(quotas.CHECK, one, listed())
    assert found.said == "Quota Center lists no vpc_quota_instances_num of vpc"


@pytest.mark.parametrize(
    ("rows", "verdict", "said"),
    [
        ([{"QuotaActionCode": "a", "QuotaName": "Rules of a security group", "TotalQuota": 3}], "ok", "3 a group, the most is 3"),
        (
            [{"QuotaActionCode": "q_security-group_rules", "TotalQuota": 2}], "lacks",
            "2 a group, alicloud_security_group.a gets 3",
        ),
        (
            [{"QuotaActionCode": "q_security-groups", "TotalQuota": 1}], "look",
            "Quota Center lists none, alicloud_security_group.a gets 3",
        ),
    ],
)  # fmt: skip
def test_the_rules_of_the_largest_group_are_compared_with_what_a_group_takes(
    rows: list[dict[str, Any]], verdict: str, said: str
) -> None:
    of_a, of_b = ({"security_group_id": f"${{alicloud_security_group.{name}.id}}"} for name in "ab")
    rules = {"one": of_a, "two": of_a, "three": of_a, "four": of_b}
    resources = {"alicloud_security_group": {"a": {}, "b": {}}, "alicloud_security_group_rule": rules}
    groups = {"QuotaActionCode": "q_security-groups", "TotalQuota": 9, "Consumable": False}
    found = {one.name: one for one in answered(quotas.CHECK, stack(resources), listed(groups, *rows))}
    assert (found[quotas.RULES].verdict, found[quotas.RULES].said) == (verdict, said)


def test_rules_for_a_group_of_another_stack_are_counted_too() -> None:
    rules = {"one": {"security_group_id": "sg-elsewhere"}}
    (found,) = answered(quotas.CHECK, stack({"alicloud_security_group_rule": rules}), listed())
    assert found.said == "Quota Center lists none, sg-elsewhere gets 1"
