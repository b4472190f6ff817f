"""Who may reach more than before: public ways in, ways past the filter, ingress rules, groups; and whose way in ends."""

import ipaddress
from collections.abc import Iterable

from dicom_cdk.policy.address_ranges import is_public
from dicom_cdk.policy.archive_http import Way, ways_to_archives
from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.doors import doors
from dicom_cdk.policy.ingress_networks import networks
from dicom_cdk.policy.reachability import paths_from_internet
from dicom_cdk.review.ways_in.statements import allowed, items, parsed

HEALTH_CHECKS = "100.64.0.0/10"
"""Where balancers ask from: no network of anybody."""


def new_exposure(before: Document | None, after: Document | None) -> list[str]:
    """Paths from the internet, and addresses of the gateway that ask for less, which were not there before."""
    return sorted(_exposed(after) - _exposed(before))


def new_ways_to_archives(before: Document | None, after: Document | None) -> list[str]:
    """Networks that reach an archive's own HTTP port and did not before."""
    return [str(way) for way in sorted(_ways(after) - _ways(before))]


def ended_ways(before: Document | None, after: Document | None) -> list[str]:
    """Networks whose way in ends, each with what they need first. A stack that is gone ends all: nothing to say about one."""
    if before is None or after is None:
        return []
    left = _ingress(after)
    ended = {
        str(one): one
        for one in _ingress(before)
        if _is_network(one.source) and not any(_covers(other, one) for other in left)
    }
    unfiltered = {(way.network, way.port) for way in _ways(before)}
    filtered = _has_filter(before)
    return [
        f"{told}{_first(one, filtered) if (one.source, one.first) in unfiltered else ''}"
        for told, one in sorted(ended.items())
    ]


def _first(one: "_Ingress", filtered: bool) -> str:
    """What clients of the archive's own port need before it closes."""
    if filtered:
        return "; its DICOMweb clients must use the filter's address (output dicomweb_url) by then"
    return (
        f"; its DICOMweb clients have no other address before this apply: apply with network.unfiltered_cidrs: [{one.source}] "
        "first, move them to output dicomweb_url, then end it (docs/changes.md)"
    )


def _has_filter(document: Document) -> bool:
    return any('"DICOM_SIDE"' in str(one.get("envs")) for one in document.of("alicloud_sae_application"))


def _ways(document: Document | None) -> set[Way]:
    return set(ways_to_archives(document)) if document else set()


def _is_network(source: str) -> bool:
    return "/" in source and source != HEALTH_CHECKS


def widened_rules(before: Document | None, after: Document | None) -> list[str]:
    """Ingress that no rule allowed before: such as "network_group-directory: tcp 389 from 10.0.0.0/8"."""
    known = _ingress(before)
    widened = {str(one) for one in _ingress(after) if not any(_covers(other, one) for other in known)}
    return sorted(widened | (_together(after) - _together(before)) | set(_joined(before, after)))


def _together(document: Document | None) -> set[str]:
    """Groups whose members reach each other on every port; the provider's default is that they do."""
    groups = document.of("alicloud_security_group") if document else []
    return {f"{one.address}: all from its own members" for one in groups if one.get("inner_access_policy") == "Accept"}


def _joined(before: Document | None, after: Document | None) -> Iterable[str]:
    """Hosts and applications that were there before and are in one more group now."""
    for address, one in (after.resources if after else {}).items():
        was = before.resources.get(address) if before else None
        if was is None or after is None or before is None:
            continue
        for name in ("security_groups", "security_group_id", "vpc_config"):
            old = {group.address for group in before.targets(was.values.get(name), "alicloud_security_group")}
            for group in after.targets(one.values.get(name), "alicloud_security_group"):
                if one.type != "alicloud_security_group_rule" and group.address not in old:
                    yield f"{address} joins {group.address}"


def _exposed(document: Document | None) -> set[str]:
    if document is None:
        return set()
    found = {str(path) for path in paths_from_internet(document)} | set(_open_data(document))
    found |= {door.way for door in doors(document)}
    return found


def _open_data(document: Document) -> Iterable[str]:
    """Buckets and databases that ask nobody who he is."""
    for kind in ("alicloud_oss_bucket_acl", "alicloud_oss_bucket"):
        for one in document.of(kind):
            if str(one.get("acl", "")).startswith("public-"):
                yield f"anybody → {one.address} (acl {one.get('acl')})"
    for one in document.of("alicloud_oss_bucket_public_access_block"):
        if one.get("block_public_access") is False:
            yield f"anybody → {one.address} (public access is not blocked)"
    for one in document.of("alicloud_oss_bucket_policy", "alicloud_oss_bucket"):
        for statement in allowed(parsed(one.get("policy"))):
            if "*" in items(statement.get("Principal")) and not statement.get("Condition"):
                yield f"anybody → {one.address} ({', '.join(map(str, items(statement.get('Action'))))})"
    for one in document.of("alicloud_db_instance"):
        for cidr in items(one.get("security_ips")):
            if is_public(cidr):
                yield f"{cidr} → {one.address} (whitelist)"


class _Ingress:
    """One allowed way in."""

    def __init__(self, group: str, protocol: str, first: int, last: int, source: str) -> None:
        self.group, self.protocol, self.first, self.last, self.source = group, protocol, first, last, source

    def __str__(self) -> str:
        ports = f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"
        return f"{self.group}: {self.protocol} {ports} from {self.source}"


def _ingress(document: Document | None) -> list[_Ingress]:
    found = []
    for rule in document.of("alicloud_security_group_rule") if document else []:
        if rule.get("type") != "ingress" or rule.get("policy") == "drop":
            continue
        assert document is not None
        group = document.target(rule.values.get("security_group_id"), "alicloud_security_group")
        first, last = _ports(rule)
        for source in _sources(document, rule):
            found.append(
                _Ingress(
                    group.address if group else str(rule.get("security_group_id")),
                    str(rule.get("ip_protocol", "all")),
                    first,
                    last,
                    source,
                )
            )
    return found


def _sources(document: Document, rule: Resource) -> Iterable[str]:
    yield from networks(document, rule)
    source = document.target(rule.values.get("source_security_group_id"), "alicloud_security_group")
    if source or rule.get("source_security_group_id"):
        yield source.address if source else str(rule.get("source_security_group_id"))


def _ports(rule: Resource) -> tuple[int, int]:
    first, _, last = str(rule.get("port_range") or "-1/-1").partition("/")
    try:
        low, high = int(first), int(last)
    except ValueError:
        low, high = -1, -1
    return (0, 65535) if low < 0 else (low, high)


def _covers(wide: _Ingress, narrow: _Ingress) -> bool:
    """Whether what `narrow` lets in was let in by `wide` already."""
    return (
        wide.group == narrow.group
        and wide.protocol in (narrow.protocol, "all")
        and wide.first <= narrow.first
        and wide.last >= narrow.last
        and _within(narrow.source, wide.source)
    )


def _within(inner: str, outer: str) -> bool:
    if inner == outer:
        return True
    try:
        one, other = ipaddress.ip_network(inner, strict=False), ipaddress.ip_network(outer, strict=False)
    except ValueError:
        return False
    return one.version == other.version and one.subnet_of(other)  # type: ignore[arg-type]
