"""Ways to hospitals' networks side by side, in words."""

from pathlib import Path
from typing import Any

from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy import document
from dicom_cdk.policy.document import Document
from dicom_cdk.review.ways_in.hospital_links import link_changes

GATEWAYS = {"a": {"ip_address": "198.51.100.7"}, "b": {"ip_address": "198.51.100.8"}}
NONE = "10.20.0.0/16 is led to over IPsec to 198.51.100.7 and 198.51.100.8 no more: who comes from there gets no answer"


def stack(**resources: dict[str, Any]) -> Document:
    return document.of_stack(Stack(Path("clinic"), {"resource": resources or {"alicloud_log_store": {"a": {}}}}))


def tunnels(*names: str) -> Document:
    ends = [{"customer_gateway_id": f"${{alicloud_vpn_customer_gateway.{name}.id}}"} for name in names]
    connection = {"remote_subnet": ["10.20.0.0/16"], "tunnel_options_specification": ends}
    return stack(alicloud_vpn_customer_gateway=GATEWAYS, alicloud_vpn_connection={"north": connection})


def routed(hop: str) -> Document:
    entry = {"destination_cidrblock": "10.20.0.0/16", "nexthop_type": "Attachment", "nexthop_id": hop}
    return stack(alicloud_route_entry={"north": entry})


def test_a_hospital_that_comes_over_ipsec_is_told_with_its_gateways() -> None:
    assert link_changes(stack(), tunnels("a", "b")) == [
        "10.20.0.0/16 is led to over IPsec to 198.51.100.7 and 198.51.100.8"
    ]
    assert link_changes(tunnels("a", "b"), stack()) == [NONE]


def test_another_way_is_told_with_the_one_before() -> None:
    assert link_changes(tunnels("a"), routed("tr-attach-1")) == [
        "10.20.0.0/16 is led to by Attachment tr-attach-1, no more over IPsec to 198.51.100.7"
    ]


def test_the_same_way_is_no_change_and_a_stack_that_goes_is_told_elsewhere() -> None:
    assert link_changes(tunnels("a"), tunnels("a")) == []
    assert link_changes(None, routed("tr-attach-1")) == ["10.20.0.0/16 is led to by Attachment tr-attach-1"]
    assert link_changes(routed("tr-attach-1"), None) == []
