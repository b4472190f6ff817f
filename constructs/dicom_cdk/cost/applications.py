"""SAE: instances of an application, by cores and memory."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from dicom_cdk.account.calls import SAE_PRICE
from dicom_cdk.account.errors import nonsense
from dicom_cdk.cost.price import Wanted, amount
from dicom_cdk.cost.tariff import Json, Quote, by_file
from dicom_cdk.policy.document import Resource
from dicom_cdk.preflight.check import Target

NOT_SAID = "currency not said"
"""The call answers with an amount alone: neither its unit nor its currency is in it, and none is assumed."""


def application(target: Target, one: Resource) -> Iterator[Quote]:
    """The price of an hour from a file; what the vendor's call says, beside it."""
    cpu, memory, replicas = (target.word(one, name) for name in ("cpu", "memory", "replicas"))
    if not cpu or not memory:
        return
    edition = target.word(one, "new_sae_version") or "std"
    said = f"SAE instance of {cpu} millicores and {memory} MB, edition {edition}"
    yield by_file(said, target, "hour", int(replicas) if replicas.isdigit() else 1)
    asked = {"Cpu": cpu, "Memory": memory, "Workload": "micro_service", "NewSaeVersion": edition}
    yield Quote(
        Wanted(f"{said}: what DescribeConfigurationPrice says, for a time that it does not say", target.region, "use"),
        Decimal(1), SAE_PRICE, asked, _read, "in no sum: compare it with the console, and put the hour's price into the file",
    )  # fmt: skip


def _read(answer: Json) -> tuple[Decimal, str]:
    found: object = answer
    for name in ("Data", "CpuMemPrice", "Order"):
        found = found.get(name) if isinstance(found, Mapping) else None
    cost = amount(found.get("TradeAmount")) if isinstance(found, Mapping) else None
    if cost is None:
        raise nonsense(SAE_PRICE.action, "no TradeAmount in Data.CpuMemPrice.Order")
    return cost, NOT_SAID
