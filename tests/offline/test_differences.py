"""What is a change and what is none, where the provider's SDK compares texts: empty values, empty elements, unknown collections."""

from typing import Any

import pytest

from tests.offline.asking import plan
from tests.offline.reading.applying import edited

VPC = {"cidr_block": "10.0.0.0/8"}
QUOTA = {"desire_value": 1, "product_code": "p", "quota_action_code": "q", "reason": "r"}
UNKNOWN = "${terraform_data.u.output}"


def tagged(before: dict[str, Any], after: dict[str, Any]) -> tuple[list[str], Any]:
    change = edited("alicloud_vpc", {**VPC, "tags": before}, {**VPC, "tags": after})
    return change.actions, change.after["tags"]


@pytest.mark.parametrize(
    ("before", "after"),
    [({"a": "x"}, {"a": "x", "b": ""}), ({"a": "", "b": "x"}, {"b": "x"}), ({"a": ""}, {"b": ""}), ({}, {"a": ""})],
)
def test_a_tag_of_no_text_that_comes_or_goes_is_a_change(before: dict[str, str], after: dict[str, str]) -> None:
    assert tagged(before, after) == (["update"], after)


def test_a_tag_of_no_text_that_stays_is_none_and_one_of_null_is_no_tag() -> None:
    assert tagged({"a": ""}, {"a": "", "b": None}) == (["no-op"], {"a": ""})
    assert tagged({"a": ""}, {"a": None}) == (["update"], {})


@pytest.mark.parametrize("rest", [[], [{"key": "a", "value": "b"}]])
def test_an_element_of_a_set_that_holds_empty_texts_goes_when_it_is_taken_away(rest: list[dict[str, Any]]) -> None:
    before = {**QUOTA, "dimensions": [{"key": "", "value": ""}, *rest]}
    change = edited("alicloud_quotas_quota_application", before, {**QUOTA, "dimensions": rest})
    assert change.after["dimensions"] == rest
    assert change.replace_paths == [["dimensions"]]
    assert edited("alicloud_quotas_quota_application", before, before).actions == ["no-op"]


def test_an_element_of_a_set_that_says_nothing_stands_beside_one_of_zeros() -> None:
    address: dict[str, Any] = {
        "type": "IPv4",
        "address": "10.0.0.1",
        "name": "n",
        "health_judgement": "any_ok",
        "enable_status": "enable",
    }
    address |= {"available_mode": "auto", "health_tasks": [{"port": 0, "template_id": ""}, {}]}
    planned = plan("alicloud_alidns_cloud_gtm_address", None, address)["health_tasks"]
    assert [one["port"] for one in planned] == [0, None]


def test_an_unknown_list_in_a_block_is_no_change_where_it_was_empty() -> None:
    def bucket(referers: Any) -> dict[str, Any]:
        return {"bucket": "b", "referer_config": [{"allow_empty": True, "referers": referers}]}

    assert edited("alicloud_oss_bucket", bucket([]), bucket(UNKNOWN)).actions == ["no-op"]
    assert edited("alicloud_oss_bucket", bucket([]), bucket(["a", UNKNOWN])).actions == ["no-op"]
    assert edited("alicloud_oss_bucket", bucket(["a"]), bucket(UNKNOWN)).actions == ["update"]
