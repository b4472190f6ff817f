"""The security groups of a stack, as what may reach a machine of the rehearsal."""

from collections.abc import Mapping

from dicom_cdk.rehearsal.machines.network import Opened
from dicom_cdk.rehearsal.site import Site

GROUP = "network/group-"


def opened(site: Site, room: str, members: Mapping[str, str]) -> list[Opened]:
    """What ingress rules into the group of `room` let in. `members`: address of the machine of each other room.

    A rule for a room that has no machine here lets nobody in.
    """
    groups = {
        f"${{alicloud_security_group.{name}.id}}": str(body["//"]["metadata"]["path"]).partition("/")[2]
        for name, body in site.resources("alicloud_security_group").items()
    }
    found = []
    for body in site.resources("alicloud_security_group_rule").values():
        if body.get("type") != "ingress" or groups.get(body["security_group_id"]) != GROUP + room:
            continue
        client = groups.get(body.get("source_security_group_id", ""), "").removeprefix(GROUP)
        source = body.get("cidr_ip") or (f"{members[client]}/32" if client in members else None)
        if source is not None:
            first, _, last = body["port_range"].partition("/")
            found.append((source, max(int(first), 1), int(last) if int(last) > 0 else 65535))
    return sorted(found)
