"""CLB's pairs of zones."""

import pytest

from dicom_cdk.preflight import balancers
from tests.account.market import balancer_pairs
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
    (found,) = answered(balancers.CHECK, stack(resources), {"DescribeAvailableResource": balancer_pairs(*pairs)})
    assert (found.name, found.verdict, found.said, found.do) == (
        "balancer in cn-shanghai-l and cn-shanghai-g", verdict, said, do,
    )  # fmt: skip


def test_a_balancer_that_names_no_zone_is_looked_at() -> None:
    (found,) = answered(balancers.CHECK, stack({"alicloud_slb_load_balancer": {"a": {}}}), {})
    assert (found.verdict, found.name) == ("look", "alicloud_slb_load_balancer.a")
