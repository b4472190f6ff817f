"""Where modalities are listed, DIMSE is reached from their addresses and from nowhere else; so is HL7 from listed partners."""

import ipaddress
from collections.abc import Iterator
from typing import Any

from dicom_cdk.policy.address_ranges import network
from dicom_cdk.policy.document import Document
from dicom_cdk.policy.ingress_networks import networks
from dicom_cdk.policy.modality_list import listed, partners
from dicom_cdk.policy.stack_rules.rule import INGRESS, Open, StackRule

PORTS = (11112, 2762)
HL7_PORTS = (2575, 12575)
HEALTH_CHECKS = ipaddress.ip_network("100.64.0.0/10")


def judge(document: Document) -> Iterator[tuple[str, str]]:
    for there, key, ports, words in (
        (listed(document), "modalities", PORTS, "DIMSE (port {port}) from {found}, which is no listed modality"),
        (partners(document), "hl7", HL7_PORTS, "HL7 (port {port}) from {found}, which is no listed partner"),
    ):
        if there is not None:
            known = {network(one.get("address")) for one in there.get(key, ())}
            yield from _others(document, known, ports, words)


def _others(document: Document, known: set[Any], ports: tuple[int, ...], words: str) -> Iterator[tuple[str, str]]:
    for rule in document.of("alicloud_security_group_rule"):
        if rule.get("type") != "ingress" or rule.get("policy") == "drop":
            continue
        first, _, last = str(rule.get("port_range") or "-1/-1").partition("/")
        low, high = (int(first), int(last)) if first.isdigit() and last.isdigit() else (0, 65535)
        for given in networks(document, rule):
            # A list that is not in the stack may hold anybody.
            found = network(given) or given
            for port in ports if found != HEALTH_CHECKS and found not in known else ():
                if low <= port <= high:
                    yield rule.address, words.format(port=port, found=found)


_LIST = {
    "list": {"key": "modalities/a.json", "content": '{"modalities": [{"ae_title": "CT1", "address": "10.20.1.15"}]}'}
}
_PARTNERS = {
    "list": {"key": "modalities/a.json", "content": '{"hl7": [{"application": "RIS|N", "address": "10.20.1.30"}]}'}
}
_RULE = {"type": "ingress", "ip_protocol": "tcp", "port_range": "11112/11112", "security_group_id": "sg-a"}

LISTED_MODALITIES = StackRule(
    id="CKV2_DICOM_113",
    name="With a list of modalities, only they reach DIMSE; with one of partners, only they HL7",
    severity="HIGH",
    fix="list the device in modalities, or take the rule out: it lets in what the list does not name",
    types=("alicloud_security_group_rule",),
    judge=judge,
    weighs={
        "alicloud_security_group_rule": INGRESS,
        "alicloud_oss_bucket_object": {"content": Open(worst='{"modalities": [], "hl7": []}', text=True)},
    },
    failing={
        "alicloud_oss_bucket_object": _LIST | {"partners": {**_PARTNERS["list"]}},
        "alicloud_security_group_rule": {
            "bad_network": {**_RULE, "cidr_ip": "10.20.0.0/16"},
            "bad_other": {**_RULE, "cidr_ip": "10.20.1.16/32", "port_range": "2762/2762"},
            "bad_hl7": {**_RULE, "cidr_ip": "10.20.0.0/16", "port_range": "2575/2575"},
            "partner": {**_RULE, "cidr_ip": "10.20.1.30/32", "port_range": "12575/12575"},
            "bad_list": {**_RULE, "prefix_list_id": "${alicloud_ecs_prefix_list.devices.id}"},
            "bad_somebody": {**_RULE, "prefix_list_id": "pl-elsewhere"},
            "bad_all": {**_RULE, "cidr_ip": "10.20.1.16/32", "port_range": "-1/-1"},
            "listed": {**_RULE, "cidr_ip": "10.20.1.15/32"},
        },
        "alicloud_ecs_prefix_list": {"devices": {"entry": [{"cidr": "10.20.1.15/32"}, {"cidr": "10.20.1.16/32"}]}},
    },
    passing={
        "alicloud_oss_bucket_object": _LIST,
        "alicloud_security_group_rule": {
            "listed": {**_RULE, "cidr_ip": "10.20.1.15/32"},
            "list": {**_RULE, "prefix_list_id": "${alicloud_ecs_prefix_list.devices.id}"},
            "group": {**_RULE, "source_security_group_id": "sg-b"},
            "health": {**_RULE, "cidr_ip": "100.64.0.0/10"},
            "other": {**_RULE, "cidr_ip": "10.20.0.0/16", "port_range": "2575/2575"},
        },
        "alicloud_ecs_prefix_list": {"devices": {"entry": [{"cidr": "10.20.1.15/32"}, {"cidr": "100.64.0.0/10"}]}},
    },
)
