"""What the provider refuses, when, and how often it says so: unknown parts, nulls, timeouts, several mistakes in one place."""

from typing import Any

import pytest

from dicom_cdk.offline.diagnostics import Diagnostic
from dicom_cdk.offline.validation.nulls import null_elements
from dicom_cdk.offline.validation.walk import validate
from dicom_cdk.offline.values import holds_unknown
from tests.offline import terraform_core as core
from tests.offline.asking import plan, planned
from tests.offline.reading.applying import applied
from tests.offline.replay import described, facts_of

UNKNOWN = "${terraform_data.u.output}"
HOST = {
    "image_id": "i",
    "instance_type": "ecs.g6.large",
    "security_groups": ["sg-1"],
    "vswitch_id": "v-1",
}
GROUP = "alicloud_slb_master_slave_server_group"
BESIDE = {"load_balancer_id": "l", "name": "g"}
OTHER = {"server_id": "b", "port": 1}


def judged(kind: str, config: dict[str, Any]) -> list[Diagnostic]:
    decoded = core.decode(facts_of("managed", kind).schema["block"], config)
    assert decoded.findings == []
    return validate(described("managed", kind), decoded.value)


def said(kind: str, config: dict[str, Any]) -> list[tuple[bool, str]]:
    return [(one.warning, one.kind) for one in judged(kind, config)]


@pytest.mark.parametrize(
    ("kind", "config", "mistake"),
    [
        ("alicloud_instance", {**HOST, "data_disks": [{"size": UNKNOWN, "category": "bogus"}]}, "bad_value"),
        ("alicloud_instance", {**HOST, "data_disks": [{"size": 20}, {"size": UNKNOWN, "category": "bogus"}]}, "bad_value"),
        ("alicloud_instance", {**HOST, "data_disks": [{"category": "bogus", "size": 20, "name": UNKNOWN}]}, "bad_value"),
        ("alicloud_vpc", {"secondary_cidr_blocks": [UNKNOWN, "10.0.0.1/8"], "dns_hostname_status": "ENABLED"}, None),
        (GROUP, {**BESIDE, "servers": [{"server_id": "", "port": UNKNOWN, "weight": 999}, OTHER]}, "bad_value"),
        (GROUP, {**BESIDE, "servers": [{"server_id": "a", "port": UNKNOWN}]}, "too_few"),
    ],
)  # fmt: skip
def test_a_mistake_beside_something_unknown_is_a_warning(
    kind: str, config: dict[str, Any], mistake: str | None
) -> None:
    found = judged(kind, config)
    assert [one for one in found if not one.warning] == []
    if mistake:
        (one,) = [one for one in found if one.kind == mistake]
        assert one.detail.endswith("accepted as long as something beside it is unknown, and refused at apply.")


def test_the_same_mistake_is_refused_where_all_is_known() -> None:
    config = {**HOST, "data_disks": [{"size": 20, "category": "bogus"}]}
    assert said("alicloud_instance", config) == [(False, "bad_value")]


def test_of_too_few_elements_none_is_looked_at() -> None:
    servers = {**BESIDE, "servers": [{"server_id": "a", "port": 99999, "is_backup": 1}]}
    assert said(GROUP, servers) == [(False, "too_few")]


def test_an_unknown_value_of_an_old_name_is_warned_of_once() -> None:
    assert said("alicloud_vpc", {"name": UNKNOWN, "cidr_block": "10.0.0.0/8"}) == [(True, "deprecated")]
    assert said("alicloud_cms_alarm", {"dimensions": {"a": UNKNOWN}, **ALARM}) == [(True, "deprecated")]


ALARM = {"metric": "m", "name": "n", "project": "p", "contact_groups": ["g"]}


def test_who_is_refused_for_two_names_is_not_told_of_their_age() -> None:
    found = said("alicloud_ecs_disk", {"zone_id": "z", "availability_zone": "z"})
    assert found == [(False, "conflict"), (False, "conflict")]


def test_an_empty_list_is_given_and_a_block_of_no_elements_is_not() -> None:
    role = {"role_name": "r", "document": "{}"}
    assert said("alicloud_ram_role", {**role, "services": []}).count((False, "conflict")) == 2
    cluster = {
        "vpc_id": "v",
        "node_count": 1,
        "name": "n",
        "cluster_id": "c",
        "instance_types": ["t"],
        "vswitch_ids": ["v"],
    }
    assert (False, "conflict") in said("alicloud_cs_kubernetes_node_pool", {**cluster, "instances": []})
    assert (False, "conflict") not in said(
        "alicloud_sae_application", {**APPLICATION, "readiness": "{}", "readiness_v2": []}
    )


