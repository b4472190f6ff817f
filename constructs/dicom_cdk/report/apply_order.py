"""In which order Terraform makes what takes long: databases, hosts, host steps, applications; what waits for what."""

from dicom_cdk.policy.document import Document
from dicom_cdk.report.diagram import Diagram, Edge, Node

SHOWN = {
    "alicloud_kms_key": "KMS key",
    "alicloud_db_instance": "RDS instance",
    "alicloud_cr_ee_instance": "registry",
    "alicloud_cr_vpc_endpoint_linked_vpc": "registry's VPC link",
    "alicloud_db_account_privilege": "database account",
    "alicloud_oss_bucket": "bucket",
    "alicloud_instance": "host",
    "alicloud_ecs_invocation": "host step",
    "alicloud_slb_listener": "listener",
    "alicloud_sae_application": "application",
    "alicloud_sae_load_balancer_intranet": "balancer's binding",
    "alicloud_fcv3_function": "function",
    "alicloud_fcv3_trigger": "trigger",
    "alicloud_fcv3_custom_domain": "domain",
}
"""Types that a person waits for, with what to call them."""


def apply_order(document: Document) -> Diagram:
    """Columns are waves: what stands in one can be made at the same time. Edges without those that others imply."""
    shown = {one.address: one for one in document.of(*SHOWN)}
    behind = {address: document.behind(address) & set(shown) - {address} for address in shown}
    direct = {
        address: {one for one in needed if not any(one in behind[other] for other in needed if other != one)}
        for address, needed in behind.items()
    }
    waves: dict[str, int] = {}

    def wave(address: str) -> int:
        if address not in waves:
            waves[address] = 0  # a cycle cannot be, Terraform refuses it
            waves[address] = max((wave(one) + 1 for one in direct[address]), default=0)
        return waves[address]

    nodes = tuple(
        Node(address, _title(one.path, one.name), SHOWN[one.type], wave(address), room=one.room)
        for address, one in sorted(shown.items(), key=lambda item: (wave(item[0]), item[0]))
    )
    edges = tuple(Edge(needed, address) for address in sorted(direct) for needed in sorted(direct[address]))
    return Diagram(f"Apply order of {document.name}", nodes, edges)


def waves(diagram: Diagram) -> list[list[Node]]:
    """Its nodes, wave by wave."""
    last = max((node.column for node in diagram.nodes), default=-1)
    return [[node for node in diagram.nodes if node.column == number] for number in range(last + 1)]


def _title(path: str, name: str) -> str:
    return path.removesuffix("/run") or name
