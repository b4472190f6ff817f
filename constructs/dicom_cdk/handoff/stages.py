"""Tearing down in stages that keep data: the serving rooms go, from the clients' side on; what holds or guards data stays."""

from dataclasses import dataclass

from dicom_cdk.policy.document import Document
from dicom_cdk.review.loss.data_facts import lost_with

SERVING = ("gateway", "dicomweb")
"""Rooms that hold nothing themselves, in the order in which they may go. Hosts are stopped, not destroyed: disks hold data."""


@dataclass(frozen=True)
class Stage:
    """One `terraform destroy` with these targets."""

    room: str
    targets: tuple[str, ...]


def stages(document: Document) -> list[Stage]:
    """Only rooms that are there. Terraform also destroys what depends on a target: nothing that stays may.

    Roles of the rooms stay; they cost nothing and other rooms give them rights.
    """
    keeps = {address for address, one in document.resources.items() if lost_with(one.type)}
    gone: set[str] = set()
    found = []
    for room in SERVING:
        own = {address for address, one in document.resources.items() if one.room == room} - keeps
        while True:
            staying = set(document.resources) - gone - own
            needed = {before for address in staying for before in document.behind(address)} & own
            if not needed:
                break
            own -= needed
        gone |= own
        if own:
            found.append(Stage(room, tuple(sorted(own))))
    return found
