"""The database's whitelist names private networks only."""

from collections.abc import Iterator

from dicom_cdk.policy.address_ranges import is_internet, network
from dicom_policy import Json, ResourcePolicy, is_private, is_reference, items

WIDEST = 12


class DatabaseWhitelist(ResourcePolicy):
    """That they lie in the stack's own VPC is CKV2_DICOM_111: here the VPC is not seen."""

    key = "CKV2_DICOM_10"
    title = "Database whitelist is present and private"
    severity_name = "HIGH"
    category = "NETWORKING"
    fix = "security_ips: the CIDRs of the VPC's vSwitches"
    types = ("alicloud_db_instance",)
    weighs = ("security_ips",)
    failing = {
        "alicloud_db_instance": {
            "bad_open": {"security_ips": ["0.0.0.0/0"]},
            "bad_absent": {"engine": "PostgreSQL"},
            "bad_wide": {"security_ips": ["10.0.0.0/8"]},
        }
    }
    passing = {
        "alicloud_db_instance": {"vpc": {"security_ips": ["172.18.80.0/20", "${alicloud_vswitch.g.cidr_block}"]}}
    }

    def problems(self, resource: Json) -> Iterator[str]:
        listed = items(resource.get("security_ips"))
        if not listed:
            yield "security_ips is missing"
        for cidr in listed:
            if is_reference(cidr) and not is_internet(cidr):
                continue
            found = network(cidr)
            if not is_private(cidr):
                yield f"security_ips has {cidr}, which is no private network"
            elif found is not None and found.prefixlen < WIDEST:
                yield f"security_ips has {cidr}, wider than any VPC"


check = DatabaseWhitelist()
