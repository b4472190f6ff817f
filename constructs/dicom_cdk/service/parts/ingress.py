"""The one way to write an ingress rule: one port, one client, a reason; TCP but where said (facts: provider 7, item 2)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal
from weakref import WeakKeyDictionary

from cdktf import TerraformStack
from cdktf_cdktf_provider_alicloud.security_group import SecurityGroup
from cdktf_cdktf_provider_alicloud.security_group_rule import SecurityGroupRule
from constructs import Construct

HEALTH_CHECKS = "100.64.0.0/10"
"""Where CLB health checks come from: the vendor's own range, outside every VPC."""
_SAID: "WeakKeyDictionary[TerraformStack, dict[str, object]]" = WeakKeyDictionary()
"""Rules for hosts that each stack has so far."""


def allow_group(
    scope: Construct,
    id: str,
    *,
    into: SecurityGroup,
    port: int,
    client: SecurityGroup,
    reason: str,
    protocol: Literal["tcp", "udp"] = "tcp",
) -> None:
    """Let the members of `client` reach `port` of the members of `into`."""
    _accept(scope, id, into, port, reason, group_id=client.id, protocol=protocol)


def allow_cidr(scope: Construct, id: str, *, into: SecurityGroup, port: int, cidr: str, reason: str) -> None:
    """Let the addresses of `cidr` reach TCP `port` of the members of `into`."""
    _accept(scope, id, into, port, reason, cidr=cidr)


def allow_networks(
    scope: Construct, id: str, *, into: SecurityGroup, ports: dict[int, str], cidrs: tuple[str, ...], client: str
) -> None:
    """One rule for each network and port; ids carry the port and the network, so that adding one moves no other."""
    for cidr in cidrs:
        for port, service in ports.items():
            allow_cidr(
                scope,
                f"{id}-{port}-{cidr.replace('.', '-').replace('/', '-')}",
                into=into,
                port=port,
                cidr=cidr,
                reason=f"{service} from {client}",
            )


def allow_hosts(scope: Construct, id: str, *, into: SecurityGroup, hosts: Mapping[tuple[str, int], str]) -> None:
    """One rule for each address and port, with its reason; ids carry both, so that adding one moves no other.

    As data of the stack: there may be hundreds, and a construct of its own takes 6 ms.
    """
    allow_shares(scope, id, [(into, hosts)])


def allow_shares(
    scope: Construct, id: str, shares: Sequence[tuple[SecurityGroup, Mapping[tuple[str, int], str]]]
) -> None:
    """As `allow_hosts`, for hosts that are shared out over several groups."""
    rules = {name: rule for into, hosts in shares for name, rule in _rules(scope.node.path, id, into.id, hosts)}
    if not rules:
        return
    stack = TerraformStack.of(scope)
    # One call for all: each costs a millisecond here and one in Node. It replaces what the last one said, hence all of it again.
    said = _SAID.setdefault(stack, {})
    said |= rules
    stack.add_override("resource.alicloud_security_group_rule", said)


def _rules(
    around: str, id: str, group_id: str, hosts: Mapping[tuple[str, int], str]
) -> Iterator[tuple[str, dict[str, object]]]:
    for (address, port), reason in sorted(hosts.items()):
        path = f"{around}/{id}-{port}-{address.replace('.', '-')}"
        name = "_".join(path.split("/")[1:])
        rule = {
            "//": {"metadata": {"path": path, "uniqueId": name}},
            "cidr_ip": f"{address}/32",
            "description": reason,
            "ip_protocol": "tcp",
            "nic_type": "intranet",
            "policy": "accept",
            "priority": 1,
            "port_range": f"{port}/{port}",
            "security_group_id": group_id,
            "type": "ingress",
        }
        yield name, rule


def _accept(
    scope: Construct,
    id: str,
    into: SecurityGroup,
    port: int,
    reason: str,
    *,
    group_id: str | None = None,
    cidr: str | None = None,
    protocol: str = "tcp",
) -> None:
    """One client: the members of a group, or the addresses of a network."""
    SecurityGroupRule(
        scope,
        id,
        type="ingress",
        ip_protocol=protocol,
        port_range=f"{port}/{port}",
        nic_type="intranet",
        policy="accept",
        priority=1,
        security_group_id=into.id,
        source_security_group_id=group_id,
        cidr_ip=cidr,
        description=reason,
    )
