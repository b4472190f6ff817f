"""No host has an address on the internet."""

from collections.abc import Iterator

from dicom_policy import Json, ResourcePolicy


class HostPublicAddress(ResourcePolicy):
    """An EIP may be associated to a NAT gateway, never to a host or a balancer."""

    key = "CKV2_DICOM_25"
    title = "Hosts and balancers have no public address"
    severity_name = "CRITICAL"
    category = "NETWORKING"
    fix = "internet_max_bandwidth_out 0; egress goes through the NAT gateway (instance_type Nat)"
    types = ("alicloud_instance", "alicloud_eip_association")
    failing = {
        "alicloud_instance": {"bad_host": {"internet_max_bandwidth_out": 5}},
        "alicloud_eip_association": {
            "bad_eip": {"allocation_id": "eip-1", "instance_id": "i-1", "instance_type": "EcsInstance"},
            "bad_default": {"allocation_id": "eip-1", "instance_id": "i-1"},
        },
    }
    passing = {
        "alicloud_instance": {"host": {"internet_max_bandwidth_out": 0}, "quiet": {"instance_type": "ecs.g7.xlarge"}},
        "alicloud_eip_association": {"nat": {"allocation_id": "eip-1", "instance_id": "ngw-1", "instance_type": "Nat"}},
    }

    def problems(self, resource: Json) -> Iterator[str]:
        if self.entity_type == "alicloud_instance":
            if str(resource.get("internet_max_bandwidth_out") or 0) != "0":
                yield f"internet_max_bandwidth_out is {resource['internet_max_bandwidth_out']}, which brings a public address"
        elif resource.get("instance_type") != "Nat":
            yield f"instance_type is {resource.get('instance_type', 'missing')}, only Nat is allowed"


check = HostPublicAddress()
