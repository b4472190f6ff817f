"""RAM documents and the grant that a room gives to the role it is handed (facts: provider 7, item 6)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cdktf_cdktf_provider_alicloud.ram_policy import RamPolicy
from cdktf_cdktf_provider_alicloud.ram_role import RamRole
from cdktf_cdktf_provider_alicloud.ram_role_policy_attachment import RamRolePolicyAttachment
from constructs import Construct


def document(*statements: Mapping[str, Any]) -> str:
    """A RAM policy document as compact JSON text with a stable order of keys."""
    return json.dumps({"Statement": list(statements), "Version": "1"}, sort_keys=True, separators=(",", ":"))


def allow(actions: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    """A statement that allows `actions` on `resources`."""
    return {"Action": list(actions), "Effect": "Allow", "Resource": list(resources)}


def trust(service: str) -> str:
    """The trust document that lets one cloud service take a role."""
    return document({"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"Service": [service]}})


def grant(scope: Construct, id: str, *, role: RamRole, name: str, statements: Sequence[Mapping[str, Any]]) -> RamPolicy:
    """A policy of its own for one purpose, attached to one role; the attachment is `<id>-grant`."""
    policy = RamPolicy(scope, id, policy_name=name, policy_document=document(*statements))
    RamRolePolicyAttachment(
        scope, f"{id}-grant", role_name=role.role_name, policy_name=policy.policy_name, policy_type="Custom"
    )
    return policy
