"""Who may reach or do more than before: public ways in, ingress rules, RAM permissions."""

import ipaddress
import json
from collections.abc import Iterable
from typing import Any

from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.reachability import paths_from_internet


def new_exposure(before: Document | None, after: Document | None) -> list[str]:
    """Paths from the internet, and addresses of the gateway that ask for less, which were not there before."""
    return sorted(_exposed(after) - _exposed(before))


def widened_rules(before: Document | None, after: Document | None) -> list[str]:
    """Ingress that no rule allowed before: such as "network_group-directory: tcp 389 from 10.0.0.0/8"."""
    known = _ingress(before)
    return sorted(str(one) for one in _ingress(after) if not any(_covers(other, one) for other in known))


def permissions_gained(before: Document | None, after: Document | None) -> list[str]:
    """Such as "role archive: oss:GetObject on acs:oss:*:1:bucket/*"."""
    return sorted(_permissions(after) - _permissions(before))


def _exposed(document: Document | None) -> set[str]:
    if document is None:
        return set()
    found = {str(path) for path in paths_from_internet(document)}
    for one in document.of("alicloud_fcv3_trigger"):
        config = _json(one.get("trigger_config"))
        if isinstance(config, dict) and one.get("trigger_type") == "http" and not config.get("disableURLInternet"):
            found.add(f"internet → {one.address}, authentication {config.get('authType', 'none')}")
    for one in document.of("alicloud_fcv3_custom_domain"):
        auth = one.get("auth_config")
        auth = auth[0] if isinstance(auth, list) and auth else auth
        kind = auth.get("auth_type", "none") if isinstance(auth, dict) else "none"
        found.add(f"internet → {one.address} ({one.get('custom_domain_name')}), authentication {kind}")
    return found


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
    for name in ("cidr_ip", "ipv6_cidr_ip"):
        if rule.get(name):
            yield str(rule.get(name))
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


def _permissions(document: Document | None) -> set[str]:
    if document is None:
        return set()
    found = set()
    for kind, who in (
        ("alicloud_ram_role_policy_attachment", "role_name"),
        ("alicloud_ram_user_policy_attachment", "user_name"),
    ):
        for attachment in document.of(kind):
            holder = document.target(attachment.values.get(who), "alicloud_ram_role", "alicloud_ram_user")
            name = f"{who.removesuffix('_name')} {holder.get('role_name') or holder.get('name') if holder else attachment.get(who)}"
            policy = document.target(attachment.values.get("policy_name"), "alicloud_ram_policy")
            if policy is None:
                found.add(f"{name}: system policy {attachment.get('policy_name')}")
                continue
            for one in _statements(policy):
                for action in _items(one.get("Action")):
                    for resource in _items(one.get("Resource")):
                        found.add(f"{name}: {action} on {resource}")
    return found


def _statements(policy: Resource) -> list[dict[str, Any]]:
    text = policy.get("policy_document") or policy.get("document")
    said = _json(text)
    if not isinstance(said, dict):
        return [{"Action": "actions that cannot be read", "Resource": policy.address}]
    return [one for one in _items(said.get("Statement")) if isinstance(one, dict) and one.get("Effect") == "Allow"]


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _json(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return None
