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
from dicom_cdk.service import partners
from dicom_cdk.service.callers import PLAIN_PORT, TLS_PORT, Callers
from dicom_cdk.service.dicom import Dicom
from dicom_cdk.service.identity import Identity
from dicom_cdk.service.parts.host_step import HostStep, StepHost
from dicom_cdk.service.parts.ingress import allow_hosts, allow_networks, allow_shares
from dicom_cdk.service.rooms import archive_cache
from dicom_cdk.service.rooms.archive_handed import hand
from dicom_cdk.service.rooms.directory import Directory
from dicom_cdk.service.rooms.network import Network
from dicom_cdk.service.rooms.platform import Platform
from dicom_cdk.service.rooms.storage import Storage
from dicom_cdk.settings.models import archive as settings_archive

HL7 = {partners.PLAIN_PORT: "HL7", partners.TLS_PORT: "HL7 (TLS)"}
DIMSE = {PLAIN_PORT: "DIMSE", TLS_PORT: "DIMSE (TLS)"}
TRANSFER_SYNTAXES = {
    "jpeg-lossless": "1.2.840.10008.1.2.4.70",
    "jpeg-ls-lossless": "1.2.840.10008.1.2.4.80",
    "jpeg-2000-lossless": "1.2.840.10008.1.2.4.90",
}
"""How images are compressed, and its UID (PS3.6 table A-1); each gives back every bit."""
OWN_GROUP_RULES = 150
"""Rules of modalities in the archive's own group, which has others too."""
SHARES = 4
GROUP_RULES = 200


def ways_in(scope: Construct, dicom: Dicom, *, into: SecurityGroup, network: Network, site: Identity) -> list[str]:
    """Rules for listed devices and partners, else for hospitals' networks; gives the ids of further groups that the host joins.

    Raises ValueError as `allow` does.
    """
    more = allow(scope, dicom.callers, into=into, network=network, site=site)
    allow_networks(
        scope,
        "from-hospital",
        into=into,
        ports=(DIMSE if dicom.callers is None else {}) | (HL7 if dicom.partners is None else {}),
        cidrs=network.reach.hospitals,
        client="hospital network",
    )
    allow_hosts(scope, "from-partner", into=into, hosts=dicom.partners.ways if dicom.partners else {})
    return more


def told_of_connections(settings: settings_archive.Archive, dicom: Dicom) -> dict[str, object]:
    """What step `up` is told of the archive's DICOM and HL7 connections, where it is not what the directory has at first."""
    found: dict[str, object] = {"called_at": dicom.balancer} if dicom.balancer else {}
    found |= {"compression": TRANSFER_SYNTAXES[settings.compression]} if settings.compression else {}
    return found | ({"client_certificates": "optional"} if settings.client_certificates == "optional" else {})


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
    groups = [_group(scope, number, hosts, network, site) for number, hosts in enumerate(shares)]
    allow_shares(scope, "from-modality", list(zip(groups, shares, strict=True)))
    return [group.id for group in groups]


def _share(address: str) -> int:
    return hashlib.sha256(address.encode()).digest()[0] % SHARES


def _group(
    scope: Construct, number: int, hosts: Mapping[tuple[str, int], str], network: Network, site: Identity
) -> SecurityGroup:
    if len(hosts) > GROUP_RULES:
        raise ValueError(
            f"modalities: security group {number} of {SHARES} gets {len(hosts)} rules, allowed {GROUP_RULES}; "
            "list fewer addresses, or let devices reach the archive through one gateway of their hospital"
        )
    return SecurityGroup(
        scope,
        f"group-modalities-{number}",
        security_group_name=f"sg-{site.name}-modalities-{number}",
        description=f"DICOM service {site.name}, modalities, share {number + 1} of {SHARES}",
        vpc_id=network.vpc_id,
        security_group_type="normal",
        inner_access_policy="Drop",
        tags=site.tags,
    )


def enter(
    scope: Construct,
    dicom: Dicom,
    *,
    host: StepHost,
    platform: Platform,
    storage: Storage,
    directory: Directory,
    after: list[ITerraformDependable],
) -> list[ITerraformDependable]:
    """The step that makes the directory say what the lists say; none without a list. `after`: the archive, which reads it anew."""
    if not dicom.listed:
        return []
    handed = hand(
        scope,
        "modalities-list",
        dicom.listed,
        folder="modalities",
        file_type=("json", "application/json"),
        platform=platform,
        storage=storage,
    )
    # A title that tells storing from querying has the same storage as the archive's own.
    apart = dicom.callers is not None and "store_ae_title" in dicom.callers.archive
    step = HostStep(
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
            **({"storage_id": archive_cache.first_storage(storage.cache, dicom.storage_id)} if apart else {}),
        },
        timeout_seconds=600,
        after=[*after, *platform.secrets.roles["archive"].grants],
    )
    return [step.ready]
