"""The log stores of a site: what is in each, whether it tells of patients, how long it stays, what it can be counted by.

Patient data are names, ids, UIDs and whatever leads to one: a query's URL, an object's key, an audit message. Who reads such a
store needs the role of its own that room logs makes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Kind = Literal["text", "long", "double"]


def _columns(**kinds: Kind) -> Mapping[str, Kind]:
    return MappingProxyType(kinds)


@dataclass(frozen=True)
class LogStore:
    """One store. `columns`: fields that queries may count and compare, beside the search of the whole text."""

    name: str
    holds: str
    patients: bool
    audit: bool = False
    """Kept as long as audit messages are, instead of as long as logs."""
    columns: Mapping[str, Kind] = field(default_factory=dict)


HEALTH_COLUMNS = _columns(
    host="text",
    room="text",
    bad="text",
    bad_parts="long",
    disk_system_percent="long",
    disk_data_percent="long",
    clock_synchronised="long",
    clock_offset_ms="double",
    ldap_peer_answers="long",
    ldap_entries="long",
    ldap_entries_differ="long",
    ldap_lag_seconds="double",
    backup_age_hours="double",
    archive_started="long",
    tasks_queued="long",
    tasks_failed="long",
    associations="long",
    associations_rejected="long",
    stores="long",
    stores_failed="long",
    storage_errors="long",
    log_errors="long",
    keystore_days_left="long",
    trusted_days_left="long",
    gateway_certificate_days_left="long",
)
"""What a host's line of numbers may hold; a host leaves out what it has not."""

STORES = (
    LogStore(
        "gateway",
        "requests to gateway and filter",
        patients=True,
        columns=_columns(message="text", content="text", functionName="text"),
    ),
    LogStore("dicomweb", "`server.log` and standard output of the archive on SAE", patients=True),
    LogStore("archive", "`server.log` and standard output of the archive's host", patients=True),
    LogStore("audit", "DICOM audit messages of both archives", patients=True, audit=True),
    LogStore("directory", "LDAP containers", patients=False),
    LogStore("host", "cloud-init and units of the hosts", patients=False),
    LogStore("health", "a line of numbers of each host every five minutes", patients=False, columns=HEALTH_COLUMNS),
    LogStore(
        "network",
        "flow logs of the VPC",
        patients=False,
        columns=_columns(srcaddr="text", dstaddr="text", dstport="long", action="text", bytes="long", packets="long"),
    ),
    LogStore("bucket", "requests to the bucket of images", patients=True),
    LogStore("database", "slow statements, errors and SQL audit of the database", patients=True),
)
"""In the order of the way of an image."""
