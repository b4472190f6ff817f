"""ECS: is each kind of disk sold with its host in its zone, in this size?"""

from collections.abc import Iterable, Iterator
from functools import partial

from dicom_cdk.account.answers import number
from dicom_cdk.account.asking import Ask
from dicom_cdk.account.calls import ECS_SOLD
from dicom_cdk.finding import Finding
from dicom_cdk.policy.document import Resource
from dicom_cdk.preflight.check import Check, Question, Target, lacks, later, ok
from dicom_cdk.preflight.checks.hosts import available, bought_as, sold


def questions(target: Target) -> Iterator[Question]:
    asked: set[tuple[str, ...]] = set()
    judged = set()
    for instance in target.document.of("alicloud_instance"):
        zone, kind = target.zone(instance), target.word(instance, "instance_type")
        system = target.word(instance, "system_disk_category")
        wanted = [(instance, "SystemDisk", system, target.word(instance, "system_disk_size"))]
        for disk in _attached(target, instance):
            judged.add(disk.address)
            wanted.append((disk, "DataDisk", target.word(disk, "category"), target.word(disk, "size")))
        for one, use, category, size in wanted:
            key = (use, category, size, kind, zone)
            if not (category and kind and zone):
                yield later(one, "category of the disk, or type or zone of its host,")
            elif key not in asked:
                asked.add(key)
                more = {"DestinationResource": use, "InstanceType": kind}
                if use == "DataDisk" and system:
                    more["SystemDiskCategory"] = system
                yield Question(
                    f"{'system' if use == 'SystemDisk' else 'data'} disk {category} of {kind} in {zone}",
                    partial(_sold, target, instance, more, zone, category, size),
                )
    for disk in target.document.of("alicloud_ecs_disk"):
        if disk.address not in judged:
            yield later(disk, "the host of this disk")
    for attachment in target.document.of("alicloud_ecs_disk_attachment"):
        if not target.document.target(attachment.get("instance_id"), "alicloud_instance"):
            yield later(attachment, "its host")


def _attached(target: Target, instance: Resource) -> Iterator[Resource]:
    for attachment in target.document.of("alicloud_ecs_disk_attachment"):
        if target.document.target(attachment.get("instance_id"), "alicloud_instance") is instance:
            disk = target.document.target(attachment.get("disk_id"), "alicloud_ecs_disk")
            if disk:
                yield disk


def _sold(
    target: Target, instance: Resource, more: dict[str, str], zone: str, category: str, size: str, ask: Ask
) -> Iterable[Finding]:
    use = "system" if more["DestinationResource"] == "SystemDisk" else "data"
    name = f"{use} disk {category} of {more['InstanceType']} in {zone}"
    here = sold(ask, ZoneId=zone, **bought_as(target, instance, **more)).get(zone, {})
    one = here.get(category)
    if one is None or not available(one):
        others = sorted(other for other, entry in here.items() if available(entry))
        do = f"categories that are: {', '.join(others)}" if others else "take another zone or instance type"
        yield lacks(name, "not sold" if one is None else "sold out", do)
        return
    least, most = (number(one, ECS_SOLD.action, bound) for bound in ("Min", "Max"))
    if size.isdigit() and ((least and int(size) < least) or (most and int(size) > most)):
        yield lacks(name, f"{size} GB, sold are {least or 0:g} to {most or 0:g}", "choose a size between them")
    else:
        yield ok(name, f"sold{f', {size} GB' if size else ''}")


CHECK = Check(
    "disks", ("alicloud_instance", "alicloud_ecs_disk", "alicloud_ecs_disk_attachment"), (ECS_SOLD,), questions
)
