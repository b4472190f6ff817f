"""Ways from the internet into the stack, computed from its JSON: addresses, forwardings, balancers, groups and their rules.

What stands in front: an EIP or public bandwidth on a host, a DNAT entry of the NAT gateway, an internet balancer, a public database
endpoint, an internet balancer of SAE. What lets through: an ingress rule of the host's groups that covers a public range, the
database's whitelist. The custom domains and trigger of Function Compute are the wanted ways in (`doors`) and no paths of this kind.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dicom_cdk.policy.address_ranges import is_public
from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.ingress_networks import RANGES, listed


@dataclass(frozen=True)
class Path:
    """Steps from the internet to `target`, an address."""

    target: str
    steps: tuple[str, ...]

    def __str__(self) -> str:
        return " → ".join(("internet", *self.steps, self.target))


def paths_from_internet(document: Document) -> list[Path]:
    """Every path, in order of targets; empty where nothing leads in."""
    return sorted(
        {*_to_hosts(document), *_to_balancers(document), *_to_database(document), *_to_applications(document)},
        key=lambda path: (path.target, path.steps),
    )


def _to_hosts(document: Document) -> Iterator[Path]:
    for host in document.of("alicloud_instance"):
        doors = [*_addresses(document, host), *_forwardings(document, host)]
        for door, ports in doors:
            for rule, opened in _open_rules(document, host):
                if ports is None or opened & ports:
                    yield Path(host.address, (door, rule))
        if not host.values.get("security_groups"):
            for door, _ in doors:
                yield Path(host.address, (door,))
        for balancer, ports in _internet_balancers(document, host):
            # A balancer brings clients past the host's groups: they see the balancer.
            yield Path(host.address, (balancer, *(f"port {port}" for port in sorted(ports))))


def _addresses(document: Document, host: Resource) -> Iterator[tuple[str, set[int] | None]]:
    if str(host.get("internet_max_bandwidth_out") or 0) != "0":
        yield f"public address of {host.address}", None
    for eip in document.of("alicloud_eip_association"):
        if document.target(eip.values.get("instance_id"), "alicloud_instance") == host:
            yield eip.address, None


def _forwardings(document: Document, host: Resource) -> Iterator[tuple[str, set[int] | None]]:
    for entry in document.of("alicloud_forward_entry"):
        inner = entry.get("internal_ip")
        if inner and (inner == host.get("private_ip") or host.address in entry.needs):
            port = str(entry.get("internal_port"))
            yield entry.address, {int(port)} if port.isdigit() else None


def _open_rules(document: Document, host: Resource) -> Iterator[tuple[str, set[int]]]:
    groups = {one.address for one in document.targets(host.values.get("security_groups"), "alicloud_security_group")}
    for rule in document.of("alicloud_security_group_rule"):
        group = document.target(rule.values.get("security_group_id"), "alicloud_security_group")
        if (
            group is None
            or group.address not in groups
            or rule.get("type") != "ingress"
            or rule.get("policy") == "drop"
        ):
            continue
        ranges = [*(rule.get(name) for name in RANGES if rule.get(name)), *listed(document, rule)]
        if any(is_public(cidr) for cidr in ranges):
            yield rule.address, _ports(rule.get("port_range"))


def _ports(text: Any) -> set[int]:
    first, _, last = str(text or "").partition("/")
    try:
        low, high = int(first), int(last)
    except ValueError:
        low, high = -1, -1
    return set(range(65536)) if low < 0 or high < 0 else set(range(low, high + 1))


def _internet_balancers(document: Document, host: Resource) -> Iterator[tuple[str, set[int]]]:
    for balancer in _public(document):
        members = [
            one
            for one in document.of(
                "alicloud_slb_master_slave_server_group", "alicloud_slb_server_group", "alicloud_slb_backend_server"
            )
            if document.target(one.values.get("load_balancer_id"), "alicloud_slb_load_balancer") == balancer
            and host.address in one.needs
        ]
        ports = {
            int(listener.get("frontend_port"))
            for listener in document.of("alicloud_slb_listener")
            if document.target(listener.values.get("load_balancer_id"), "alicloud_slb_load_balancer") == balancer
            and str(listener.get("frontend_port")).isdigit()
        }
        if members and ports:
            yield balancer.address, ports


def _public(document: Document) -> list[Resource]:
    with_eip = {
        target.address
        for eip in document.of("alicloud_eip_association")
        if (target := document.target(eip.values.get("instance_id"), "alicloud_slb_load_balancer"))
    }
    return [
        one
        for one in document.of("alicloud_slb_load_balancer")
        if one.address in with_eip
        or one.get("address_type") == "internet"
        or (one.get("address_type") is None and not one.values.get("vswitch_id"))
    ]


def _to_balancers(document: Document) -> Iterator[Path]:
    for balancer in _public(document):
        yield Path(balancer.address, ("public address of the balancer",))


def _to_database(document: Document) -> Iterator[Path]:
    for connection in document.of("alicloud_db_connection"):
        database = document.target(connection.values.get("instance_id"), "alicloud_db_instance")
        listed = database.get("security_ips") if database else None
        for cidr in listed if isinstance(listed, list) else [listed]:
            if cidr and database and is_public(cidr):
                yield Path(database.address, (connection.address, f"whitelist {cidr}"))


def _to_applications(document: Document) -> Iterator[Path]:
    for balancer in document.of("alicloud_sae_load_balancer_internet"):
        application = document.target(balancer.values.get("app_id"), "alicloud_sae_application")
        if application:
            yield Path(application.address, (balancer.address,))
