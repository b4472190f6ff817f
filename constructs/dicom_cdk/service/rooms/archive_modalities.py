"""The listed modalities: who gets through to the archive's host, and the step that enters them in the directory.

A security group takes 200 rules, a host five groups (the vendor's default quotas): few go into the archive's own group, many are
shared out over groups of their own by their address, so that another entry moves no other.
"""

import hashlib
from collections.abc import Mapping

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_alicloud.security_group import SecurityGroup
from constructs import Construct

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.service.callers import PLAIN_PORT, TLS_PORT, Callers
from dicom_cdk.service.dicom import Dicom
from dicom_cdk.service.identity import Identity
from dicom_cdk.service.parts.host_step import HostStep, StepHost
from dicom_cdk.service.parts.ingress import allow_hosts
from dicom_cdk.service.rooms.archive_handed import hand
from dicom_cdk.service.rooms.directory import Directory
from dicom_cdk.service.rooms.network import Network
from dicom_cdk.service.rooms.platform import Platform
from dicom_cdk.service.rooms.storage import Storage

DIMSE = {PLAIN_PORT: "DIMSE", TLS_PORT: "DIMSE (TLS)"}
OWN_GROUP_RULES = 150
"""Rules of modalities in the archive's own group, which has others too."""
SHARES = 4
GROUP_RULES = 200


def allow(
    scope: Construct, callers: Callers | None, *, into: SecurityGroup, network: Network, site: Identity
) -> list[str]:
    """A rule for each address and port; gives the ids of further groups that the host has to join.

    Raises ValueError where the addresses are shared out so unevenly that a group does not take its share.
    """
    ways = callers.ways if callers else {}
    if len(ways) <= OWN_GROUP_RULES:
        allow_hosts(scope, "from-modality", into=into, hosts=ways)
        return []
    shares: list[dict[tuple[str, int], str]] = [{} for _ in range(SHARES)]
    for way, reason in ways.items():
        shares[_share(way[0])][way] = reason
    return [_group(scope, number, hosts, network, site) for number, hosts in enumerate(shares)]


def _share(address: str) -> int:
    return hashlib.sha256(address.encode()).digest()[0] % SHARES


def _group(
    scope: Construct, number: int, hosts: Mapping[tuple[str, int], str], network: Network, site: Identity
) -> str:
    if len(hosts) > GROUP_RULES:
        raise ValueError(
            f"modalities: security group {number} of {SHARES} gets {len(hosts)} rules, allowed {GROUP_RULES}; "
            "list fewer addresses, or let devices reach the archive through one gateway of their hospital"
        )
    group = SecurityGroup(
        scope,
        f"group-modalities-{number}",
        security_group_name=f"sg-{site.name}-modalities-{number}",
        description=f"DICOM service {site.name}, modalities, share {number + 1} of {SHARES}",
        vpc_id=network.vpc_id,
        security_group_type="normal",
        inner_access_policy="Drop",
        tags=site.tags,
    )
    allow_hosts(scope, "from-modality", into=group, hosts=hosts)
    return group.id


def enter(
    scope: Construct,
    dicom: Dicom,
    *,
    host: StepHost,
    platform: Platform,
    storage: Storage,
    directory: Directory,
    after: list[ITerraformDependable],
) -> ITerraformDependable:
    """The step that makes the directory say what the list says. `after`: the archive, which reads it anew."""
    callers = dicom.callers
    assert callers is not None
    handed = hand(
        scope,
        "modalities-list",
        callers.text,
        folder="modalities",
        file_type=("json", "application/json"),
        platform=platform,
        storage=storage,
    )
    return HostStep(
        scope,
        "modalities",
        host=host,
        bundle=Bundle.from_assets("modalities"),
        entry="apply",
        values={
            "base_dn": dicom.base_dn,
            "device_name": dicom.device_name,
            "generation": platform.secrets.generations.ldap,
            "ldap_url": directory.url,
            "list_bucket": handed.bucket,
            "list_key": handed.key,
            "list_sha256": handed.sha256,
        },
        timeout_seconds=600,
        after=[*after, *platform.secrets.roles["archive"].grants],
    ).ready
