"""No security group is open to the internet, on any port: neither to the whole of it nor to half."""

from collections.abc import Iterator

from dicom_cdk.policy.address_ranges import is_internet
from dicom_policy import Json, ResourcePolicy, accepts, blocks, is_reference, ranges, weighed

OTHERS: dict[str, tuple[str, tuple[str, str], tuple[str, str], tuple[str, ...]]] = {
    "alicloud_ens_security_group": (
        "permissions", ("direction", "ingress"), ("policy", "accept"), ("source_cidr_ip", "ipv6_source_cidr_ip"),
    ),
    "alicloud_ecd_policy_group": (
        "authorize_security_policy_rules", ("type", "inflow"), ("policy", "accept"), ("cidr_ip",),
    ),
    "alicloud_sag_acl_rule": ("", ("direction", "in"), ("policy", "accept"), ("source_cidr",)),
    "alicloud_cloud_firewall_control_policy": ("", ("direction", "in"), ("acl_action", "accept"), ("source",)),
}  # fmt: skip
"""Other products' rules: type → block that they stand in, what makes one a way in, what lets somebody in, who that is."""


class IngressFromInternet(ResourcePolicy):
    """A missing port range and `-1/-1` are all ports, which the built-in CKV_ALI_2 lets pass.

    A public range with a prefix shorter than /16 is no client: 0.0.0.0/1 and 128.0.0.0/1 together are everybody.
    """

    key = "CKV2_DICOM_1"
    title = "No ingress from the whole internet, on any port"
    severity_name = "CRITICAL"
    category = "NETWORKING"
    fix = "name the client: source_security_group_id of its room, or a private range of a hospital in network.hospital_cidrs"
    types = ("alicloud_security_group_rule", *OTHERS)
    failing = {
        "alicloud_security_group_rule": {
            "bad_ports": {"type": "ingress", "ip_protocol": "tcp", "port_range": "-1/-1", "cidr_ip": "0.0.0.0/0"},
            "bad_v6": {"type": "ingress", "ip_protocol": "tcp", "port_range": "443/443", "ipv6_cidr_ip": "::/0"},
            "bad_half": {"type": "ingress", "ip_protocol": "tcp", "port_range": "443/443", "cidr_ip": "128.0.0.0/1"},
            "bad_isp": {"type": "ingress", "ip_protocol": "tcp", "port_range": "443/443", "cidr_ip": "8.0.0.0/8"},
            "bad_v6_half": {"type": "ingress", "ip_protocol": "all", "ipv6_cidr_ip": "2000::/3"},
            "bad_list": {
                "type": "ingress",
                "ip_protocol": "tcp",
                "port_range": "443/443",
                "prefix_list_id": "${alicloud_ecs_prefix_list.everybody.id}",
            },
            "egress": {"type": "egress", "ip_protocol": "all", "cidr_ip": "0.0.0.0/0"},
        },
        "alicloud_ens_security_group": {
            "bad_edge": {
                "permissions": [
                    {"direction": "egress", "policy": "accept", "dest_cidr_ip": "0.0.0.0/0"},
                    {"direction": "ingress", "policy": "accept", "port_range": "22/22", "source_cidr_ip": "0.0.0.0/0"},
                ]
            },
            "bad_edge_v6": {"permissions": {"direction": "ingress", "ipv6_source_cidr_ip": "::/0"}},
        },
        "alicloud_ecd_policy_group": {
            "bad_desktops": {
                "authorize_security_policy_rules": [{"type": "inflow", "policy": "accept", "cidr_ip": "0.0.0.0/0"}]
            }
        },
        "alicloud_sag_acl_rule": {"bad_branch": {"direction": "in", "policy": "accept", "source_cidr": "0.0.0.0/0"}},
        "alicloud_cloud_firewall_control_policy": {
            "bad_wall": {"direction": "in", "acl_action": "accept", "source": "0.0.0.0/0", "source_type": "net"}
        },
        "alicloud_ecs_prefix_list": {"everybody": {"entry": [{"cidr": "10.0.0.0/8"}, {"cidr": "0.0.0.0/1"}]}},
    }
    passing = {
        "alicloud_security_group_rule": {
            "hospital": {"type": "ingress", "ip_protocol": "tcp", "port_range": "8443/8443", "cidr_ip": "10.1.0.0/16"},
            "private": {"type": "ingress", "ip_protocol": "tcp", "port_range": "8443/8443", "cidr_ip": "10.0.0.0/8"},
            "private_v6": {
                "type": "ingress",
                "ip_protocol": "tcp",
                "port_range": "443/443",
                "ipv6_cidr_ip": "fd00::/8",
            },
            "office": {"type": "ingress", "ip_protocol": "tcp", "port_range": "443/443", "cidr_ip": "8.8.0.0/16"},
            "refused": {"type": "ingress", "ip_protocol": "all", "policy": "drop", "cidr_ip": "0.0.0.0/0"},
            "list": {
                "type": "ingress",
                "ip_protocol": "tcp",
                "port_range": "8443/8443",
                "prefix_list_id": "${alicloud_ecs_prefix_list.hospitals.id}",
            },
        },
        "alicloud_ens_security_group": {
            "edge": {
                "permissions": [
                    {"direction": "ingress", "policy": "accept", "source_cidr_ip": "10.1.0.0/16"},
                    {"direction": "ingress", "policy": "drop", "source_cidr_ip": "0.0.0.0/0"},
                    {"direction": "egress", "policy": "accept", "source_cidr_ip": "0.0.0.0/0"},
                ]
            },
        },
        "alicloud_ecd_policy_group": {
            "desktops": {
                "authorize_security_policy_rules": [{"type": "outflow", "policy": "accept", "cidr_ip": "0.0.0.0/0"}]
            }
        },
        "alicloud_sag_acl_rule": {"branch": {"direction": "out", "policy": "accept", "source_cidr": "0.0.0.0/0"}},
        "alicloud_cloud_firewall_control_policy": {
            "wall": {"direction": "in", "acl_action": "drop", "source": "0.0.0.0/0", "source_type": "net"}
        },
        "alicloud_ecs_prefix_list": {"hospitals": {"entry": {"cidr": "10.1.0.0/16"}}},
    }

    def weighed(self, resource: Json) -> tuple[str, ...]:
        if self.entity_type not in OTHERS:
            return weighed(resource)
        block, (way, into), (policy, _), sources = OTHERS[self.entity_type]
        ways = [str(rule.get(way)).lower() for rule in _rules(resource, block)]
        out = bool(ways) and not any(one == into or is_reference(one) for one in ways) and "dynamic" not in resource
        return () if out else tuple(f"{block}.{name}".removeprefix(".") for name in (way, policy, *sources))

    def problems(self, resource: Json) -> Iterator[str]:
        if self.entity_type in OTHERS:
            yield from self._of_another_product(resource)
            return
        if not accepts(resource):
            return
        for name, cidr in ranges(resource):
            if is_internet(cidr):
                yield f"{name} {cidr}, port_range {resource.get('port_range', 'missing: all ports')}"

    def _of_another_product(self, resource: Json) -> Iterator[str]:
        block, (way, into), (policy, accepted), sources = OTHERS[self.entity_type]
        for rule in _rules(resource, block):
            if str(rule.get(way)).lower() == into and str(rule.get(policy) or accepted).lower() == accepted:
                for name in sources:
                    if is_internet(rule.get(name)):
                        yield f"{f'{block}.{name}'.removeprefix('.')} is {rule[name]}"


def _rules(resource: Json, block: str) -> list[Json]:
    return blocks(resource, block) if block else [resource]


check = IngressFromInternet()
