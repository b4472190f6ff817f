"""LDAP, database, DICOM, HL7 and consoles are reached from groups and private networks only."""

from collections.abc import Iterator

from dicom_cdk.policy.address_ranges import is_internet, network
from dicom_policy import (
    HEALTH_CHECKS,
    Json,
    ResourcePolicy,
    accepts,
    is_private,
    is_reference,
    ports,
    ranges,
    weighed,
)

INNER = {389: "LDAP", 636: "LDAPS", 5432: "PostgreSQL", 9990: "management", 9993: "management"}
OUTER = {
    22: "SSH", 104: "DICOM", 11112: "DICOM", 2762: "DICOM TLS", 2575: "HL7", 12575: "HL7 TLS", 8080: "HTTP", 8443: "HTTPS",
}  # fmt: skip
CHECKED = (389, 8080)
"""Ports that balancers ask for health."""
WIDEST_INNER = 16


class IngressToServicePorts(ResourcePolicy):
    """Hospitals come by private ranges; LDAP, database and management ports are for rooms, not for whole networks."""

    key = "CKV2_DICOM_2"
    title = "LDAP, database, DICOM, HL7 and console ports take security groups and private networks only"
    severity_name = "HIGH"
    category = "NETWORKING"
    fix = (
        "use source_security_group_id; hospitals reach DICOM, HL7 and HTTP by private ranges (network.hospital_cidrs), and nobody "
        "outside the VPC reaches LDAP, database or management ports"
    )
    types = ("alicloud_security_group_rule",)
    failing = {
        "alicloud_security_group_rule": {
            "bad_public": {
                "type": "ingress",
                "ip_protocol": "tcp",
                "port_range": "11112/11112",
                "cidr_ip": "8.8.8.0/24",
            },
            "bad_wide": {"type": "ingress", "ip_protocol": "tcp", "port_range": "389/389", "cidr_ip": "10.0.0.0/8"},
            "bad_v6": {"type": "ingress", "ip_protocol": "tcp", "port_range": "5000/6000", "ipv6_cidr_ip": "2408::/32"},
            "bad_list": {
                "type": "ingress",
                "ip_protocol": "tcp",
                "port_range": "11112/11112",
                "prefix_list_id": "${alicloud_vpc_prefix_list.offices.id}",
            },
        },
        "alicloud_vpc_prefix_list": {"offices": {"entrys": [{"cidr": "10.1.0.0/16"}, {"cidr": "8.8.8.0/24"}]}},
    }
    passing = {
        "alicloud_security_group_rule": {
            "hospital": {"type": "ingress", "ip_protocol": "tcp", "port_range": "11112/11112", "cidr_ip": "10.0.0.0/8"},
            "health": {"type": "ingress", "ip_protocol": "tcp", "port_range": "389/389", "cidr_ip": "100.64.0.0/10"},
            "other": {"type": "ingress", "ip_protocol": "tcp", "port_range": "443/443", "cidr_ip": "8.8.8.0/24"},
            "group": {
                "type": "ingress",
                "ip_protocol": "tcp",
                "port_range": "389/389",
                "source_security_group_id": "sg-a",
            },
        }
    }

    def weighed(self, resource: Json) -> tuple[str, ...]:
        return weighed(resource)

    def problems(self, resource: Json) -> Iterator[str]:
        if not accepts(resource) or str(resource.get("ip_protocol", "tcp")).lower() not in ("tcp", "udp", "all"):
            return
        open_ports = ports(resource.get("port_range"))
        for _, cidr in ranges(resource):
            if is_reference(cidr) and not is_internet(cidr):
                continue
            wanted = network(cidr)
            for port, service in {**INNER, **OUTER}.items():
                if port not in open_ports:
                    continue
                if wanted == HEALTH_CHECKS and port in CHECKED:
                    continue
                if not is_private(cidr):
                    yield f"{service} (port {port}) from {cidr}, which is no private network"
                elif port in INNER and wanted is not None and wanted.prefixlen < WIDEST_INNER:
                    yield f"{service} (port {port}) from {cidr}, wider than /{WIDEST_INNER}"


check = IngressToServicePorts()
