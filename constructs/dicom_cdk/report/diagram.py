"""Network and data flow of a stack, from its JSON: what stands where, who speaks to whom, by which rule or reference.

Names are the vendor's. Security-group rules give the edges inside the VPC; where the members of a group stand behind a balancer,
their clients go through it.

Over 200 lines: nodes and edges of one picture, by the same table of types.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dicom_cdk.policy.document import Document, Resource

SERVICES = {
    "alicloud_fcv3_function": ("Function Compute", 0),
    "alicloud_slb_load_balancer": ("Classic Load Balancer", 1),
    "alicloud_sae_application": ("Serverless App Engine", 2),
    "alicloud_instance": ("ECS", 2),
    "alicloud_db_instance": ("ApsaraDB RDS for PostgreSQL", 3),
    "alicloud_oss_bucket": ("Object Storage Service", 4),
    "alicloud_kms_key": ("Key Management Service", 4),
    "alicloud_cr_ee_instance": ("Container Registry", 4),
    "alicloud_log_project": ("Simple Log Service", 4),
    "alicloud_nat_gateway": ("NAT Gateway", 1),
}
"""Type → the vendor's name of the service, column from left to right: outside, doors, what works, what is behind it, services."""
BEHIND_A_BALANCER = 3
GENERIC = ("instance", "application", "function", "project")
"""Construct ids that say nothing beside their room's."""
INSIDE_VPC = (
    "alicloud_slb_load_balancer", "alicloud_sae_application", "alicloud_instance", "alicloud_db_instance", "alicloud_nat_gateway",
)  # fmt: skip
INTERNET, HOSPITALS = "internet", "hospitals"
HEALTH_CHECKS = "100.64.0.0/10"


@dataclass(frozen=True)
class Node:
    """One thing of the picture. `id`: an address, or internet, hospitals; `title`: its role; `zones`: by their letters."""

    id: str
    title: str
    service: str
    column: int
    name: str = ""
    detail: str = ""
    in_vpc: bool = False
    zones: tuple[str, ...] = ()
    room: str = ""


@dataclass(frozen=True)
class Edge:
    """From who asks to who answers; `label`: ports, or what for."""

    source: str
    target: str
    label: str = ""
    both_ways: bool = False


@dataclass(frozen=True)
class Diagram:
    """Nodes by column and address, edges in order."""

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def network_diagram(document: Document) -> Diagram:
    """The picture of a stack."""
    nodes = list(_nodes(document))
    known = {node.id for node in nodes}
    labels: dict[tuple[str, str], list[str]] = {}
    for source, target, label in _edges(document):
        if source in known | {INTERNET, HOSPITALS} and target in known | {INTERNET} and source != target:
            said = labels.setdefault((source, target), [])
            if label and label not in said:
                said.append(label)
    used = {end for edge in labels for end in edge}
    outside = [
        Node(INTERNET, "Internet", "clients, signed requests", 0),
        Node(HOSPITALS, "Hospitals", "private networks", 0),
    ]
    nodes = [one for one in outside if one.id in used] + sorted(nodes, key=lambda node: (node.column, node.id))
    return Diagram(f"Network and data flow of {document.name}", tuple(nodes), tuple(_joined(labels)))


def _joined(labels: dict[tuple[str, str], list[str]]) -> Iterator[Edge]:
    """One edge each, and one for two that ask each other the same."""
    for (source, target), said in sorted(labels.items()):
        back = labels.get((target, source))
        both = back is not None and sorted(back) == sorted(said)
        if not both or source < target:
            yield Edge(source, target, ", ".join(sorted(said, key=_by_port)), both)


def _by_port(label: str) -> tuple[int, str]:
    return (int(label) if label.isdigit() else 0, label)


def _nodes(document: Document) -> Iterator[Node]:
    paired = {host.address for group in _groups(document) for host in _members(document, group)}
    for kind, (service, column) in SERVICES.items():
        for one in document.of(kind):
            place = BEHIND_A_BALANCER if one.address in paired else column
            address = one.get("private_ip") or (one.get("address") if kind == "alicloud_slb_load_balancer" else None)
            yield Node(
                one.address,
                _role(one),
                service,
                place,
                name=_name(one),
                detail=str(address or ""),
                in_vpc=kind in INSIDE_VPC,
                zones=_zones(document, one),
                room=one.room,
            )


def _role(one: Resource) -> str:
    """What it is here, from its construct's path: ``directory/l/instance`` is "Directory l"."""
    parts = one.path.split("/") if one.path else [one.name]
    said = parts[:-1] if len(parts) > 1 and parts[-1] in GENERIC else parts
    text = " ".join(said)
    return text[:1].upper() + text[1:]


def _name(one: Resource) -> str:
    for name in (
        "instance_name", "load_balancer_name", "app_name", "function_name", "bucket", "project_name", "nat_gateway_name",
        "description",
    ):  # fmt: skip
        value = one.get(name)
        if isinstance(value, str) and "${" not in value:
            return value.partition(":")[0]
    return one.name


