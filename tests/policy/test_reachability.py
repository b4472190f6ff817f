"""Paths from the internet, as they are printed."""

from pathlib import Path
from typing import Any

import pytest

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy import document
from dicom_cdk.policy.reachability import paths_from_internet
from tests.conftest import ROOT

GROUP = {"alicloud_security_group": {"g": {"security_group_name": "g"}}}
RULE = {
    "type": "ingress",
    "ip_protocol": "tcp",
    "port_range": "8080/8080",
    "security_group_id": "${alicloud_security_group.g.id}",
}
OPEN = {"alicloud_security_group_rule": {"r": {**RULE, "cidr_ip": "0.0.0.0/0"}}}
CLOSED = {"alicloud_security_group_rule": {"r": {**RULE, "cidr_ip": "10.0.0.0/8"}}}
LISTED = {
    "alicloud_security_group_rule": {"r": {**RULE, "prefix_list_id": "${alicloud_ecs_prefix_list.p.id}"}},
    "alicloud_ecs_prefix_list": {"p": {"entry": [{"cidr": "10.0.0.0/8"}, {"cidr": "0.0.0.0/0"}]}},
}
HOST = {"security_groups": ["${alicloud_security_group.g.id}"], "private_ip": "10.0.0.5"}
BALANCER = {
    "alicloud_slb_listener": {"l": {"load_balancer_id": "${alicloud_slb_load_balancer.b.id}", "frontend_port": 389}},
    "alicloud_slb_master_slave_server_group": {
        "m": {
            "load_balancer_id": "${alicloud_slb_load_balancer.b.id}",
            "servers": [{"server_id": "${alicloud_instance.h.id}"}],
        }
    },
}


def paths(resources: dict[str, Any]) -> list[str]:
    return [str(path) for path in paths_from_internet(document.of_stack(Stack(Path("s"), {"resource": resources})))]


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        (
            {**GROUP, **OPEN, "alicloud_instance": {"h": {**HOST, "internet_max_bandwidth_out": 5}}},
            ["internet → public address of alicloud_instance.h → alicloud_security_group_rule.r → alicloud_instance.h"],
        ),
        (
            {**GROUP, **LISTED, "alicloud_instance": {"h": {**HOST, "internet_max_bandwidth_out": 5}}},
            ["internet → public address of alicloud_instance.h → alicloud_security_group_rule.r → alicloud_instance.h"],
        ),
        ({**GROUP, **CLOSED, "alicloud_instance": {"h": {**HOST, "internet_max_bandwidth_out": 5}}}, []),
        ({**GROUP, **OPEN, "alicloud_instance": {"h": HOST}}, []),
        (
            {
                **GROUP,
                **OPEN,
                "alicloud_instance": {"h": HOST},
                "alicloud_eip_association": {
                    "e": {"allocation_id": "eip-1", "instance_id": "${alicloud_instance.h.id}"}
                },
            },
            ["internet → alicloud_eip_association.e → alicloud_security_group_rule.r → alicloud_instance.h"],
        ),
        (
            {
                **GROUP,
                **OPEN,
                "alicloud_instance": {"h": HOST},
                "alicloud_forward_entry": {"f": {"internal_ip": "10.0.0.5", "internal_port": "8080"}},
            },
            ["internet → alicloud_forward_entry.f → alicloud_security_group_rule.r → alicloud_instance.h"],
        ),
        (
            {
                **GROUP,
                **OPEN,
                "alicloud_instance": {"h": HOST},
                "alicloud_forward_entry": {"f": {"internal_ip": "10.0.0.5", "internal_port": "389"}},
            },
            [],
        ),
        (
            {
                **GROUP,
                **CLOSED,
                **BALANCER,
                "alicloud_instance": {"h": HOST},
                "alicloud_slb_load_balancer": {"b": {"address_type": "internet"}},
            },
            [
                "internet → alicloud_slb_load_balancer.b → port 389 → alicloud_instance.h",
                "internet → public address of the balancer → alicloud_slb_load_balancer.b",
            ],
        ),
        (
            {
                **GROUP,
                **CLOSED,
                **BALANCER,
                "alicloud_instance": {"h": HOST},
                "alicloud_slb_load_balancer": {"b": {"address_type": "intranet", "vswitch_id": "v"}},
            },
            [],
        ),
        (
            {
                "alicloud_db_instance": {"d": {"security_ips": ["10.0.0.0/8", "47.0.0.0/8"]}},
                "alicloud_db_connection": {"c": {"instance_id": "${alicloud_db_instance.d.id}"}},
            },
            ["internet → alicloud_db_connection.c → whitelist 47.0.0.0/8 → alicloud_db_instance.d"],
        ),
        (
            {
                "alicloud_sae_application": {"a": {"replicas": 2}},
                "alicloud_sae_load_balancer_internet": {"i": {"app_id": "${alicloud_sae_application.a.id}"}},
            },
            ["internet → alicloud_sae_load_balancer_internet.i → alicloud_sae_application.a"],
        ),
    ],
)
def test_a_path_is_printed_as_it_leads_in(resources: dict[str, Any], found: list[str]) -> None:
    assert paths(resources) == found


def test_nothing_leads_into_the_default_site() -> None:
    assert paths_from_internet(document.read(ROOT / "cdktf.out/stacks/dicom-sh")) == []
