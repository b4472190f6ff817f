"""Waivers of the site, written beside the resource that they waive a policy for; Terraform ignores that place."""

from collections.abc import Sequence

from cdktf import TerraformResource, TerraformStack

from dicom_cdk.service.names import readable
from dicom_cdk.settings.errors import Located, Problem, SettingsError, shown
from dicom_cdk.settings.models.operation import Waiver


def write_waivers(stack: TerraformStack, waivers: Sequence[Waiver]) -> None:
    """Write each waiver under its resource's `//`. Raises SettingsError for an address that the stack does not have."""
    if not waivers:
        return
    resources = {
        f"{node.terraform_resource_type}.{readable(node.node.path)}": node
        for node in stack.node.find_all()
        if isinstance(node, TerraformResource)
    }
    by_address: dict[str, list[Waiver]] = {}
    unknown = []
    for position, waiver in enumerate(waivers):
        if waiver.resource in resources:
            by_address.setdefault(waiver.resource, []).append(waiver)
        else:
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
    for address, waived in by_address.items():
        resources[address].add_override(
            "//.checkov.skip",
            [
                {
                    "id": waiver.policy,
                    "comment": waiver.reason,
                    "expires": waiver.expires.isoformat(),
                    "approved_by": waiver.approved_by,
                }
                for waiver in waived
            ],
        )
