"""Which types are priced by which tariff."""

from collections.abc import Callable, Iterator, Mapping

from dicom_cdk.cost import hosts
from dicom_cdk.cost.tariff import Quote
from dicom_cdk.policy.document import Resource
from dicom_cdk.preflight.check import Target

TARIFFS: Mapping[str, Callable[[Target, Resource], Iterator[Quote]]] = {
    "alicloud_instance": hosts.host,
    "alicloud_ecs_disk": hosts.disk,
}


def quotes(target: Target, one: Resource) -> list[Quote]:
    """Prices that a resource needs; none where no call is known for it."""
    tariff = TARIFFS.get(one.type)
    return list(tariff(target, one)) if tariff else []
