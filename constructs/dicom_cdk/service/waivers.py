"""Waivers, written beside the resource that they waive a policy for; Terraform ignores that place."""

import datetime
import fnmatch
import weakref
from collections.abc import Sequence

from cdktf import TerraformResource, TerraformStack

from dicom_cdk.service.names import readable
from dicom_cdk.settings.errors import Located, Problem, SettingsError, shown
from dicom_cdk.settings.models.operation import Waiver

SHORTEST_REASON = 10
_written: "weakref.WeakKeyDictionary[TerraformResource, list[dict[str, str]]]" = weakref.WeakKeyDictionary()


def waive(resource: TerraformResource, policy: str, *, reason: str, expires: datetime.date, approved_by: str) -> None:
    """Let `resource` break `policy` until the end of `expires`; beside the resource, where a reviewer reads it.

    Raises ValueError for a reason that says nothing and for a nameless approval.
    """
    where = f"waiver of {policy} for {resource.node.path}"
    if len(reason.strip()) < SHORTEST_REASON:
        raise ValueError(
            f"{where}: reason is {reason!r}, allowed are {SHORTEST_REASON} letters or more; say why it is acceptable"
        )
    if not approved_by.strip():
        raise ValueError(f"{where}: approved_by is empty; name who answers for it")
    there = _written.setdefault(resource, [])
    there.append({"id": policy, "comment": reason, "expires": expires.isoformat(), "approved_by": approved_by})
    resource.add_override("//.checkov.skip", there)


def write_waivers(stack: TerraformStack, waivers: Sequence[Waiver]) -> None:
    """Write each waiver of the site under its resources' `//`; a `*` in a name stands for anything.

    Raises SettingsError for an address that the stack does not have.
    """
    if not waivers:
        return
    resources = {
        f"{node.terraform_resource_type}.{readable(node.node.path)}": node
        for node in stack.node.find_all()
        if isinstance(node, TerraformResource)
    }
    unknown = []
    for position, waiver in enumerate(waivers):
        matching = fnmatch.filter(resources, waiver.resource)
        for address in matching:
            waive(
                resources[address],
                waiver.policy,
                reason=waiver.reason,
                expires=waiver.expires,
                approved_by=waiver.approved_by,
            )
        if not matching:
            unknown.append(
                Located(
                    f"site {stack.node.id}",
                    0,
                    Problem(
                        ("waivers", position, "resource"),
                        "no such resource in the stack",
                        got=shown(waiver.resource),
                        do="take an address from cdk.tf.json, such as alicloud_oss_bucket.storage_images",
                    ),
                )
            )
    if unknown:
        raise SettingsError(unknown)
