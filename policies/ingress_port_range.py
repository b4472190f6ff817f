"""A rule opens the ports of a service, not a range in which it lies."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy, accepts, ports

MOST = 10


class IngressPortRange(ResourcePolicy):
    key = "CKV2_DICOM_3"
    title = "An ingress rule opens a service's own port"
    severity_name = "MEDIUM"
    category = "NETWORKING"
    fix = "write one rule for each service, port_range PORT/PORT"
    types = ("alicloud_security_group_rule",)
    failing = {
        "alicloud_security_group_rule": {
            "bad_range": {"type": "ingress", "ip_protocol": "tcp", "port_range": "1/65535", "cidr_ip": "10.1.0.0/16"},
            "bad_all": {"type": "ingress", "ip_protocol": "all", "source_security_group_id": "sg-a"},
        }
    }
    passing = {
        "alicloud_security_group_rule": {
            "one": {"type": "ingress", "ip_protocol": "tcp", "port_range": "389/389", "cidr_ip": "10.1.0.0/16"},
            "ping": {"type": "ingress", "ip_protocol": "icmp", "port_range": "-1/-1", "cidr_ip": "10.1.0.0/16"},
        }
    }

    def problems(self, resource: Json) -> Iterator[str]:
        if accepts(resource) and "icmp" not in str(resource.get("ip_protocol")):
            count = len(ports(resource.get("port_range")))
            if count > MOST:
                yield f"port_range {resource.get('port_range', 'missing')} opens {count} ports, at most {MOST} are plausible"


check = IngressPortRange()
