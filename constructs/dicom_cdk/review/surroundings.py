"""What a stack says besides resources: provider, state, variables, data sources; and when that alone could lose everything."""

from collections.abc import Iterator
from typing import Any

from dicom_cdk.plan.stack import Stack
from dicom_cdk.review.data_loss import Loss
from dicom_cdk.review.values import Difference, differences

Json = dict[str, Any]


def elsewhere(before: Stack | None, after: Stack | None) -> Iterator[Loss]:
    """Another region, account or state: Terraform would not find what there is, and make all of it again."""
    if before is None or after is None:
        return
    old, new = (_said(side)["provider"] for side in (before, after))
    for name in sorted({*old, *new}):
        for one in differences("", {"": old.get(name)}, {"": new.get(name)}):
            if one.path.endswith((".region", ".account_id")):
                yield Loss(f"provider.{name}", "point elsewhere with", "sight of everything in the old place")
    if _said(before)["backend"] != _said(after)["backend"]:
        yield Loss("terraform.backend", "move", "the state, unless it is migrated (terraform init -migrate-state)")


def _said(stack: Stack) -> Json:
    document = stack.document
    terraform = document.get("terraform") or {}
    provider = document.get("provider")
    return {
        "provider": provider if isinstance(provider, dict) else {},
        "backend": terraform.get("backend") or {},
        "variable": document.get("variable") or {},
        "data": document.get("data") or {},
        "locals": document.get("locals") or {},
    }


def settings(before: Stack | None, after: Stack | None) -> tuple[Difference, ...]:
    """Everything besides resources, outputs and provider versions."""
    if before is None or after is None:
        return ()
    return differences("", _said(before), _said(after))
