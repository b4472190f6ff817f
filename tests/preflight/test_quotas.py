"""Quotas against what is added."""

from typing import Any

import pytest

from dicom_cdk.finding import Finding
from dicom_cdk.preflight import quotas
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