APPLICATION = {"app_name": "a", "package_type": "Image", "replicas": 1}


def test_a_number_outside_every_range_is_said_for_each_range() -> None:
    found = judged("alicloud_nat_gateway", {"vpc_id": "v", "payment_type": "Subscription", "period": 10})
    assert [one.kind for one in found] == ["bad_value", "bad_value"]
    assert len({one.detail for one in found}) == 2
    assert all(" or " in one.detail for one in found)


def test_a_null_in_a_list_or_a_set_is_refused_at_plan_at_any_depth() -> None:
    assert planned("alicloud_vpc", None, {"cidr_block": "10.0.0.0/8", "secondary_cidr_blocks": [None]}) == [
        "Null value found in list: secondary_cidr_blocks: got null as an element, allowed: values; leave it out, or use compact()."
    ]
    versions = {"bucket": "b", "enable": True, "tls_versions": ["TLSv1.2", None]}
    assert len(planned("alicloud_oss_bucket_https_config", None, versions)) == 1
    deep = {"a": [{"b": {"c": [None, ["x", None]]}}]}
    assert [one.path for one in null_elements(deep)] == [("a", 0, "b", "c"), ("a", 0, "b", "c", 1)]
    assert null_elements({"a": None, "b": {"c": None}, "d": []}) == []


def test_of_a_data_source_with_a_null_in_a_list_nothing_else_is_said() -> None:
    decoded = core.decode(
        facts_of("data", "alicloud_slb_acls").schema["block"], {"ids": ["a", None], "name_regex": "("}
    )
    found = validate(described("data", "alicloud_slb_acls"), decoded.value)
    assert [one.summary for one in found] == ["Null value found in list"]


def test_a_null_in_a_map_vanishes() -> None:
    vpc = {"cidr_block": "10.0.0.0/8", "tags": {"l": None, "team": "x"}}
    assert plan("alicloud_vpc", None, vpc)["tags"] == {"team": "x"}
    prior = {**plan("alicloud_vpc", None, {"cidr_block": "10.0.0.0/8"}), "id": "vpc-1", "tags": {"l": "old"}}
    prior = {key: None if holds_unknown(part) else part for key, part in prior.items()}
    assert plan("alicloud_vpc", prior, vpc)["tags"] == {"team": "x"}
    assert plan("alicloud_vpc", {**prior, "tags": {"team": "x"}}, vpc)["tags"] == {"team": "x"}


def test_a_map_of_nulls_alone_is_a_map_of_nothing() -> None:
    vpc = {"cidr_block": "10.0.0.0/8"}
    assert plan("alicloud_vpc", None, {**vpc, "tags": {"l": None}}) == plan("alicloud_vpc", None, {**vpc, "tags": {}})


def test_a_bad_timeout_is_refused_only_with_another_change() -> None:
    key = {"user_name": "u", "status": "Active"}
    prior = {"id": "k", **dict.fromkeys(facts_of("managed", "alicloud_ram_access_key").schema["block"]["attributes"])}
    prior |= {"id": "k", "user_name": "u", "status": "Active", "timeouts": None}
    bad = {"timeouts": {"delete": "abc-def"}}
    assert planned("alicloud_ram_access_key", prior, {**key, **bad}) == []
    assert plan("alicloud_ram_access_key", prior, {**key, **bad}) == prior
    wrong = ["Invalid timeout: timeouts.delete: got 'abc-def', allowed: a duration such as 10m."]
    assert planned("alicloud_ram_access_key", prior, {**key, "status": "Inactive", **bad}) == wrong
    assert planned("alicloud_ram_access_key", None, {**key, **bad}) == wrong


def test_a_bad_timeout_is_refused_beside_a_difference_that_ends_as_no_change() -> None:
    trail = {"trail_name": "t", "oss_bucket_name": "b"}
    bad, off = {"timeouts": {"update": "soon"}}, {"is_organization_trail": False}
    prior = applied("alicloud_actiontrail_trail", trail).value
    assert plan("alicloud_actiontrail_trail", prior, {**trail, **off}) == prior
    assert planned("alicloud_actiontrail_trail", prior, {**trail, **bad}) == []
    assert len(planned("alicloud_actiontrail_trail", prior, {**trail, **off, **bad})) == 1
    assert len(planned("alicloud_actiontrail_trail", prior, {**trail, "trail_name": "u", **bad})) == 1
