"""Who may mount a file system: NFS asks nobody who he is, so the address is all there is."""

from collections.abc import Iterator

from dicom_cdk.policy.address_ranges import is_internet, network
from dicom_policy import Json, ResourcePolicy, is_private, is_reference

WIDEST = 16


class NasClients(ResourcePolicy):
    """A VPC's access group, private addresses no wider than a VPC, and root of one host only."""

    key = "CKV2_DICOM_131"
    title = "File systems are mounted from the VPC's own networks, by root of single hosts only"
    severity_name = "HIGH"
    category = "NETWORKING"
    fix = "access_group_type Vpc; source_cidr_ip of a vSwitch; user_access_type no_squash for a /32 only"
    types = ("alicloud_nas_access_rule", "alicloud_nas_access_group")
    weighs = ("access_group_type", "type", "source_cidr_ip", "ipv6_source_cidr_ip", "user_access_type")
    failing = {
        "alicloud_nas_access_rule": {
            "bad_all": {"access_group_name": "a", "source_cidr_ip": "0.0.0.0/0", "user_access_type": "all_squash"},
            "bad_wide": {"access_group_name": "a", "source_cidr_ip": "10.0.0.0/8", "user_access_type": "all_squash"},
            "bad_none": {"access_group_name": "a", "user_access_type": "all_squash"},
            "bad_v6": {
                "access_group_name": "a",
                "source_cidr_ip": "10.0.0.1",
                "ipv6_source_cidr_ip": "::/0",
                "user_access_type": "all_squash",
            },
            "bad_root": {"access_group_name": "a", "source_cidr_ip": "172.18.80.0/20", "user_access_type": "no_squash"},
            "bad_default": {"access_group_name": "a", "source_cidr_ip": "172.18.80.0/20"},
        },
        "alicloud_nas_access_group": {"bad_classic": {"access_group_name": "a", "access_group_type": "Classic"}},
    }
    passing = {
        "alicloud_nas_access_rule": {
            "vswitch": {
                "access_group_name": "a",
                "source_cidr_ip": "172.18.80.0/20",
                "user_access_type": "root_squash",
            },
            "host": {"access_group_name": "a", "source_cidr_ip": "172.18.92.175/32", "user_access_type": "no_squash"},
            "address": {"access_group_name": "a", "source_cidr_ip": "172.18.92.175"},
        },
        "alicloud_nas_access_group": {"vpc": {"access_group_name": "a", "access_group_type": "Vpc"}},
    }

    def problems(self, resource: Json) -> Iterator[str]:
        if self.entity_type == "alicloud_nas_access_group":
            kind = resource.get("access_group_type") or resource.get("type")
            if kind is not None and not is_reference(kind) and str(kind).lower() != "vpc":
                yield f"access_group_type is {kind}: mounted from outside every VPC"
            return
        given = [resource.get(name) for name in ("source_cidr_ip", "ipv6_source_cidr_ip") if resource.get(name)]
        if not given:
            yield "names no network, so every one may mount it"
        root = resource.get("user_access_type") in (None, "no_squash")
        for cidr in given:
            wanted = network(cidr)
            if wanted is None:
                if is_reference(cidr) and is_internet(cidr):
                    yield f"{cidr} may mount it, allowed are private networks"
                continue
            if not is_private(cidr) or (wanted.version == 4 and wanted.prefixlen < WIDEST):
                yield f"{cidr} may mount it, allowed are private networks of /{WIDEST} or narrower"
            elif root and wanted.num_addresses > 1:
                yield f"root of every machine in {cidr} is root of its files"


check = NasClients()
