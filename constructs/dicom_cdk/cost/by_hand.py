"""What no product's own call prices: asked of Resource Orchestration, which prices what it can; the units of what is by use, and
what is assumed of it. A price file can say each.
"""

from collections.abc import Iterator

from dicom_cdk.account.orchestration import NEIGHBOURS
from dicom_cdk.cost.estimated import estimated
from dicom_cdk.cost.tariff import Quote, by_use
from dicom_cdk.policy.document import Resource
from dicom_cdk.preflight.check import Target
from dicom_cdk.preflight.checks import balancers
from dicom_cdk.preflight.checks.registry import bought

NOTHING = "no use is assumed"


def balancer(target: Target, one: Resource) -> Iterator[Quote]:
    yield estimated(f"CLB instance {balancers.paid(target, one)}", target, "hour", one, balancers.bought(target, one))
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
        given = {"function_name": "priced", "qualifier": "LATEST", "target": kept}
        yield estimated(f"FC instance of {size} kept warm", target, "hour", one, given, times=int(kept))


def gateway(target: Target, one: Resource) -> Iterator[Quote]:
    kind = target.word(one, "nat_type") or "Enhanced"
    given = {"nat_type": kind, "payment_type": "PayAsYouGo", "internet_charge_type": "PayByLcu"}
    yield estimated(f"NAT gateway {kind}", target, "hour", one, given, beside=NEIGHBOURS)
    yield by_use("NAT traffic, a unit (CU) and hour", target, NOTHING)


def address(target: Target, one: Resource) -> Iterator[Quote]:
    kind = target.word(one, "internet_charge_type") or "PayByBandwidth"
    if kind == "PayByTraffic":
        given = {"internet_charge_type": kind, "payment_type": "PayAsYouGo", "bandwidth": target.word(one, "bandwidth")}
        yield estimated("EIP paid by traffic, the address", target, "hour", one, given)
        yield by_use("EIP traffic, 1 GB outward", target, NOTHING)
    else:
        width = target.word(one, "bandwidth") or "5"
        given = {"internet_charge_type": kind, "payment_type": "PayAsYouGo", "bandwidth": width}
        yield estimated(f"EIP of {width} Mbit/s", target, "hour", one, given)


def bucket(target: Target, one: Resource) -> Iterator[Quote]:
    kind = f"{target.word(one, 'storage_class') or 'Standard'} {target.word(one, 'redundancy_type') or 'LRS'}"
    for unit in ("1 GB and month", "10,000 writing requests", "10,000 reading requests"):
        yield by_use(f"OSS {kind}, {unit}", target, NOTHING, one)


def files(target: Target, one: Resource) -> Iterator[Quote]:
    kind = f"{target.word(one, 'file_system_type') or 'standard'} {target.word(one, 'storage_type')}"
    yield by_use(f"NAS {kind}, 1 GB and month", target, NOTHING)


def tunnels(target: Target, one: Resource) -> Iterator[Quote]:
    width = target.word(one, "bandwidth")
    given = {"bandwidth": width, "payment_type": "PayAsYouGo", "enable_ipsec": "true"}
    yield estimated(f"VPN gateway of {width or 'unknown'} Mbit/s", target, "hour", one, given, beside=NEIGHBOURS)
    yield by_use("VPN traffic, 1 GB outward", target, NOTHING)


def backups(target: Target, _: Resource) -> Iterator[Quote]:
    yield by_use("Cloud Backup, 1 GB and month", target, NOTHING)


def registry(target: Target, one: Resource) -> Iterator[Quote]:
    edition = target.word(one, "instance_type")
    yield estimated(f"Container Registry {edition}", target, "month", one, bought(edition))


def key(target: Target, one: Resource) -> Iterator[Quote]:
    given = {"key_spec": target.word(one, "key_spec") or "Aliyun_AES_256"}
    yield estimated("KMS key", target, "month", one, given)


def replication(target: Target, _: Resource) -> Iterator[Quote]:
    yield by_use("OSS replication to another region, 1 GB", target, NOTHING)


def secret(target: Target, one: Resource) -> Iterator[Quote]:
    given = {"secret_name": "priced", "secret_data": "priced", "version_id": "1"}
    yield estimated("KMS secret", target, "month", one, given)


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
