"""Every ingress rule is one that the contracts of the rooms know (design 4)."""

from collections.abc import Iterator

from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.ingress_networks import networks
from dicom_cdk.policy.stack_rules.rule import INGRESS, StackRule

HEALTH_CHECKS = "100.64.0.0/10"
CONTRACTS_OF: dict[str, dict[int, tuple[str, ...]]] = {
    "directory": {389: ("directory", "archive", "dicomweb", HEALTH_CHECKS)},
    "archive": {
        11112: ("dicomweb", "network", HEALTH_CHECKS),
        2762: ("network", HEALTH_CHECKS),
        2575: ("network", HEALTH_CHECKS),
        12575: ("network", HEALTH_CHECKS),
        # Audit messages, UDP.
        1514: ("dicomweb",),
    },
    "dicomweb": {
        8080: ("gateway", "archive", "filter", HEALTH_CHECKS),
        # Devices and HL7 partners where DIMSE is balanced.
        11112: ("archive", "network", HEALTH_CHECKS),
        2762: ("network", HEALTH_CHECKS),
        2575: ("network", HEALTH_CHECKS),
        12575: ("network", HEALTH_CHECKS),
    },
    "gateway": {},
    "filter": {8080: ("network", HEALTH_CHECKS)},
}
"""Room → port → who may come: a room, the balancer's health checks, or "network": private CIDRs that the site names."""


def judge(document: Document) -> Iterator[tuple[str, str]]:
    """Groups of rooms by the construct path network/group-ROOM; groups of other programs are not judged."""
    for rule in document.of("alicloud_security_group_rule"):
        if rule.get("type") != "ingress" or rule.get("policy") == "drop":
            continue
        room = _room(document.target(rule.values.get("security_group_id"), "alicloud_security_group"))
        if room is None:
            continue
        port = str(rule.get("port_range")).partition("/")[0]
        known = CONTRACTS_OF[room].get(int(port)) if port.isdigit() else None
        if known is None:
            yield rule.address, f"{room} offers no port {rule.get('port_range') or 'at all'}"
        elif _client(document, rule) not in known:
            yield rule.address, f"{room}:{port} is for {', '.join(known)}, not for {_client(document, rule)}"


def _room(group: Resource | None) -> str | None:
    name = group.path.rpartition("/")[2].removeprefix("group-") if group else ""
    return name if name in CONTRACTS_OF else None


def _client(document: Document, rule: Resource) -> str:
    if ranges := networks(document, rule):
        return HEALTH_CHECKS if ranges == [HEALTH_CHECKS] else "network"
    source = document.target(rule.values.get("source_security_group_id"), "alicloud_security_group")
    return _room(source) or (source.address if source else "an unknown group")


def _group(name: str) -> dict[str, object]:
    return {"security_group_name": name, "//": {"metadata": {"path": f"site/network/group-{name}"}}}


CONTRACTS = StackRule(
    id="CKV2_DICOM_106",
    name="Every ingress rule is in the contract of its room",
    severity="HIGH",
    fix="remove the rule, or change the room's contract in policy/stack_rules/contracts.py with the reason",
    types=("alicloud_security_group_rule",),
    judge=judge,
    weighs={"alicloud_security_group_rule": INGRESS},
    # Whose group it is, is said by the construct path, which no plan has.
    reads=("//",),
    failing={
        "alicloud_security_group": {"directory": _group("directory"), "gateway": _group("gateway")},
        "alicloud_security_group_rule": {
            "bad_port": {
                "type": "ingress",
                "port_range": "22/22",
                "security_group_id": "${alicloud_security_group.directory.id}",
                "cidr_ip": "10.1.0.0/16",
            },
            "bad_client": {
                "type": "ingress",
                "port_range": "389/389",
                "security_group_id": "${alicloud_security_group.directory.id}",
                "source_security_group_id": "${alicloud_security_group.gateway.id}",
            },
        },
    },
    passing={
        "alicloud_security_group": {"directory": _group("directory")},
        "alicloud_security_group_rule": {
            "pair": {
                "type": "ingress",
                "port_range": "389/389",
                "security_group_id": "${alicloud_security_group.directory.id}",
                "source_security_group_id": "${alicloud_security_group.directory.id}",
            }
        },
    },
)
