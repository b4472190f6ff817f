"""RDS: version, edition and storage in both zones; class and storage size in the first."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from dicom_cdk.account.answers import number, rows, word
from dicom_cdk.account.asking import Ask, Json
from dicom_cdk.account.calls import RDS_CLASSES, RDS_ZONES
from dicom_cdk.finding import Finding
from dicom_cdk.policy.document import Resource
from dicom_cdk.preflight.check import Check, Question, Target, lacks, later, ok
from dicom_cdk.preflight.paste import pasted

Sold = Mapping[str, set[tuple[str, str, str]]]
"""Zone → (version, category, storage type)."""
_PAIR = re.compile(r"(?P<region>.+)-MAZ\d+\((?P<letters>[^)]*)\)")


@dataclass(frozen=True)
class Wanted:
    """What a stack buys."""

    engine: str
    version: str
    category: str
    storage: str
    kind: str
    size: str
    zones: tuple[str, ...]

    @property
    def combination(self) -> tuple[str, str, str]:
        return self.version, self.category, self.storage

    @property
    def said(self) -> str:
        return f"{self.engine} {self.version} {self.category} on {self.storage}"


def wanted(target: Target, one: Resource) -> Wanted | None:
    """None where something of it is known after apply only."""
    found = [target.word(one, name) for name in ("engine", "engine_version", "category", "db_instance_storage_type")]
    zones = [target.zone(one), *(target.word(one, name) for name in ("zone_id_slave_a", "zone_id_slave_b"))]
    if not found[0] or not found[1] or not zones[0] or not found[3]:
        return None
    category = found[2] or ("HighAvailability" if zones[1] else "Basic")
    return Wanted(
        found[0], found[1], category, found[3], target.word(one, "instance_type"), target.word(one, "instance_storage"),
        tuple(dict.fromkeys(zone for zone in zones if zone and zone != "Auto")),
    )  # fmt: skip


def sold(ask: Ask, region: str, engine: str) -> dict[str, set[tuple[str, str, str]]]:
    """What is sold by single zone; an entry of two, such as cn-shanghai-MAZ9(g,l), counts for both. Raises AskError."""
    action = RDS_ZONES.action
    found: dict[str, set[tuple[str, str, str]]] = {}
    for zone in rows(ask(RDS_ZONES, RegionId=region, Engine=engine), action, "AvailableZones"):
        here = {
            (word(version, action, "Version"), word(category, action, "Category"), word(storage, action, "StorageType"))
            for engines in rows(zone, action, "SupportedEngines")
            if word(engines, action, "Engine") in ("", engine)
            for version in rows(engines, action, "SupportedEngineVersions")
            for category in rows(version, action, "SupportedCategorys")
            for storage in rows(category, action, "SupportedStorageTypes")
        }
        for single in zones_of(word(zone, action, "ZoneId")):
            found.setdefault(single, set()).update(here)
    return found


def zones_of(zone: str) -> list[str]:
    """The single zones that an id of RDS stands for."""
    pair = _PAIR.fullmatch(zone)
    if not pair:
        return [zone]
    return [f"{pair['region']}-{letter.strip()}" for letter in pair["letters"].split(",")]


def questions(target: Target) -> Iterator[Question]:
    for one in target.document.of("alicloud_db_instance"):
        wish = wanted(target, one)
        if wish is None:
            yield later(one, "engine, version, storage or zone")
            continue
        yield Question(wish.said, partial(_combination, target, wish, one))
        if wish.kind:
            yield Question(f"{wish.kind} in {wish.zones[0]}", partial(_class, target, wish, one))


def _combination(target: Target, wish: Wanted, one: Resource, ask: Ask) -> Iterable[Finding]:
    found = sold(ask, target.region, wish.engine)
    for zone in wish.zones:
        name = f"{wish.said} in {zone}"
        if wish.combination in found.get(zone, set()):
            yield ok(name, "sold")
            continue
        said = f"not sold{'' if zone in found else ': no database at all is'}"
        yield lacks(name, said, _other(wish, found, zone), _paste(wish, found, one))


def _other(wish: Wanted, found: Sold, zone: str) -> str:
    here = found.get(zone, set())
    versions = sorted({version for version, category, storage in here if (category, storage) == wish.combination[1:]})
    zones = sorted(other for other, all_ in found.items() if wish.combination in all_)
    said = []
    if versions:
        said.append(f"versions sold there so: {', '.join(versions)}")
    storages = sorted({storage for version, category, storage in here if (version, category) == wish.combination[:2]})
    if storages:
        said.append(f"storage sold there so: {', '.join(storages)}")
    said.append(f"zones that sell it: {', '.join(zones)}" if zones else "no zone of the region sells it")
    return "; ".join(said)


def _paste(wish: Wanted, found: Sold, one: Resource) -> str:
    """A version, else a storage type, that every zone of the instance sells with the rest as it is."""
    common = set.intersection(*(set(found.get(zone, set())) for zone in wish.zones)) if wish.zones else set()
    versions = sorted(version for version, *rest in common if tuple(rest) == wish.combination[1:])
    if versions:
        return pasted(one, "engine_version", versions[-1])
    storages = sorted(storage for *rest, storage in common if tuple(rest) == wish.combination[:2])
    return pasted(one, "db_instance_storage_type", storages[-1]) if storages else ""


def _class(target: Target, wish: Wanted, one: Resource, ask: Ask) -> Iterable[Finding]:
    action = RDS_CLASSES.action
    answer = ask(
        RDS_CLASSES, RegionId=target.region, ZoneId=wish.zones[0], Engine=wish.engine, EngineVersion=wish.version,
        Category=wish.category, DBInstanceStorageType=wish.storage, CommodityCode="bards", InstanceChargeType="Postpaid",
        OrderType="BUY",
    )  # fmt: skip
    classes = {word(each, action, "DBInstanceClass"): each for each in rows(answer, action, "DBInstanceClasses")}
    name = f"{wish.kind} in {wish.zones[0]}"
    if wish.kind not in classes:
        near = _near(wish.kind, classes)
        said = f"nearest that are: {', '.join(near)}" if near else "no class is sold so; see the line above"
        yield lacks(name, "not sold", said, pasted(one, "instance_type", near[0]) if near else "")
        return
    yield _storage(name, wish.size, classes[wish.kind])


def _storage(name: str, size: str, one: Json) -> Finding:
    least, most, step = (
        number(one, RDS_CLASSES.action, f"DBInstanceStorageRange.{bound}") for bound in ("MinValue", "MaxValue", "Step")
    )
    if not size.isdigit():
        return ok(name, "sold")
    if (least and int(size) < least) or (most and int(size) > most):
        said = f"storage of {size} GB, allowed are {least or 0:g} to {most or 0:g}"
        return lacks(name, said, "set database.storage_gb between them")
    if step and int(size) % step:
        said = f"storage of {size} GB, allowed are steps of {step:g}"
        return lacks(name, said, f"set database.storage_gb to a multiple of {step:g}")
    return ok(name, f"sold, with {size} GB")


def _near(kind: str, classes: Iterable[str]) -> list[str]:
    """Of the same size first, such as 2c of pg.n2.2c.2m, then of the same family."""
    parts = kind.split(".")
    ranked = sorted(classes, key=lambda other: (-sum(part in other.split(".") for part in parts), other))
    return ranked[:3]


CHECK = Check("databases", ("alicloud_db_instance",), (RDS_ZONES, RDS_CLASSES), questions)
