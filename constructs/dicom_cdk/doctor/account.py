"""What an account must have before a stack can be applied, read off the stack: services, quotas, filing, zone.

Nothing here asks the cloud: these are things to look at. `dicom-cdk preflight` asks them.
"""

import re
from collections import Counter
from collections.abc import Iterator

from dicom_cdk.finding import Finding
from dicom_cdk.handoff.services import activated
from dicom_cdk.plan.stack import Stack
from dicom_cdk.policy.document import Document, of_stack

AREA = "account"
SIZES = {"small": 1, "large": 2, "xlarge": 4}
COUNTED = {
    "alicloud_eip_address": "EIPs", "alicloud_nat_gateway": "NAT gateways", "alicloud_slb_load_balancer": "balancers",
    "alicloud_kms_key": "KMS keys", "alicloud_kms_secret": "KMS secrets", "alicloud_db_instance": "RDS instances",
    "alicloud_log_project": "log projects", "alicloud_oss_bucket": "buckets",
}  # fmt: skip


def findings(stack: Stack) -> Iterator[Finding]:
    """Of one stack, in the order in which they take time: filing first."""
    document = of_stack(stack)
    for text in document.unseen:
        said, _, do = text.partition("; ")
        yield _look(said.partition(" ")[0], said.partition(" ")[2], do)
    region = str(stack.provider.get("region", ""))
    for domain in document.of("alicloud_fcv3_custom_domain"):
        name = str(domain.get("custom_domain_name"))
        if region.startswith("cn-") and region != "cn-hongkong":
            yield _look(
                f"ICP filing of {name}",
                f"{region} serves only filed domains; a filing takes weeks",
                "file it with the vendor",
            )
    for record in document.of("alicloud_alidns_record"):
        yield _look(
            f"zone {record.get('domain_name')}",
            "must be in Alibaba Cloud DNS of this account",
            "move it there, or set gateway.dns: false",
        )
    services = activated(document)
    if services:
        bootstrap = f"apply {stack.name}-bootstrap (state: {{bootstrap: true}}), or activate them in the console"
        yield _look("services to activate", ", ".join(services), bootstrap)
    yield from _quotas(document, region)


def _quotas(document: Document, region: str) -> Iterator[Finding]:
    families: Counter[str] = Counter()
    for host in document.of("alicloud_instance"):
        kind = str(host.get("instance_type"))
        families[kind.rpartition(".")[0]] += _cores(kind)
    said = [f"{cores} vCPUs of {family} ({region})" for family, cores in sorted(families.items()) if family]
    for application in document.of("alicloud_sae_application"):
        cpu, replicas = str(application.get("cpu") or ""), str(application.get("replicas") or "1")
        if cpu.isdigit() and replicas.isdigit():
            said.append(f"{int(cpu) * int(replicas) // 1000} cores of SAE")
    for kind, name in COUNTED.items():
        if found := len(document.of(kind)):
            said.append(f"{found} {name}")
    if said:
        yield _look("quotas", ", ".join(said), "compare with Quota Center, and ask for more in time")


def _cores(kind: str) -> int:
    """vCPUs by the vendor's naming: large 2, xlarge 4, Nxlarge 4 N; also small shapes such as c1m2.large."""
    size = kind.rpartition(".")[2]
    many = re.fullmatch(r"(\d+)xlarge", size)
    return 4 * int(many[1]) if many else SIZES.get(size, 1)


def _look(name: str, said: str, do: str) -> Finding:
    return Finding(AREA, name, "look", said, do)
