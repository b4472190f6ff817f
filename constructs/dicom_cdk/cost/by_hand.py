"""What no call is known to price: the units, so that a price file can say it, and what is assumed of its use."""

from collections.abc import Iterator

from dicom_cdk.cost.tariff import Quote, by_file, by_use
from dicom_cdk.policy.document import Resource
from dicom_cdk.preflight.check import Target

NOTHING = "no use is assumed"


def balancer(target: Target, one: Resource) -> Iterator[Quote]:
    kind = target.word(one, "instance_charge_type") or target.word(one, "payment_type") or "PayAsYouGo"
    yield by_file(f"CLB instance {kind}", target, "hour")
    yield by_use("CLB traffic, a unit (LCU) and hour", target, NOTHING)


def function(target: Target, _: Resource) -> Iterator[Quote]:
    for unit in ("1 vCPU and second", "1 GB of memory and second", "1 million calls", "1 GB of traffic"):
        yield by_use(f"FC {unit}", target, NOTHING)


def warm(target: Target, one: Resource) -> Iterator[Quote]:
    """Instances kept warm cost while they wait, by the size of their function."""
    kept = target.word(one, "target")
    of = target.document.target(one.get("function_name"), "alicloud_fcv3_function")
    size = f"{target.word(of, 'cpu')} vCPU and {target.word(of, 'memory_size')} MB" if of else "unknown size"
    if kept.isdigit() and int(kept):
        yield by_file(f"FC instance of {size} kept warm", target, "hour", int(kept))


def gateway(target: Target, one: Resource) -> Iterator[Quote]:
    yield by_file(f"NAT gateway {target.word(one, 'nat_type') or 'Enhanced'}", target, "hour")
    yield by_use("NAT traffic, a unit (CU) and hour", target, NOTHING)


def address(target: Target, one: Resource) -> Iterator[Quote]:
    kind = target.word(one, "internet_charge_type") or "PayByBandwidth"
    if kind == "PayByTraffic":
        yield by_file("EIP paid by traffic, the address", target, "hour")
        yield by_use("EIP traffic, 1 GB outward", target, NOTHING)
    else:
        yield by_file(f"EIP of {target.word(one, 'bandwidth') or '5'} Mbit/s", target, "hour")


def bucket(target: Target, one: Resource) -> Iterator[Quote]:
    kind = f"{target.word(one, 'storage_class') or 'Standard'} {target.word(one, 'redundancy_type') or 'LRS'}"
    for unit in ("1 GB and month", "10,000 writing requests", "10,000 reading requests"):
        yield by_use(f"OSS {kind}, {unit}", target, NOTHING, one)


def files(target: Target, one: Resource) -> Iterator[Quote]:
    kind = f"{target.word(one, 'file_system_type') or 'standard'} {target.word(one, 'storage_type')}"
    yield by_use(f"NAS {kind}, 1 GB and month", target, NOTHING)


def backups(target: Target, _: Resource) -> Iterator[Quote]:
    yield by_use("Cloud Backup, 1 GB and month", target, NOTHING)


def registry(target: Target, one: Resource) -> Iterator[Quote]:
    yield by_file(f"Container Registry {target.word(one, 'instance_type')}", target, "month")


def key(target: Target, one: Resource) -> Iterator[Quote]:
    yield by_file("KMS key", target, "month", one=one)


def replication(target: Target, _: Resource) -> Iterator[Quote]:
    yield by_use("OSS replication to another region, 1 GB", target, NOTHING)


def secret(target: Target, _: Resource) -> Iterator[Quote]:
    yield by_file("KMS secret", target, "month")


def logs(target: Target, _: Resource) -> Iterator[Quote]:
    for unit in ("1 GB written", "1 GB and day kept"):
        yield by_use(f"SLS {unit}", target, NOTHING)


def snapshots(target: Target, _: Resource) -> Iterator[Quote]:
    yield by_use("ECS snapshots, 1 GB and month", target, NOTHING)


def alarm(target: Target, _: Resource) -> Iterator[Quote]:
    yield by_use("CloudMonitor rule beyond the free quota, a month", target, "within the free quota")


def table(target: Target, _: Resource) -> Iterator[Quote]:
    for unit in ("1 GB and hour", "10,000 reads", "10,000 writes"):
        yield by_use(f"Tablestore {unit}", target, NOTHING)
