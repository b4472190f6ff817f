"""ECS: is each instance type sold in its zone, with its disks, and is the image still there?"""

from collections.abc import Iterable, Iterator
from functools import partial

from dicom_cdk.account.answers import rows, word
from dicom_cdk.account.asking import Ask, Json
from dicom_cdk.account.calls import ECS_SOLD, ECS_TYPES
from dicom_cdk.finding import Finding
from dicom_cdk.policy.document import Resource
from dicom_cdk.preflight.check import Check, Question, Target, lacks, later, look, ok
from dicom_cdk.preflight.nearest import nearest
from dicom_cdk.preflight.paste import pasted

RUNS_OUT = "ClosedWithStock"


def sold(ask: Ask, **parameters: str) -> dict[str, dict[str, Json]]:
    """Zone → what is sold there, by name. `parameters` as of DescribeAvailableResource. Raises AskError."""
    action = ECS_SOLD.action
    found: dict[str, dict[str, Json]] = {}
    for zone in rows(ask(ECS_SOLD, **parameters), action, "AvailableZones.AvailableZone"):
        here = found.setdefault(word(zone, action, "ZoneId"), {})
        for kind in rows(zone, action, "AvailableResources.AvailableResource"):
            for one in rows(kind, action, "SupportedResources.SupportedResource"):
                here[word(one, action, "Value")] = one
    return found


def available(one: Json | None) -> bool:
    """Whether an entry of the answer can be bought now."""
    return (
        one is not None
        and one.get("Status", "Available") == "Available"
        and one.get("StatusCategory") != "WithoutStock"
    )


def bought_as(target: Target, instance: Resource, **more: str) -> dict[str, str]:
    """The parameters that say how the stack buys it."""
    return {
        "RegionId": target.region,
        "InstanceChargeType": target.word(instance, "instance_charge_type") or "PostPaid",
        "IoOptimized": "optimized",
        "NetworkCategory": "vpc",
        **more,
    }


def questions(target: Target) -> Iterator[Question]:
    asked = set()
    for instance in target.document.of("alicloud_instance"):
        kind, zone = target.word(instance, "instance_type"), target.zone(instance)
        if not kind or not zone:
            yield later(instance, "type or zone")
        elif (kind, zone) not in asked:
            asked.add((kind, zone))
            yield Question(f"{kind} in {zone}", partial(_type_sold, target, instance, kind, zone))


def _type_sold(target: Target, instance: Resource, kind: str, zone: str, ask: Ask) -> Iterable[Finding]:
    name = f"{kind} in {zone}"
    asked = bought_as(target, instance, DestinationResource="InstanceType", InstanceType=kind)
    one = sold(ask, ZoneId=zone, **asked).get(zone, {}).get(kind)
    if one is not None and available(one):
        if one.get("StatusCategory") == RUNS_OUT:
            yield look(name, "sold, but the vendor refills no stock", "apply soon, or take another type")
        else:
            yield ok(name, "sold")
        return
    elsewhere = sorted(other for other, here in sold(ask, **asked).items() if available(here.get(kind)))
    said = "sold out" if one is not None else "not sold there"
    do = f"zones that sell it: {', '.join(elsewhere)}" if elsewhere else "no zone of the region sells it"
    everything = sold(ask, ZoneId=zone, **bought_as(target, instance, DestinationResource="InstanceType"))
    near = nearest(ask, kind, sorted(other for other, entry in everything.get(zone, {}).items() if available(entry)))
    if near:
        do += f"; nearest types that {zone} sells: {', '.join(near)}"
    yield lacks(name, said, do, pasted(instance, "instance_type", near[0]) if near else "")


CHECK = Check("hosts", ("alicloud_instance",), (ECS_SOLD, ECS_TYPES), questions)
