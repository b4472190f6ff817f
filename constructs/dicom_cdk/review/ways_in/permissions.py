"""Who may do more than before: RAM policies, trust, denies, bucket policies."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.review.ways_in.statements import allowed, items, parsed


def permissions_gained(before: Document | None, after: Document | None) -> list[str]:
    """Such as "role archive: oss:GetObject on acs:oss:*:1:bucket/*"; what a wild card allowed before is no gain."""
    known = permissions(before)
    gained = {str(one) for one in permissions(after) if not any(other.covers(one) for other in known)}
    return sorted(gained | (_trusted(after) - _trusted(before)) | (_denied(before) - _denied(after)))


@dataclass(frozen=True)
class Permission:
    """Who may do what on what, and under which condition."""

    who: str
    action: str
    resource: str
    condition: str = ""

    def __str__(self) -> str:
        return f"{self.who}: {self.action} on {self.resource}{f' if {self.condition}' if self.condition else ''}"

    def covers(self, other: "Permission") -> bool:
        """Whether `other` was allowed by this already."""
        return (
            self.who == other.who
            and self.condition in ("", other.condition)
            and _matches(other.action.lower(), self.action.lower())
            and _matches(other.resource, self.resource)
        )


def _matches(text: str, pattern: str) -> bool:
    return text == pattern or bool(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), text, re.DOTALL))


def permissions(document: Document | None) -> set[Permission]:
    """Everything that RAM policies, bucket policies and attached system policies of a stack allow."""
    if document is None:
        return set()
    found = set()
    for name, policy, attached in _attachments(document):
        if policy is None:
            found.add(Permission(name, f"system policy {attached}", "everything that it names"))
            continue
        said = parsed(policy.get("policy_document") or policy.get("document"))
        if not isinstance(said, dict):
            found.add(Permission(name, "actions that cannot be read", policy.address))
        for one in allowed(said):
            found |= set(_single(name, one))
    for bucket in document.of("alicloud_oss_bucket_policy"):
        for one in allowed(parsed(bucket.get("policy"))):
            for principal in items(one.get("Principal")):
                found |= set(_single(f"{bucket.address}: {principal}", one))
    return found


def _attachments(document: Document) -> Iterable[tuple[str, Resource | None, str]]:
    for kind, who in (
        ("alicloud_ram_role_policy_attachment", "role_name"),
        ("alicloud_ram_user_policy_attachment", "user_name"),
    ):
        for attachment in document.of(kind):
            holder = document.target(attachment.values.get(who), "alicloud_ram_role", "alicloud_ram_user")
            name = holder.get("role_name") or holder.get("name") if holder else attachment.get(who)
            policy = document.target(attachment.values.get("policy_name"), "alicloud_ram_policy")
            yield f"{who.removesuffix('_name')} {name}", policy, str(attachment.get("policy_name"))


def _single(who: str, statement: dict[str, Any]) -> Iterable[Permission]:
    condition = json.dumps(statement["Condition"], sort_keys=True) if statement.get("Condition") else ""
    actions = [str(one) for one in items(statement.get("Action"))]
    actions += [f"everything but {one}" for one in items(statement.get("NotAction"))]
    resources = [str(one) for one in items(statement.get("Resource"))]
    resources += [f"everything but {one}" for one in items(statement.get("NotResource"))]
    for action in actions:
        for resource in resources or ["*"]:
            yield Permission(who, action, resource, condition)


def _trusted(document: Document | None) -> set[str]:
    """Who may take which role."""
    found = set()
    for role in document.of("alicloud_ram_role") if document else []:
        for one in allowed(parsed(role.get("assume_role_policy_document") or role.get("document"))):
            principals = one.get("Principal")
            for kind, names in (principals if isinstance(principals, dict) else {"": principals}).items():
                for name in items(names):
                    found.add(f"role {role.get('role_name') or role.get('name')}: may be taken by {kind} {name}")
    return found


def _denied(document: Document | None) -> set[str]:
    """What policies forbid: said as gained where it is forbidden no more."""
    found = set()
    for one in document.of("alicloud_ram_policy", "alicloud_oss_bucket_policy") if document else []:
        said = parsed(one.get("policy_document") or one.get("document") or one.get("policy"))
        for statement in items(said.get("Statement")) if isinstance(said, dict) else []:
            if isinstance(statement, dict) and statement.get("Effect") == "Deny":
                actions = ", ".join(map(str, items(statement.get("Action"))))
                found.add(
                    f"{one.address}: {actions} on {', '.join(map(str, items(statement.get('Resource'))))} is denied no more"
                )
    return found
