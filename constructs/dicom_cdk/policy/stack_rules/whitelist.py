"""The database's whitelist lies in the stack's own VPC."""

from collections.abc import Iterator

from dicom_cdk.policy.document import Document
from dicom_cdk.policy.stack_rules.networks import NOWHERE, OF_VPC, blocks_of, inside, network
from dicom_cdk.policy.stack_rules.rule import Open, StackRule


def judge(document: Document) -> Iterator[tuple[str, str]]:
    """Where the VPC exists already its CIDR is not in the stack: CKV2_DICOM_10 judges the width alone."""
    wholes = blocks_of(document)
    for database in document.of("alicloud_db_instance"):
        vpc = document.target(database.values.get("vpc_id"), "alicloud_vpc") or document.target(
            [
                document.resources[address].values.get("vpc_id")
                for address in sorted(database.needs)
                if document.resources.get(address, database).type == "alicloud_vswitch"
            ],
            "alicloud_vpc",
        )
        whole = wholes.get(vpc.address, []) if vpc else []
        listed = database.get("security_ips")
        for cidr in (listed if isinstance(listed, list) else [listed]) if whole and vpc else []:
            found = network(cidr)
            if found and vpc and not any(inside(found, each) for each in whole):
                where = ", ".join(map(str, whole))
                yield database.address, f"security_ips has {cidr}, outside {vpc.address}, {where}"


WHITELIST = StackRule(
    id="CKV2_DICOM_111",
    name="Database whitelist lies in the VPC",
    severity="HIGH",
    fix="security_ips: the CIDRs of the VPC's vSwitches",
    types=("alicloud_db_instance",),
    judge=judge,
    weighs={
        "alicloud_db_instance": {"security_ips": Open(worst="0.0.0.0/0")},
        "alicloud_vpc": OF_VPC,
        "alicloud_vpc_ipv4_cidr_block": {"secondary_cidr_block": Open(worst=NOWHERE)},
    },
    failing={
        "alicloud_vpc": {"vpc": {"cidr_block": "10.0.0.0/16"}},
        "alicloud_db_instance": {"bad_out": {"vpc_id": "${alicloud_vpc.vpc.id}", "security_ips": ["10.1.0.0/20"]}},
    },
    passing={
        "alicloud_vpc": {"vpc": {"cidr_block": "10.0.0.0/16"}},
        "alicloud_db_instance": {"in": {"vpc_id": "${alicloud_vpc.vpc.id}", "security_ips": ["10.0.16.0/20"]}},
    },
)
