"""No network reaches an archive's own HTTP port: a filter stands in front, or nobody."""

from collections.abc import Iterator

from dicom_cdk.policy.archive_http import MARKS, ways_to_archives
from dicom_cdk.policy.document import Document
from dicom_cdk.policy.stack_rules.rule import INGRESS, Open, StackRule


def judge(document: Document) -> Iterator[tuple[str, str]]:
    for way in ways_to_archives(document):
        yield way.rule, str(way)


_GROUPS = {"archive": {"security_group_name": "a"}, "filter": {"security_group_name": "f"}}
_RULE = {"type": "ingress", "ip_protocol": "tcp", "port_range": "8080/8080"}
_ARCHIVE = "${alicloud_security_group.archive.id}"
_FILTER = "${alicloud_security_group.filter.id}"
_APPLICATIONS = {
    "dicomweb": {"image_url": "registry.example.com/dicom/dcm4chee-arc-psql:5.25.2", "security_group_id": _ARCHIVE},
    "filter": {"image_url": "registry.example.com/dicom/nginx:1.28.0", "security_group_id": _FILTER},
}
_COMPOSE = (
    "#cloud-config\nwrite_files:\n  - path: /opt/compose.yaml\n    content: |\n      services:\n        arc:\n"
    "          image: a/dcm4chee-arc-psql:5.25.2\n          restart: always\n          ports: [{}]\n"
)

ARCHIVE_HTTP = StackRule(
    id="CKV2_DICOM_112",
    name="No network reaches an archive's own HTTP port",
    severity="CRITICAL",
    fix=(
        "let hospitals reach the filter alone (take the network off network.unfiltered_cidrs once its clients use the filter), and "
        "publish the archive's 8080 and 8443 on 127.0.0.1: without a login it gives the bucket's AccessKey and deletes studies"
    ),
    types=("alicloud_security_group_rule",),
    judge=judge,
    weighs={
        "alicloud_security_group_rule": INGRESS,
        "alicloud_sae_application": {
            "image_url": Open("unknown", MARKS[0], text=True),
            "envs": Open("[]", MARKS[1], text=True),
        },
        "alicloud_instance": {"user_data": Open(worst=_COMPOSE.format('"8080:8080"'), text=True)},
    },
    failing={
        "alicloud_security_group": _GROUPS,
        "alicloud_security_group_rule": {
            "bad_hospital": {**_RULE, "security_group_id": _ARCHIVE, "cidr_ip": "10.8.0.0/16"},
            "bad_all_ports": {**_RULE, "port_range": "-1/-1", "security_group_id": _ARCHIVE, "cidr_ip": "10.9.0.0/16"},
            "dicom": {**_RULE, "port_range": "11112/11112", "security_group_id": _ARCHIVE, "cidr_ip": "10.8.0.0/16"},
        },
        "alicloud_sae_application": _APPLICATIONS,
        "alicloud_instance": {
            "host": {"security_groups": [_ARCHIVE], "user_data": _COMPOSE.format('"8443:8443"')},
        },
    },
    passing={
        "alicloud_security_group": _GROUPS,
        "alicloud_security_group_rule": {
            "hospital": {**_RULE, "security_group_id": _FILTER, "cidr_ip": "10.8.0.0/16"},
            "filter": {**_RULE, "security_group_id": _ARCHIVE, "source_security_group_id": _FILTER},
            "health": {**_RULE, "security_group_id": _ARCHIVE, "cidr_ip": "100.64.0.0/10"},
            "dicom": {**_RULE, "port_range": "11112/11112", "security_group_id": _ARCHIVE, "cidr_ip": "10.8.0.0/16"},
        },
        "alicloud_sae_application": _APPLICATIONS,
        "alicloud_instance": {
            "host": {
                "security_groups": [_ARCHIVE],
                "user_data": _COMPOSE.format('"127.0.0.1:8080:8080", "11112:11112"'),
            },
        },
    },
)
