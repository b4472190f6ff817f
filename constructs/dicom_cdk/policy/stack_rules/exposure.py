"""No way leads from the internet to the directory, the database, the archive or a console."""

from collections.abc import Iterator

from dicom_cdk.policy.document import Document
from dicom_cdk.policy.reachability import paths_from_internet
from dicom_cdk.policy.stack_rules.rule import ANY, GONE, INGRESS, Open, StackRule


def judge(document: Document) -> Iterator[tuple[str, str]]:
    for path in paths_from_internet(document):
        yield path.target, str(path)


EXPOSURE = StackRule(
    id="CKV2_DICOM_107",
    name="No path from the internet to a host, the database or an inner balancer",
    severity="CRITICAL",
    fix="take away the public address, forwarding or rule that the path names; the gateway is the only public way in",
    types=("alicloud_instance", "alicloud_db_instance", "alicloud_slb_load_balancer", "alicloud_sae_application"),
    judge=judge,
    weighs={
        "alicloud_security_group_rule": INGRESS,
        "alicloud_instance": {
            "internet_max_bandwidth_out": Open(0, 1),
            "security_groups": Open(worst=[], leads=True),
        },
        "alicloud_slb_load_balancer": {"address_type": Open("intranet", "internet")},
        "alicloud_db_instance": {"security_ips": Open(worst="0.0.0.0/0")},
        "alicloud_forward_entry": {"internal_ip": Open(worst=ANY, leads=True), "internal_port": Open(GONE, "any")},
    },
    failing={
        "alicloud_security_group": {"open": {"security_group_name": "a"}},
        "alicloud_security_group_rule": {
            "all": {
                "type": "ingress",
                "ip_protocol": "tcp",
                "port_range": "8080/8080",
                "cidr_ip": "0.0.0.0/0",
                "security_group_id": "${alicloud_security_group.open.id}",
            }
        },
        "alicloud_instance": {
            "bad_host": {"security_groups": ["${alicloud_security_group.open.id}"], "internet_max_bandwidth_out": 10},
            "inner": {"security_groups": ["${alicloud_security_group.open.id}"]},
        },
        "alicloud_db_instance": {"bad_db": {"security_ips": ["0.0.0.0/0"]}},
        "alicloud_db_connection": {"public": {"instance_id": "${alicloud_db_instance.bad_db.id}"}},
    },
    passing={
        "alicloud_security_group": {"open": {"security_group_name": "a"}},
        "alicloud_instance": {
            "closed": {"security_groups": ["${alicloud_security_group.open.id}"], "internet_max_bandwidth_out": 10}
        },
    },
)
