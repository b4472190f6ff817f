"""Room directory: two hosts at the guide's addresses behind a balancer, LDAP for those who need it."""

from tests.synthesized import Synthesized


def test_the_two_hosts_have_the_guides_names_addresses_and_zones(default_stack: Synthesized) -> None:
    hosts = [default_stack.resources[f"directory/{role}/instance"] for role in "lg"]
    assert [(host["instance_name"], host["private_ip"], host["availability_zone"]) for host in hosts] == [
        ("ecs-dicom-ldap-l-01", "172.18.92.187", "cn-shanghai-l"),
        ("ecs-dicom-ldap-g-01", "172.18.18.105", "cn-shanghai-g"),
    ]
    assert {(host["instance_type"], host["system_disk_size"]) for host in hosts} == {("ecs.s6-c1m2.large", 40)}
    assert {(host["system_disk_category"], host["system_disk_performance_level"]) for host in hosts} == {
        ("cloud_essd", "PL0")
    }


def test_the_balancer_is_intranet_in_two_zones_at_a_fixed_address(default_stack: Synthesized) -> None:
    balancer = default_stack.resources["directory/balancer"]
    assert (balancer["load_balancer_name"], balancer["address"]) == ("slb-dicom-ldap", "172.18.92.189")
    assert (balancer["address_type"], balancer["master_zone_id"], balancer["slave_zone_id"]) == (
        "intranet",
        "cn-shanghai-l",
        "cn-shanghai-g",
    )
    assert balancer["instance_charge_type"] == "PayByCLCU"
    assert balancer.get("load_balancer_spec") is None


def test_l_is_primary_and_g_is_secondary_behind_tcp_389(default_stack: Synthesized) -> None:
    listener = default_stack.resources["directory/listener"]
    assert (listener["protocol"], listener["frontend_port"]) == ("tcp", 389)
    members = {member["server_type"]: member for member in default_stack.resources["directory/members"]["servers"]}
    assert members["Master"]["server_id"] == "${alicloud_instance.directory_l_instance.id}"
    assert members["Slave"]["server_id"] == "${alicloud_instance.directory_g_instance.id}"
    assert {member["port"] for member in members.values()} == {389}


def test_ldap_is_open_to_peers_clients_and_health_checks_only(default_stack: Synthesized) -> None:
    rules = [each for each in default_stack.room("directory").values() if each.type == "alicloud_security_group_rule"]
    assert {rule["port_range"] for rule in rules} == {"389/389"}
    assert {rule.get("cidr_ip") or rule["source_security_group_id"] for rule in rules} == {
        "100.64.0.0/10",
        "${alicloud_security_group.network_group-directory.id}",
        "${alicloud_security_group.network_group-archive.id}",
        "${alicloud_security_group.network_group-dicomweb.id}",
    }


def test_nothing_has_a_public_address(default_stack: Synthesized) -> None:
    assert {host["internet_max_bandwidth_out"] for host in default_stack.of_type("instance")} == {0}
    assert not default_stack.of_type("eip_association")[0]["instance_id"].startswith("${alicloud_instance")
