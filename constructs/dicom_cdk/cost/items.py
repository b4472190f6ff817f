"""The bill of quantities, resource by resource: the rows of the report, with where each stands and how often."""

from dataclasses import dataclass

from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.report.quantities import Quantity, each


@dataclass(frozen=True)
class Item:
    """One resource that costs, or may."""

    resource: Resource
    quantity: Quantity

    @property
    def address(self) -> str:
        return self.resource.address

    @property
    def room(self) -> str:
        """The room of the site; for stacks of other programs the resource's type."""
        return self.resource.room or self.resource.type.removeprefix("alicloud_")

    @property
    def said(self) -> str:
        """What it is, in the report's words."""
        size = f" {self.quantity.size}" if self.quantity.size else ""
        return f"{self.quantity.service}: {self.quantity.what}{size}"


def items(document: Document) -> list[Item]:
    """In the order of the report's table, those of a type by address."""
    return [Item(resource, quantity) for resource, quantity in each(document)]
