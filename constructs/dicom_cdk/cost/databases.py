"""RDS: class and storage of one instance, with its standby where the edition has one."""

from collections.abc import Iterator

from dicom_cdk.account.calls import RDS_PRICE
from dicom_cdk.cost.tariff import Quote, by_use, quote
from dicom_cdk.policy.document import Resource
from dicom_cdk.preflight.check import Target


def database(target: Target, one: Resource) -> Iterator[Quote]:
    """By the hour, or by the month where it is a subscription."""
    kind, size, storage = (
        target.word(one, name) for name in ("instance_type", "instance_storage", "db_instance_storage_type")
    )
    engine, version = target.word(one, "engine"), target.word(one, "engine_version")
    if not kind or not size or not engine:
        return
    monthly = target.word(one, "instance_charge_type") == "Prepaid"
    asked = {
        "RegionId": target.region, "CommodityCode": "rds" if monthly else "bards", "Engine": engine, "EngineVersion": version,
        "DBInstanceClass": kind, "DBInstanceStorage": size, "DBInstanceStorageType": storage,
        "PayType": "Prepaid" if monthly else "Postpaid", "Quantity": "1", "OrderType": "BUY", "ZoneId": target.zone(one),
        **({"TimeType": "Month", "UsedTime": "1"} if monthly else {}),
    }  # fmt: skip
    said = " ".join(part for part in (engine, version, kind, storage, f"{size} GB", "in", target.zone(one)) if part)
    yield quote(
        f"RDS {said.removesuffix(' in')}", target.region, "month" if monthly else "hour", RDS_PRICE,
        {name: value for name, value in asked.items() if value}, "PriceInfo",
    )  # fmt: skip
    yield by_use("RDS backups beyond the free part, a GB and hour", target, "nothing beyond the free part")
