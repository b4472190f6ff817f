"""An account in which the examples can be applied: what is sold in which zone, what it costs. Values are our own."""

from collections.abc import Mapping
from typing import Any

from tests.account.vendor import Answer, Json

ACCOUNT = "1234567890123456"
ZONES = {
    "cn-shanghai": ("cn-shanghai-b", "cn-shanghai-g", "cn-shanghai-l"),
    "cn-hangzhou": ("cn-hangzhou-j", "cn-hangzhou-k"),
}
HOST_TYPES = {
    "ecs.g7.large": (2, 8), "ecs.g7.xlarge": (4, 16), "ecs.g7.2xlarge": (8, 32), "ecs.s6-c1m2.large": (2, 4),
    "ecs.c7.xlarge": (4, 8), "ecs.g8i.xlarge": (4, 16),
}  # fmt: skip


def available_resource(sold: Mapping[str, Mapping[str, str]]) -> Answer:
    """`sold`: zone → name → StatusCategory."""

    def answer(parameters: Mapping[str, str]) -> Json:
        wanted = parameters.get("InstanceType") if parameters["DestinationResource"] == "InstanceType" else None
        zones = []
        for zone, things in sold.items():
            if parameters.get("ZoneId", zone) != zone or not zone.startswith(parameters["RegionId"]):
                continue
            listed = [
                {
                    "Value": name,
                    "Status": "SoldOut" if category == "WithoutStock" else "Available",
                    "StatusCategory": category,
                }
                for name, category in things.items()
                if wanted in (None, name)
            ]
            resources = (
                [{"Type": "InstanceType", "SupportedResources": {"SupportedResource": listed}}] if listed else []
            )
            zones.append({"ZoneId": zone, "AvailableResources": {"AvailableResource": resources}})
        return {"AvailableZones": {"AvailableZone": zones}}

    return answer


def everywhere(things: Mapping[str, Any] = HOST_TYPES) -> dict[str, dict[str, str]]:
    """All of it in stock in every zone."""
    return {zone: dict.fromkeys(things, "WithStock") for zones in ZONES.values() for zone in zones}


def host_price(parameters: Mapping[str, str]) -> Json:
    """0.25 a vCPU, 0.001 a GB of disk; by the hour."""
    vcpus = HOST_TYPES[parameters["InstanceType"]][0] if "InstanceType" in parameters else 0
    size = int(parameters.get("SystemDisk.Size") or parameters.get("DataDisk.1.Size") or 0)
    price = round(0.25 * vcpus + 0.001 * size, 4)
    return {
        "PriceInfo": {"Price": {"OriginalPrice": price, "DiscountPrice": 0, "TradePrice": price, "Currency": "CNY"}}
    }


def good() -> dict[str, Answer]:
    """Answers by action; each test takes a copy and spoils what it is about."""
    return {
        "GetCallerIdentity": {"AccountId": ACCOUNT, "Arn": f"acs:ram::{ACCOUNT}:user/reader"},
        "DescribeAvailableResource": available_resource(everywhere()),
        "DescribePrice": host_price,
    }
