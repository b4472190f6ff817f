"""Whose way in ends, and what they need before it does."""

from pathlib import Path
from typing import Any

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import Document, of_stack
from dicom_cdk.review.ways_in.access import ended_ways, new_ways_to_archives, widened_rules

HERE = "${alicloud_security_group.web.id}"


def site(*cidrs: str, filtered: bool = False, port: int = 8080, group: str = "") -> Document:
    """An archive on SAE whose group lets these networks in, with or without a filter beside it."""
    rule = {"type": "ingress", "ip_protocol": "tcp", "port_range": f"{port}/{port}", "security_group_id": HERE}
    rules: dict[str, Any] = {f"r{number}": {**rule, "cidr_ip": cidr} for number, cidr in enumerate(cidrs)}
    if group:
        rules["g"] = {**rule, "source_security_group_id": group}
    applications: dict[str, Any] = {"web": {"image_url": "x/dcm4chee-arc-psql:1", "security_group_id": HERE}}
    if filtered:
        applications["filter"] = {"image_url": "x/nginx:1", "envs": '[{"name":"DICOM_SIDE","value":"intranet"}]'}
    resources = {
        "alicloud_security_group": {"web": {"security_group_name": "web"}},
        "alicloud_sae_application": applications,
        "alicloud_security_group_rule": rules,
    }
    return of_stack(Stack(Path("site"), {"resource": {kind: named for kind, named in resources.items() if named}}))


def test_a_hospital_that_has_no_other_address_yet_is_to_be_left_the_old_way_for_one_apply() -> None:
    (said,) = ended_ways(site("10.8.0.0/16"), site(filtered=True))
    assert said == (
        "alicloud_security_group.web: tcp 8080 from 10.8.0.0/16; its DICOMweb clients have no other address before this apply: "
        "apply with network.unfiltered_cidrs: [10.8.0.0/16] first, move them to output dicomweb_url, then end it (docs/changes.md)"
    )


def test_a_hospital_that_has_the_filter_already_is_to_use_it_by_then() -> None:
    (said,) = ended_ways(site("10.8.0.0/16", "10.9.0.0/16", filtered=True), site("10.9.0.0/16", filtered=True))
    assert said == (
        "alicloud_security_group.web: tcp 8080 from 10.8.0.0/16; its DICOMweb clients must use the filter's address "
        "(output dicomweb_url) by then"
    )


def test_another_port_ends_without_a_word_about_the_filter() -> None:
    (said,) = ended_ways(site("10.8.0.0/16", port=11112), site())
    assert said == "alicloud_security_group.web: tcp 11112 from 10.8.0.0/16"


def test_a_way_that_stays_covered_health_checks_and_rooms_end_nothing() -> None:
    assert ended_ways(site("10.8.1.0/24"), site("10.8.0.0/16")) == []
    assert ended_ways(site("100.64.0.0/10", group="sg-other"), site()) == []
    assert ended_ways(site("10.8.0.0/16"), None) == []
    assert ended_ways(None, site("10.8.0.0/16")) == []


def test_a_network_that_comes_to_an_archives_own_port_is_named() -> None:
    (said,) = new_ways_to_archives(site(), site("10.8.0.0/16"))
    assert said.startswith("10.8.0.0/16 → alicloud_security_group_rule.r0 → alicloud_sae_application.web, port 8080")
    assert new_ways_to_archives(site("10.8.0.0/16"), site("10.8.0.0/16")) == []
    assert new_ways_to_archives(None, site("10.8.0.0/16"))


def listed(*cidrs: str) -> Document:
    """A group that lets in what a prefix list names."""
    rule = {"type": "ingress", "ip_protocol": "tcp", "port_range": "443/443", "security_group_id": HERE}
    resources = {
        "alicloud_security_group": {"web": {"security_group_name": "web"}},
        "alicloud_security_group_rule": {"r": {**rule, "prefix_list_id": "${alicloud_ecs_prefix_list.p.id}"}},
        "alicloud_ecs_prefix_list": {"p": {"entry": [{"cidr": cidr} for cidr in cidrs]}},
    }
    return of_stack(Stack(Path("site"), {"resource": resources}))


def test_a_prefix_list_that_names_more_networks_lets_more_in() -> None:
    assert widened_rules(listed("10.8.0.0/16"), listed("10.8.0.0/16", "0.0.0.0/0")) == [
        "alicloud_security_group.web: tcp 443 from 0.0.0.0/0"
    ]
    assert widened_rules(listed("10.8.0.0/16"), listed("10.8.1.0/24")) == []
