"""`--replace`: what is made anew in any case. Terraform passes over an address that it does not find; here it is told."""

from collections.abc import Iterable, Sequence
from typing import Any

from dicom_cdk.plan.addresses import plain
from dicom_cdk.plan.findings import Finding
from dicom_cdk.plan.modules import resources as module_resources
from dicom_cdk.plan.stack import Stack


def options(replaced: Iterable[str]) -> list[str]:
    """What `terraform plan` is told of it."""
    return [f"-replace={address}" for address in replaced]


def written(replaced: Iterable[str], stack: Stack) -> list[str]:
    """Those whose resource the stack writes; whether it has one of that index, a plan tells (`lacking`). Raises NotAStack."""
    there = {one.address for one in module_resources.resources(stack)}
    return [address for address in replaced if plain(address) in there]


def lacking(replaced: Sequence[str], plan: dict[str, Any]) -> list[Finding]:
    """What is said of each that a plan as Terraform writes it does not have, with what it has instead."""
    there = [one["address"] for one in plan.get("resource_changes", []) if one.get("mode") == "managed"]
    found = []
    for address in sorted({*replaced} - {*there}):
        from difflib import get_close_matches  # wanted only for errors, and takes a noticeable time to import

        near = [one for one in there if one.startswith(f"{address}[")][:3] or get_close_matches(address, there, 1)
        more = f"; there is {', '.join(near)}" if near else ""
        found.append(Finding("Nothing to replace", f"{address}: no such resource{more}"))
    return found
