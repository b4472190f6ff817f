"""Every host's disks are in a snapshot policy."""

from collections.abc import Iterator

from dicom_cdk.policy.document import Document
from dicom_cdk.policy.stack_rules.rule import Open, StackRule

ATTACHMENT = "alicloud_ecs_auto_snapshot_policy_attachment"


def judge(document: Document) -> Iterator[tuple[str, str]]:
    """System disks by attribute, data disks by attribute or by an attachment."""
    attached = {address for one in document.of(ATTACHMENT) for address in one.needs}
    for host in document.of("alicloud_instance"):
        if not host.get("system_disk_auto_snapshot_policy_id"):
            yield host.address, "system disk is in no snapshot policy"
        disks = host.get("data_disks")
        for number, disk in enumerate(disks if isinstance(disks, list) else [], 1):
            if isinstance(disk, dict) and not disk.get("auto_snapshot_policy_id"):
                yield host.address, f"data disk {number} is in no snapshot policy"
    for attachment in document.of("alicloud_ecs_disk_attachment"):
        disk = document.target(attachment.values.get("disk_id"), "alicloud_ecs_disk", "alicloud_disk")
        if disk and disk.address not in attached:
            yield disk.address, "is in no snapshot policy"


HOST_BACKUP = StackRule(
    id="CKV2_DICOM_104",
    name="Every disk of a host is in a snapshot policy",
    severity="HIGH",
    fix="system_disk_auto_snapshot_policy_id, and alicloud_ecs_auto_snapshot_policy_attachment for each data disk",
    types=("alicloud_instance", "alicloud_ecs_disk", "alicloud_disk"),
    judge=judge,
    weighs={
        "alicloud_instance": {
            "system_disk_auto_snapshot_policy_id": Open(worst=None, leads=True),
            "data_disks.auto_snapshot_policy_id": Open(worst=None, leads=True),
        }
    },
    failing={
        "alicloud_instance": {
            "bad_host": {"instance_type": "a"},
            "host": {"system_disk_auto_snapshot_policy_id": "${alicloud_ecs_auto_snapshot_policy.p.id}"},
        },
        "alicloud_ecs_auto_snapshot_policy": {"p": {"retention_days": 7}},
        "alicloud_ecs_disk": {"bad_data": {"size": 40}},
        "alicloud_ecs_disk_attachment": {
            "a": {"disk_id": "${alicloud_ecs_disk.bad_data.id}", "instance_id": "${alicloud_instance.host.id}"}
        },
    },
    passing={
        "alicloud_instance": {
            "host": {"system_disk_auto_snapshot_policy_id": "${alicloud_ecs_auto_snapshot_policy.p.id}"}
        },
        "alicloud_ecs_auto_snapshot_policy": {"p": {"retention_days": 7}},
        "alicloud_ecs_disk": {"data": {"size": 40}},
        "alicloud_ecs_disk_attachment": {
            "a": {"disk_id": "${alicloud_ecs_disk.data.id}", "instance_id": "${alicloud_instance.host.id}"}
        },
        "alicloud_ecs_auto_snapshot_policy_attachment": {
            "a": {
                "disk_id": "${alicloud_ecs_disk.data.id}",
                "auto_snapshot_policy_id": "${alicloud_ecs_auto_snapshot_policy.p.id}",
            }
        },
    },
)
