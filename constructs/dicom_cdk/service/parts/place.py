"""Where in the network a host stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable

from dicom_cdk.service.parts.subnet import Subnet


@dataclass(frozen=True)
class Place:
    """vSwitch, address, security group and way out of one host. `Network.place` makes it."""

    subnet: Subnet
    private_ip: str
    """Inside the vSwitch, never changed."""
    group_id: str
    egress: Sequence[ITerraformDependable]
    """What must be there before the host can fetch packages; empty where it needs no way out."""
    more_group_ids: Sequence[str] = ()
    """Further security groups, where one does not take all rules."""
