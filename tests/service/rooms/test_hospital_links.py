"""Ways to hospitals: two tunnels each with strong values, routes from the list, keys among the site's secrets."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.synthesized import Synthesized

NORTH: dict[str, Any] = {
    "name": "North",
    "cidrs": ["10.20.0.0/16", "10.21.0.0/16"],
    "vpn": {"peer": "198.51.100.7", "second_peer": "198.51.100.8"},
}
SOUTH = {"name": "south", "cidrs": ["10.30.0.0/16"], "vpn": {"peer": "203.0.113.9", "key_generation": 3}}
EAST = {"name": "east", "cidrs": ["10.40.0.0/16"], "next_hop": "tr-attach-uf6abc"}
WEST = {"name": "west", "cidrs": ["10.50.0.0/16"]}


@pytest.fixture(scope="module")
def stack(stack_with: Callable[..., Synthesized]) -> Synthesized:
    return stack_with(hospitals=[SOUTH, NORTH, EAST, WEST])


def test_a_hospital_has_two_tunnels_to_its_two_gateways(stack: Synthesized) -> None:
    tunnels = stack.resources["links/north-connection"]["tunnel_options_specification"]
    assert [one["role"] for one in tunnels] == ["master", "slave"]
    assert [one["customer_gateway_id"] for one in tunnels] == [
        "${alicloud_vpn_customer_gateway.links_north-first.id}",
        "${alicloud_vpn_customer_gateway.links_north-second.id}",
    ]
    assert stack.resources["links/north-second"]["ip_address"] == "198.51.100.8"


def test_with_one_gateway_both_tunnels_end_there(stack: Synthesized) -> None:
    tunnels = stack.resources["links/south-connection"]["tunnel_options_specification"]
    assert {one["customer_gateway_id"] for one in tunnels} == {"${alicloud_vpn_customer_gateway.links_south-first.id}"}
    assert "links/south-second" not in stack.resources


@pytest.mark.parametrize("hospital", ["north", "south"])
def test_no_weak_default_of_the_provider_is_left(hospital: str, stack: Synthesized) -> None:
    for one in stack.resources[f"links/{hospital}-connection"]["tunnel_options_specification"]:
        ike, ipsec = one["tunnel_ike_config"], one["tunnel_ipsec_config"]
        assert (ike["ike_version"], ike["ike_enc_alg"], ike["ike_auth_alg"], ike["ike_pfs"]) == (
            "ikev2",
            "aes256",
            "sha256",
            "group14",
        )
        assert (ipsec["ipsec_enc_alg"], ipsec["ipsec_auth_alg"], ipsec["ipsec_pfs"]) == ("aes256", "sha256", "group14")
        assert one["enable_dpd"] is True
        assert ike["psk"] == f"${{random_password.links_{hospital}-key-value.result}}"


def test_a_key_is_a_secret_of_the_site_by_its_generation_and_an_output_names_it(stack: Synthesized) -> None:
    held = stack.resources["links/vpn-south"]
    assert (held["secret_name"], held["version_id"]) == ("clinic/vpn-south-g3", "g3")
    assert stack.json["output"]["vpn_keys"]["value"] == ["North: clinic/vpn-north-g1", "south: clinic/vpn-south-g3"]
    assert len(stack.json["output"]["vpn_addresses"]["value"]) == 2


def test_tunnels_carry_the_hospitals_networks_and_the_sites_vswitches_alone(stack: Synthesized) -> None:
    connection = stack.resources["links/north-connection"]
    assert connection["remote_subnet"] == ["10.20.0.0/16", "10.21.0.0/16"]
    assert connection["local_subnet"] == ["172.18.80.0/20", "172.18.16.0/20"]


def test_each_network_has_its_route_and_one_that_is_learned_none(stack: Synthesized) -> None:
    routes = {one["destination_cidrblock"]: one["nexthop_type"] for one in stack.of_type("route_entry")}
    assert routes == {
        "10.20.0.0/16": "VpnGateway",
        "10.21.0.0/16": "VpnGateway",
        "10.30.0.0/16": "VpnGateway",
        "10.40.0.0/16": "Attachment",
    }


def test_the_gateway_ends_tunnels_in_both_zones_and_is_not_destroyed_by_accident(stack: Synthesized) -> None:
    gateway = stack.resources["links/gateway"]
    assert gateway["vswitch_id"] != gateway["disaster_recovery_vswitch_id"]
    assert (gateway["enable_ipsec"], gateway["enable_ssl"], gateway["bandwidth"]) == (True, False, 100)
    assert gateway["lifecycle"]["prevent_destroy"] is True


def test_a_site_whose_hospitals_come_over_what_is_there_has_no_gateway(default_stack: Synthesized) -> None:
    assert not default_stack.room("links")
    assert not default_stack.of_type("vpn_gateway")
