"""Small stacks for reviews: two documents, and what is said of the change between them. No policies: those are slow."""

from pathlib import Path
from typing import Any

from dicom_cdk.plan import terraform
from dicom_cdk.plan.stack import Stack
from dicom_cdk.review.model import StackReview
from dicom_cdk.review.review import review

Document = dict[str, Any]
HERE = {"alicloud": [{"region": "cn-shanghai"}]}


def document(resource: Document, **more: Any) -> Document:
    """A stack's JSON: resources by type and name, and further sections."""
    versions = {"alicloud": {"source": "aliyun/alicloud", "version": "1.289.0"}}
    return {"terraform": {"required_providers": versions}, "provider": HERE, "resource": resource, **more}


def stack(of: Document, folder: str = "s") -> Stack:
    return Stack(Path("/nowhere") / folder, of)


def reviewed(before: Document, after: Document) -> StackReview:
    """The change, planned with Terraform."""
    return review("s", stack(before, "before"), stack(after, "after"), terraform.find())


def lost(found: StackReview) -> list[str]:
    return [f"{loss.action} {loss.address}: {loss.what}" for loss in found.losses]


def actions(found: StackReview) -> dict[str, str]:
    return {change.address: change.action for change in found.changes}
