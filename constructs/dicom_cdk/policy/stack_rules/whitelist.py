"""The database's whitelist lies in the stack's own VPC."""

from collections.abc import Iterator

from dicom_cdk.policy.document import Document
from dicom_cdk.policy.stack_rules.networks import inside, network
from dicom_cdk.policy.stack_rules.rule import StackRule


def judge(document: Document) -> Iterator[tuple[str, str]]:
    """Where the VPC exists already its CIDR is not in the stack: CKV2_DICOM_10 judges the width alone."""
    for database in document.of("alicloud_db_instance"):
        vpc = document.target(database.values.get("vpc_id"), "alicloud_vpc") or document.target(
            [
                document.resources[address].values.get("vpc_id")
                for address in sorted(database.needs)
                if document.resources.get(address, database).type == "alicloud_vswitch"
            ],
            "alicloud_vpc",
        )
        whole = network(vpc.get("cidr_block")) if vpc else None
        listed = database.get("security_ips")
        for cidr in listed if isinstance(listed, list) and whole and vpc else []:
            found = network(cidr)
            if found and whole and vpc and not inside(found, whole):
                yield database.address, f"security_ips has {cidr}, outside {vpc.address}, {whole}"


WHITELIST = StackRule(
    id="CKV2_DICOM_111",
    name="Database whitelist lies in the VPC",
    severity="HIGH",
    fix="security_ips: the CIDRs of the VPC's vSwitches",
    types=("alicloud_db_instance",),
    judge=judge,
    failing={
        "alicloud_vpc": {"vpc": {"cidr_block": "10.0.0.0/16"}},
        "alicloud_db_instance": {"bad_out": {"vpc_id": "${alicloud_vpc.vpc.id}", "security_ips": ["10.1.0.0/20"]}},
    },
    passing={
        "alicloud_vpc": {"vpc": {"cidr_block": "10.0.0.0/16"}},
        "alicloud_db_instance": {"in": {"vpc_id": "${alicloud_vpc.vpc.id}", "security_ips": ["10.0.16.0/20"]}},
    },
)
