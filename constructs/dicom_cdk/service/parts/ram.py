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


def trust_people(account_id: str) -> str:
    """The trust document that lets users of the account take a role, if they are allowed to and came with a second factor."""
    return document(
        {
            "Action": "sts:AssumeRole",
            "Condition": {"Bool": {"acs:MFAPresent": ["true"]}},
            "Effect": "Allow",
            "Principal": {"RAM": [f"acs:ram::{account_id}:root"]},
        }
    )


class Role:
    """A role, and the grants that rooms have attached to it so far: who works with the role's rights waits for them."""

    name: str
    arn: str
    grants: list[RamRolePolicyAttachment]

    def __init__(
        self, scope: Construct, id: str, *, name: str, description: str, service: str, tags: Mapping[str, str]
    ) -> None:
        """`service`: the cloud service that may take the role, such as ecs.aliyuncs.com."""
        role = RamRole(
            scope,
            id,
            role_name=name,
            description=description,
            assume_role_policy_document=trust(service),
            tags=tags,
        )
        self.name, self.arn, self.grants = role.role_name, role.arn, []

    def attach(self, scope: Construct, id: str, *, policy: str, policy_type: str) -> None:
        """Attach a policy by name; `policy_type` is System or Custom."""
        self.grants.append(
            RamRolePolicyAttachment(scope, id, role_name=self.name, policy_name=policy, policy_type=policy_type)
        )


def grant(scope: Construct, id: str, *, role: Role, name: str, statements: Sequence[Mapping[str, Any]]) -> None:
    """A policy of its own for one purpose, attached to one role; the attachment is `<id>-grant`."""
    policy = RamPolicy(scope, id, policy_name=name, policy_document=document(*statements))
    role.attach(scope, f"{id}-grant", policy=policy.policy_name, policy_type="Custom")
