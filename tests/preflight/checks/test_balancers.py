"""CLB's pairs of zones, and how it is paid."""

import pytest

from dicom_cdk.preflight.checks import balancers
from tests.account import market
from tests.account.market import balancer_pairs
from tests.account.vendor import Answer, error
from tests.preflight.asked import answered, stack

BALANCER = {"master_zone_id": "cn-shanghai-l", "slave_zone_id": "cn-shanghai-g", "address_type": "intranet"}


@pytest.mark.parametrize(
    ("pairs", "verdict", "said", "do"),
    [
        ([("cn-shanghai-l", "cn-shanghai-g")], "ok", "sold", ""),
        (
            [("cn-shanghai-l", "cn-shanghai-b")],
            "lacks",
            "not sold as a pair",
            "standby zones for cn-shanghai-l: cn-shanghai-b",
        ),
        ([("cn-shanghai-g", "cn-shanghai-l")], "lacks", "cn-shanghai-l is no main zone", "main zones: cn-shanghai-g"),
        ([], "lacks", "cn-shanghai-l is no main zone", "main zones: none"),
    ],
)
def test_a_pair_is_sold_or_what_is_sold_instead_is_told(
    pairs: list[tuple[str, str]], verdict: str, said: str, do: str
) -> None:
    resources = {"alicloud_slb_load_balancer": {"a": BALANCER, "b": BALANCER}}
    answers: dict[str, Answer] = {**market.good(), "DescribeAvailableResource 2014-05-15": balancer_pairs(*pairs)}
    found, as_paid = answered(balancers.CHECK, stack(resources), answers)
    assert as_paid.name == "intranet balancer, PayAsYouGo", "once for both"
    assert (found.name, found.verdict, found.said, found.do) == (
        "balancer in cn-shanghai-l and cn-shanghai-g", verdict, said, do,
    )  # fmt: skip


def test_a_balancer_that_names_no_zone_is_looked_at() -> None:
    found = answered(balancers.CHECK, stack({"alicloud_slb_load_balancer": {"a": {}}}), market.good())[0]
    assert (found.verdict, found.name) == ("look", "alicloud_slb_load_balancer.a")


@pytest.mark.parametrize(
    ("answers", "verdict", "said"),
    [
        ({}, "ok", "has a price in cn-shanghai"),
        (
            {"GetFeatureDetails": {}},
            "look",
            "no price of it in cn-shanghai, so not known to be sold so (NotPriced: ROS prices no alicloud_slb_load_balancer)",
        ),
        ({"GetTemplateEstimateCost": error("Forbidden.RAM", "not you", 403)}, "unasked", "Forbidden.RAM: not you"),
    ],
)
def test_a_balancer_that_is_paid_by_use_has_a_price_so_or_is_looked_up(
    answers: dict[str, Answer], verdict: str, said: str
) -> None:
    resources = {"alicloud_slb_load_balancer": {"a": {**BALANCER, "instance_charge_type": "PayByCLCU"}}}
    _, found = answered(balancers.CHECK, stack(resources), {**market.good(), **answers})
    assert (found.name, found.verdict, found.said) == ("intranet balancer, PayByCLCU", verdict, said)