def _zones(document: Document, one: Resource) -> tuple[str, ...]:
    zones = [
        one.get(name) for name in ("availability_zone", "zone_id", "zone_id_slave_a", "master_zone_id", "slave_zone_id")
    ]
    zones += [
        found.get("zone_id")
        for name in ("vswitch_id", "vpc_config")
        if one.type in ("alicloud_sae_application", "alicloud_fcv3_function", "alicloud_nat_gateway")
        for found in document.targets(one.values.get(name), "alicloud_vswitch")
    ]
    return tuple(dict.fromkeys(str(zone).rpartition("-")[2] for zone in zones if zone and "${" not in str(zone)))


def _edges(document: Document) -> Iterator[tuple[str, str, str]]:
    yield from _public(document)
    yield from _by_rules(document)
    yield from _balanced(document)
    yield from _by_references(document)


def _public(document: Document) -> Iterator[tuple[str, str, str]]:
    for trigger in document.of("alicloud_fcv3_trigger"):
        function = document.target(trigger.values.get("function_name"), "alicloud_fcv3_function")
        if function and trigger.get("trigger_type") == "http":
            yield INTERNET, function.address, "HTTPS"
    for nat in document.of("alicloud_nat_gateway"):
        yield nat.address, INTERNET, "way out"


def _by_rules(document: Document) -> Iterator[tuple[str, str, str]]:
    members = _group_members(document)
    fronts = _fronts(document)
    for rule in document.of("alicloud_security_group_rule"):
        if rule.get("type") != "ingress" or rule.get("policy") == "drop" or rule.get("cidr_ip") == HEALTH_CHECKS:
            continue
        into = document.target(rule.values.get("security_group_id"), "alicloud_security_group")
        client = document.target(rule.values.get("source_security_group_id"), "alicloud_security_group")
        port = str(rule.get("port_range")).partition("/")[0]
        targets = members.get(into.address, []) if into else []
        sources = members.get(client.address, []) if client else [HOSPITALS]
        for source in sources:
            own = client is not None and into is not None and client.address == into.address
            reached = targets if own else list(dict.fromkeys(fronts.get(target, target) for target in targets))
            for target in reached:
                yield source, target, port


def _balanced(document: Document) -> Iterator[tuple[str, str, str]]:
    for member, balancer in _fronts(document).items():
        ports = [
            str(one.get("frontend_port"))
            for one in document.of("alicloud_slb_listener")
            if document.target(one.values.get("load_balancer_id"), "alicloud_slb_load_balancer")
            == document.resources[balancer]
        ]
        yield balancer, member, ports[0] if ports else ""


def _by_references(document: Document) -> Iterator[tuple[str, str, str]]:
    """Of applications and of the steps that run on hosts: whose address or name they are told."""
    for application in document.of("alicloud_sae_application"):
        for database in document.targets(application.values.get("envs"), "alicloud_db_instance"):
            yield application.address, database.address, str(_port(database))
    for step in document.of("alicloud_ecs_invocation"):
        for host in document.targets(step.values.get("instance_id"), "alicloud_instance"):
            told = step.values.get("parameters")
            for database in document.targets(told, "alicloud_db_instance"):
                yield host.address, database.address, str(_port(database))
            for bucket in document.targets(told, "alicloud_oss_bucket"):
                yield host.address, bucket.address, "objects"
            for secret in document.targets(told, "alicloud_kms_secret"):
                for key in document.targets(secret.values.get("encryption_key_id"), "alicloud_kms_key"):
                    yield host.address, key.address, "secrets"
            for stored in document.targets(told, "alicloud_oss_bucket_object"):
                for bucket in document.targets(stored.values.get("bucket"), "alicloud_oss_bucket"):
                    yield host.address, bucket.address, "secrets"
            for registry in document.targets(told, "alicloud_cr_ee_instance"):
                yield host.address, registry.address, "images"
    for kind, argument in (("alicloud_sae_application", "sls_configs"), ("alicloud_fcv3_function", "log_config")):
        for one in document.of(kind):
            for project in document.targets(one.values.get(argument), "alicloud_log_project"):
                yield one.address, project.address, "logs"


def _port(database: Resource) -> int:
    return 5432 if "Postgre" in str(database.get("engine")) else 3306


def _groups(document: Document) -> list[Resource]:
    return document.of("alicloud_slb_master_slave_server_group", "alicloud_slb_server_group")


def _members(document: Document, group: Resource) -> list[Resource]:
    return document.targets(group.values.get("servers"), "alicloud_instance")


def _fronts(document: Document) -> dict[str, str]:
    """Address of a member → address of the balancer before it."""
    found = {}
    for group in _groups(document):
        balancer = document.target(group.values.get("load_balancer_id"), "alicloud_slb_load_balancer")
        for host in _members(document, group) if balancer else []:
            found[host.address] = balancer.address if balancer else ""
    for binding in document.of("alicloud_sae_load_balancer_intranet"):
        balancer = document.target(binding.values.get("intranet_slb_id"), "alicloud_slb_load_balancer")
        application = document.target(binding.values.get("app_id"), "alicloud_sae_application")
        if balancer and application:
            found[application.address] = balancer.address
    return found


def _group_members(document: Document) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind in ("alicloud_instance", "alicloud_sae_application", "alicloud_fcv3_function"):
        for one in document.of(kind):
            named: list[Any] = [one.values.get(name) for name in ("security_groups", "security_group_id", "vpc_config")]
            for group in document.targets(named, "alicloud_security_group"):
                found.setdefault(group.address, []).append(one.address)
    return found
