"""Small stacks for reviews: two documents, and what is said of the change between them. No policies: those are slow."""

import copy
from pathlib import Path
from typing import Any

from dicom_cdk.plan import terraform
from dicom_cdk.plan.stack import Stack
from dicom_cdk.review import reach
from dicom_cdk.review.model import StackReview
from dicom_cdk.review.review import review

Document = dict[str, Any]
HERE = {"alicloud": [{"region": "cn-shanghai"}]}


def document(resource: Document, **more: Any) -> Document:
    """A stack's JSON: resources by type and name, and further sections."""
    versions = {"alicloud": {"source": "aliyun/alicloud", "version": "1.289.0"}}
    return {"terraform": {"required_providers": versions}, "provider": HERE, "resource": resource, **more}


def part(of: Document, *wanted: str) -> Document:
    """The resources whose addresses begin so, with all that their values refer to; nothing is shown, and no order asked for."""
    named: Document = of["resource"]
    bodies = {f"{kind}.{name}": body for kind, bodies in named.items() for name, body in bodies.items()}
    leads = {address: reach._values(address, body) for address, body in bodies.items()}
    kept = reach._all({address for address in bodies if address.startswith(wanted)}, leads)
    left: Document = {}
    for address in sorted(kept & set(bodies)):
        kind, _, name = address.partition(".")
        body = {key: value for key, value in bodies[address].items() if key != reach.ORDER}
        left.setdefault(kind, {})[name] = copy.deepcopy(body)
    # Terraform refuses sections without anything in them.
    return {**{section: body for section, body in of.items() if section != "output"}, "resource": left}


def stack(of: Document, folder: str = "s") -> Stack:
    return Stack(Path("/nowhere") / folder, of)


def reviewed(before: Document, after: Document) -> StackReview:
    """The change, planned with Terraform."""
    return review("s", stack(before, "before"), stack(after, "after"), terraform.find())


def lost(found: StackReview) -> list[str]:
    return [f"{loss.action} {loss.address}: {loss.what}" for loss in found.losses]


def actions(found: StackReview) -> dict[str, str]:
    return {change.address: change.action for change in found.changes}
