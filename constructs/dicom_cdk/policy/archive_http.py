"""Ways of networks to an archive's own HTTP port, computed from a stack's JSON.

The unsecured archive asks nobody who he is: on that port anybody reads the bucket's AccessKey, deletes studies, stops the archive.
Known as an archive is an SAE application with dcm4chee's image or variables, and a host whose compose file publishes the ports of
one beyond its loopback. A filter in front is another application, with another image, and is not meant.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_network
from typing import Any

import yaml

from dicom_cdk.payload import unpack, yaml_text
from dicom_cdk.payload.errors import PayloadError
from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.ingress_networks import networks

PORTS = (8080, 8443)
"""HTTP and HTTPS of the archive's image."""
HEALTH_CHECKS = ip_network("100.64.0.0/10")
"""Where balancers ask from: the vendor's own, no network of anybody."""
MARKS = ("dcm4chee-arc", "ARCHIVE_DEVICE_NAME")
"""What tells an archive: name of its image, a variable that only it has."""


@dataclass(frozen=True, order=True)
class Way:
    """From `network` by the ingress rule `rule` to `target`, both addresses of resources, on TCP `port`."""

    network: str
    rule: str
    target: str
    port: int

    def __str__(self) -> str:
        return f"{self.network} → {self.rule} → {self.target}, port {self.port}: the archive itself, without login or filter"


def ways_to_archives(document: Document) -> list[Way]:
    """Every way, in order; empty where only rooms reach an archive's HTTP."""
    found = set()
    for target, published in _archives(document):
        for rule in _rules_into(document, target):
            opened = _ports(rule.get("port_range"))
            for network in (one for one in networks(document, rule) if not _is_health_checks(one)):
                found |= {Way(network, rule.address, target.address, port) for port in published if port in opened}
    return sorted(found)


def _archives(document: Document) -> Iterator[tuple[Resource, tuple[int, ...]]]:
    """Each with those of its ports that a network could reach."""
    for one in document.of("alicloud_sae_application"):
        if any(mark in f"{one.get('image_url')} {one.get('envs')}" for mark in MARKS):
            yield one, PORTS
    published = _published(document)
    for one in document.of("alicloud_instance"):
        if ports := published.get(one.address):
            yield one, tuple(sorted(ports))


def _published(document: Document) -> dict[str, set[int]]:
    """Ports of archives by host: from its user data, and from commands that an invocation runs there."""
    found: dict[str, set[int]] = {}
    for kind, argument in (("alicloud_instance", "user_data"), ("alicloud_ecs_command", "command_content")):
        for one in document.of(kind):
            content = one.values.get(argument)
            if not isinstance(content, str) or "${" in content:
                continue
            try:
                payload = unpack.payload_of(one.address, argument, content)
            except PayloadError:
                continue  # CKV2_DICOM_90 says so
            ports = {port for text in _compose_files(payload) for port in _of_archive(text)}
            hosts = [one.address] if argument == "user_data" else _run_on(document, one.address)
            for host in hosts if ports else ():
                found.setdefault(host, set()).update(ports)
    return found


def _compose_files(payload: unpack.Payload) -> Iterator[str]:
    files = [*payload.files.items()]
    files += [(file.path, file.content) for bundle in payload.bundles for file in bundle.files]
    for path, content in files:
        name = path.rpartition("/")[2].lower()
        if "compose" in name and name.endswith((".yaml", ".yml")):
            yield content.decode(errors="replace")


@lru_cache(64)
def _of_archive(text: str) -> frozenset[int]:
    """Ports that a compose file publishes of an archive."""
    if not any(mark in text for mark in MARKS):
        return frozenset()
    try:
        document = yaml_text.document(text)
    except yaml.YAMLError:
        return frozenset()
    services = document.get("services") if isinstance(document, dict) else None
    return frozenset(
        port
        for body in (services.values() if isinstance(services, dict) else ())
        if isinstance(body, dict) and any(mark in f"{body.get('image')} {body.get('environment')}" for mark in MARKS)
        for published in body.get("ports") or []
        if (port := _beyond_loopback(published)) in PORTS
    )


def _beyond_loopback(published: Any) -> int:
    """The container's port that others than its host can reach; 0 for none."""
    if isinstance(published, dict):
        address, target = str(published.get("host_ip", "")), str(published.get("target", ""))
    else:
        address, _, target = str(published).partition("/")[0].rpartition(":")
    return 0 if not target.isdigit() or address.startswith(("127.", "[::1]", "::1")) else int(target)


def _run_on(document: Document, command: str) -> list[str]:
    """Hosts that an invocation runs `command` on."""
    return [
        host.address
        for run in document.of("alicloud_ecs_invocation")
        if (said := document.target(run.values.get("command_id"), "alicloud_ecs_command")) and said.address == command
        for host in document.targets(run.values.get("instance_id"), "alicloud_instance")
    ]


def _rules_into(document: Document, target: Resource) -> Iterator[Resource]:
    """Accepting ingress rules of the groups of `target`."""
    named = [target.values.get("security_groups"), target.values.get("security_group_id")]
    groups = {one.address for one in document.targets(named, "alicloud_security_group")}
    for rule in document.of("alicloud_security_group_rule"):
        group = document.target(rule.values.get("security_group_id"), "alicloud_security_group")
        accepts = rule.get("type") == "ingress" and rule.get("policy") != "drop"
        if accepts and group is not None and group.address in groups:
            yield rule


def _is_health_checks(cidr: str) -> bool:
    try:
        network = ip_network(cidr, strict=False)
    except ValueError:
        return False
    return network.version == 4 and network.subnet_of(HEALTH_CHECKS)  # type: ignore[arg-type]


def _ports(text: Any) -> range:
    first, _, last = str(text or "").partition("/")
    return range(int(first), int(last) + 1) if first.isdigit() and last.isdigit() else range(65536)
