"""Which networks come over IPsec tunnels or another next hop and did not before, in words."""

from collections.abc import Mapping

from dicom_cdk.policy.document import Document, Resource


def link_changes(before: Document | None, after: Document | None) -> list[str]:
    """A line a network that is led to anew, elsewhere, or no more."""
    if after is None:
        return []
    old, new = _ways(before), _ways(after)
    found = []
    for network in sorted({*old, *new}):
        was, now = old.get(network), new.get(network)
        if now is not None and was != now:
            found.append(f"{network} is led to {now}" + (f", no more {was}" if was else ""))
        elif was is not None and now is None:
            found.append(f"{network} is led to {was} no more: who comes from there gets no answer")
    return found


def _ways(document: Document | None) -> Mapping[str, str]:
    """Network → what leads there, in words."""
    if document is None:
        return {}
    found = {}
    for one in document.of("alicloud_route_entry"):
        kind = str(one.get("nexthop_type"))
        found[str(one.get("destination_cidrblock"))] = f"by {kind} {one.get('nexthop_id')}"
    for one in document.of("alicloud_vpn_connection"):
        ends = " and ".join(_ends(document, one))
        for network in one.get("remote_subnet") or ():
            found[str(network)] = f"over IPsec to {ends or 'an unknown gateway'}"
    return found


def _ends(document: Document, connection: Resource) -> list[str]:
    named = document.targets(connection.values.get("tunnel_options_specification"), "alicloud_vpn_customer_gateway")
    return sorted({str(one.get("ip_address")) for one in named})
