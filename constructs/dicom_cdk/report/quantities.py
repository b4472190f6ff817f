"""What costs, as a bill of quantities: what, how many, how big, billed how. No prices: they differ by region, account and day."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from dicom_cdk.policy.document import Document, Resource


@dataclass(frozen=True)
class Quantity:
    """One row. `by`: what the bill grows with, besides time."""

    service: str
    what: str
    count: int
    size: str
    billing: str
    by: str = ""


def quantities(document: Document) -> list[Quantity]:
    """In the order of the table; equal things counted together."""
    rows: dict[Quantity, int] = {}
    for _, row in each(document):
        alike = replace(row, count=0)
        rows[alike] = rows.get(alike, 0) + row.count
    return [replace(row, count=count) for row, count in rows.items()]


def each(document: Document) -> Iterator[tuple[Resource, Quantity]]:
    """Every resource that costs, with its own row."""
    for kind, (service, what, size, billing, by) in DRIVERS.items():
        for one in document.of(kind):
            yield one, Quantity(service, what, _instances(one), size(one), billing(one), by)


def _instances(one: Resource) -> int:
    replicas = str(one.get("replicas") or "") if one.type == "alicloud_sae_application" else ""
    return int(replicas) if replicas.isdigit() else 1


def _of(*names: str) -> Callable[[Resource], str]:
    """The values of arguments, joined, units by their names."""

    def said(one: Resource) -> str:
        return ", ".join(_values(one, names))

    return said


def _values(one: Resource, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        value = one.get(name)
        if value not in (None, "", 0):
            yield f"{value}{UNITS.get(name, '')}"


UNITS = {
    "instance_storage": " GB", "system_disk_size": " GB system disk", "size": " GB", "capacity": " GB", "memory_size": " MB",
    "cpu": " CPU", "bandwidth": " Mbit/s at most", "target": " kept warm",
}  # fmt: skip
Row = tuple[str, str, Callable[[Resource], str], Callable[[Resource], str], str]
DRIVERS: dict[str, Row] = {
    "alicloud_db_instance": (
        "ApsaraDB RDS",
        "PostgreSQL, primary and standby",
        _of("instance_type", "instance_storage", "db_instance_storage_type"),
        _of("instance_charge_type"),
        "storage, backups beyond the free part",
    ),
    "alicloud_instance": (
        "ECS",
        "host",
        _of("instance_type", "system_disk_size", "system_disk_category"),
        _of("instance_charge_type"),
        "",
    ),
    "alicloud_ecs_disk": ("ECS", "data disk", _of("size", "category"), _of("payment_type"), ""),
    "alicloud_ecs_auto_snapshot_policy": (
        "ECS",
        "disk snapshots",
        lambda one: f"{one.get('retention_days')} days",
        lambda _: "by GB",
        "changed data",
    ),
    "alicloud_slb_load_balancer": (
        "CLB",
        "intranet balancer",
        _of("load_balancer_spec"),
        _of("instance_charge_type", "payment_type"),
        "traffic units",
    ),
    "alicloud_sae_application": (
        "SAE",
        "application instances",
        lambda one: _cores(one),
        lambda _: "pay as you go",
        "",
    ),
    "alicloud_fcv3_function": (
        "Function Compute",
        "function",
        _of("cpu", "memory_size"),
        lambda _: "by calls and time",
        "calls, time, traffic",
    ),
    "alicloud_fcv3_provision_config": (
        "Function Compute",
        "instances kept warm",
        _of("target"),
        lambda _: "by time",
        "",
    ),
    "alicloud_nat_gateway": (
        "NAT Gateway",
        "gateway",
        _of("nat_type"),
        _of("payment_type", "internet_charge_type"),
        "traffic units",
    ),
    "alicloud_vpn_gateway": (
        "VPN Gateway",
        "gateway of hospitals",
        _of("bandwidth"),
        _of("payment_type"),
        "traffic",
    ),
    "alicloud_eip_address": (
        "EIP",
        "public address of the way out",
        _of("bandwidth"),
        _of("payment_type", "internet_charge_type"),
        "traffic",
    ),
    "alicloud_oss_bucket": (
        "OSS",
        "bucket",
        _of("storage_class", "redundancy_type"),
        lambda _: "by GB and requests",
        "images, versions, logs",
    ),
    "alicloud_oss_bucket_replication": (
        "OSS",
        "replication to another region",
        _of("action"),
        lambda _: "by GB carried over",
        "images, backups, dumps",
    ),
    "alicloud_nas_file_system": (
        "NAS",
        "file system",
        _of("capacity", "file_system_type", "storage_type"),
        lambda _: "pay as you go",
        "",
    ),
    "alicloud_hbr_vault": ("Cloud Backup", "vault", _of("vault_type"), lambda _: "by GB", "changed files"),
    "alicloud_cr_ee_instance": ("Container Registry", "instance", _of("instance_type"), _of("payment_type"), ""),
    "alicloud_kms_key": ("KMS", "key", _of("key_spec", "protection_level"), lambda _: "by key and calls", "calls"),
    "alicloud_kms_secret": ("KMS", "secret", lambda _: "", lambda _: "by secret and calls", "calls"),
    "alicloud_log_store": (
        "SLS",
        "log store",
        lambda one: f"{one.get('retention_period')} days",
        lambda _: "by GB",
        "requests, image moves",
    ),
    "alicloud_cms_alarm": ("CloudMonitor", "alarm rule", lambda _: "", lambda _: "free within the quota", ""),
    "alicloud_ots_instance": ("Tablestore", "lock table", _of("instance_type"), lambda _: "by use", ""),
}


def _cores(one: Resource) -> str:
    cpu, memory = one.get("cpu"), one.get("memory")
    return (
        f"{int(cpu) / 1000:g} cores, {int(memory) // 1024} GB each"
        if str(cpu).isdigit() and str(memory).isdigit()
        else ""
    )
