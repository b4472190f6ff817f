"""Where a stack's state is kept and how it is encrypted: a change of either could lose sight of everything at once."""

from collections.abc import Iterator, Sequence
from typing import Any

from dicom_cdk.plan.stack import Stack, block
from dicom_cdk.review.before_after.sides import Json, Sides
from dicom_cdk.review.before_after.values import Difference
from dicom_cdk.review.loss.data_loss import Loss


def said(stack: Stack) -> Json:
    """What the stack says of its state: `backend`, and `encryption` where OpenTofu encrypts it."""
    terraform = block(stack.document.get("terraform"))
    # A workspace of HCP Terraform is where the state is, as a backend is.
    cloud = {key: terraform[key] for key in ("cloud",) if terraform.get(key)}
    found: Json = {"backend": (terraform.get("backend") or {}) | cloud}
    return {**found, "encryption": terraform["encryption"]} if terraform.get("encryption") else found


def lost(sides: Sides, changed: Sequence[Difference]) -> Iterator[Loss]:
    """The state, where it would be sought elsewhere, or could not be read any more."""
    for one in changed:
        if one.path.partition(".")[0] == "backend":
            yield Loss("terraform.backend", "move", "the state, unless it is migrated (terraform init -migrate-state)")
    if sides.before is None or sides.after is None:
        return
    if _encrypted(sides.before) != _encrypted(sides.after) and not _falls_back(sides.after):
        what = "the state, which only the old way reads (state.fallback keeps it readable)"
        yield Loss("terraform.encryption", "change", what)


def _encrypted(stack: Stack) -> list[Any]:
    """What says how the state is encrypted, and the keys; how plans are encrypted does not matter."""
    encryption = block(said(stack).get("encryption"))
    return [encryption.get(key) for key in ("key_provider", "method", "state")]


def _falls_back(stack: Stack) -> bool:
    return bool(block(block(said(stack).get("encryption")).get("state")).get("fallback"))
