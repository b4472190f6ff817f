"""No security group is open to the internet, on any port: neither to the whole of it nor to half."""

from collections.abc import Iterator

from dicom_cdk.policy.address_ranges import is_internet
from dicom_policy import Json, ResourcePolicy, accepts, ranges, weighed


class IngressFromInternet(ResourcePolicy):
    """A missing port range and `-1/-1` are all ports, which the built-in CKV_ALI_2 lets pass.

    A public range with a prefix shorter than /16 is no client: 0.0.0.0/1 and 128.0.0.0/1 together are everybody.
    """

    key = "CKV2_DICOM_1"
    title = "No ingress from the whole internet, on any port"
    severity_name = "CRITICAL"
    category = "NETWORKING"
    fix = "name the client: source_security_group_id of its room, or a private range of a hospital in network.hospital_cidrs"
    types = ("alicloud_security_group_rule",)
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
        "alicloud_ecs_prefix_list": {"hospitals": {"entry": {"cidr": "10.1.0.0/16"}}},
    }

    def weighed(self, resource: Json) -> tuple[str, ...]:
        return weighed(resource)

    def problems(self, resource: Json) -> Iterator[str]:
        if not accepts(resource):
            return
        for name, cidr in ranges(resource):
            if is_internet(cidr):
                yield f"{name} {cidr}, port_range {resource.get('port_range', 'missing: all ports')}"


check = IngressFromInternet()
