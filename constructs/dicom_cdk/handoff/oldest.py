"""The oldest Terraform and OpenTofu that understand what a stack says of its state."""

from collections.abc import Iterator

from dicom_cdk.plan.stack import Stack
from dicom_cdk.plan.state import operations

Release = tuple[int, int]
TERRAFORM, OPENTOFU = (1, 5), (1, 6)
"""Whatever a stack says."""


def oldest(*stacks: Stack) -> tuple[Release, Release]:
    """Of Terraform and of OpenTofu, for all of the stacks. Raises NotAStack."""
    needed = [(TERRAFORM, OPENTOFU), *(one for stack in stacks for one in _needed(stack))]
    return max(terraform for terraform, _ in needed), max(opentofu for _, opentofu in needed)


def text(release: Release) -> str:
    return ".".join(map(str, release))


def _needed(stack: Stack) -> Iterator[tuple[Release, Release]]:
    blocks = operations.of_stack(stack)
    for one in blocks["removed"]:
        # OpenTofu 1.7 knows the block, and destroys nothing by it.
        yield (1, 7), (1, 10) if "lifecycle" in one else (1, 7)
    for one in blocks["import"]:
        if "for_each" in one:
            yield (1, 7), (1, 7)
        elif "${" in str(one.get("id")):
            yield (1, 6), (1, 6)
