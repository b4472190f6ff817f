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


@pytest.mark.parametrize(
    ("inputs", "planned"),
    [
        ([{"type": "file", "mode": None}], [{"type": "file"}]),
        ([{"type": "file"}, {"mode": "", "path": "/a"}], [{"type": "file"}, {"path": "/a"}]),
        ([{"type": "file"}, {"path": UNKNOWN}], [{"type": "file"}, None]),
    ],
)
def test_maps_in_a_list_lose_what_is_null_or_empty_and_are_unknown_one_by_one(inputs: Any, planned: Any) -> None:
    pipeline = {"project": "p", "config_name": "c", "flushers": [{"type": "sls"}]}
    kind, first = "alicloud_sls_logtail_pipeline_config", {**pipeline, "inputs": [{"type": "file"}]}
    change = edited(kind, first, {**pipeline, "inputs": inputs})
    assert change.after["inputs"] == planned
    assert edited(kind, first, {**pipeline, "inputs": [{"type": "file", "mode": None}]}).actions == ["no-op"]


def test_an_unknown_list_beside_an_element_that_says_nothing_is_a_change() -> None:
    def group(*policies: dict[str, Any]) -> dict[str, Any]:
        return {"az": "z", "cluster_id": "c", "node_group_name": "n", "machine_type": "m", "image_id": "i"} | {
            "ip_allocation_policy": list(policies)
        }

    dynamic = {"dynamic": {"node_policy": {"for_each": UNKNOWN, "content": {}}}}
    change = edited("alicloud_eflo_node_group", group({}, {}), group({}, dynamic))
    assert [one["node_policy"] for one in change.after_unknown["ip_allocation_policy"]] == [[], True]
