"""Room network: the guide's VPC, or the site's own; groups for all rooms; the way out."""

from collections.abc import Callable

from dicom_cdk.address_pool import free_pool
from dicom_cdk.service.reach import Reach
from dicom_cdk.settings.models import network as settings_network
from dicom_cdk.settings.models.modalities import Hospital
from tests.service.sites import OWN, WITHOUT
from tests.synthesized import Synthesized


def test_the_default_site_has_the_vpc_of_the_guide(default_stack: Synthesized) -> None:
    vpc = default_stack.resources["network/vpc"]
    vswitch_l, vswitch_g = (default_stack.resources[f"network/vswitch-{role}"] for role in "lg")
    assert (vpc["vpc_name"], vpc["cidr_block"]) == ("vpc-dicom-sh", "172.18.0.0/16")
    assert (vswitch_l["vswitch_name"], vswitch_l["zone_id"], vswitch_l["cidr_block"]) == (
        "vsw-dicom-sh-l",
        "cn-shanghai-l",
        "172.18.80.0/20",
    )
    assert (vswitch_g["vswitch_name"], vswitch_g["zone_id"], vswitch_g["cidr_block"]) == (
        "vsw-dicom-sh-g",
        "cn-shanghai-g",
        "172.18.16.0/20",
    )


def test_an_own_vpc_is_used_and_none_is_made(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**OWN)
    assert not stack.of_type("vpc")
    assert not stack.of_type("vswitch")
    assert {group["vpc_id"] for group in stack.of_type("security_group")} == {"vpc-own"}
    assert stack.resources["database/instance"]["vswitch_id"] == "vsw-own-l,vsw-own-g"
    assert stack.resources["database/instance"]["zone_id_slave_a"] == "cn-shanghai-f"
    assert stack.resources["database/instance"]["security_ips"] == ["10.20.1.0/24", "10.20.2.0/24"]


def test_without_egress_nothing_has_a_public_address(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(**WITHOUT)
    assert not [each for kind in ("nat_gateway", "eip_address", "snat_entry") for each in stack.of_type(kind)]


def test_with_nat_hosts_boot_only_when_they_can_reach_a_package_mirror(default_stack: Synthesized) -> None:
    snat = {each.address for each in default_stack.of_type("snat_entry")}
    assert len(snat) == 2
    for path in ("directory/l/boot/run", "directory/g/boot/run", "archive/host/boot/run"):
        assert snat <= set(default_stack.resources[path]["depends_on"]), path


def test_security_groups_keep_their_members_apart(default_stack: Synthesized) -> None:
    assert {group["inner_access_policy"] for group in default_stack.of_type("security_group")} == {"Drop"}


def test_every_ingress_rule_names_one_port_one_client_and_a_reason(stack_with: Callable[..., Synthesized]) -> None:
    rules = stack_with(network={"hospital_cidrs": ["10.8.0.0/16"]}).of_type("security_group_rule")
    assert rules
    for rule in rules:
        first, last = rule["port_range"].split("/")
        assert first == last != "-1", rule.address
        assert rule["description"], rule.address
        assert bool(rule.get("cidr_ip")) != bool(rule.get("source_security_group_id")), rule.address


def test_only_hospital_networks_and_health_checks_come_in_by_address(stack_with: Callable[..., Synthesized]) -> None:
    none = stack_with()
    some = stack_with(network={"hospital_cidrs": ["10.8.0.0/16"]})
    assert {rule.get("cidr_ip") for rule in none.of_type("security_group_rule")} == {None, "100.64.0.0/10"}
    assert {rule.get("cidr_ip") for rule in some.of_type("security_group_rule")} == {
        None,
        "100.64.0.0/10",
        "10.8.0.0/16",
    }


def test_the_archives_host_offers_networks_dicom_and_hl7_and_no_http(stack_with: Callable[..., Synthesized]) -> None:
    stack = stack_with(network={"hospital_cidrs": ["10.8.0.0/16"], "operator_cidrs": ["10.9.0.0/24"]})
    ports: dict[str, set[str]] = {}
    for rule in stack.room("archive").values():
        if rule.type == "alicloud_security_group_rule":
            ports.setdefault(rule["cidr_ip"], set()).add(rule["port_range"])
    assert ports == {
        "10.8.0.0/16": {"11112/11112", "2762/2762", "2575/2575", "12575/12575"},
    }


def test_containers_keep_clear_of_hospitals_that_are_named_for_their_devices_alone() -> None:
    """An answer to a device inside the engine's own range would never leave the host."""
    north = Hospital(name="north", cidrs=("192.168.130.0/24",))
    assert free_pool(Reach.of(settings_network.Network()).taken) == "192.168.128.0/17"
    assert free_pool(Reach.of(settings_network.Network(), [north]).taken) == "192.168.0.0/17"
