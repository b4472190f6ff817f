"""Every secret is read by a role that uses it, and by no other."""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.stack_rules.rule import StackRule

READ = "kms:GetSecretValue"


def granted(document: Document, policy: Resource) -> set[str]:
    """Names (patterns) of the secrets that a RAM policy lets read."""
    try:
        statements = json.loads(str(policy.values.get("policy_document"))).get("Statement", [])
    except (ValueError, AttributeError):
        return set()
    found = set()
    for one in statements if isinstance(statements, list) else []:
        actions = one.get("Action", []) if isinstance(one, dict) else []
        actions = [actions] if isinstance(actions, str) else actions
        if (
            isinstance(one, dict)
            and one.get("Effect") == "Allow"
            and any(fnmatchcase(READ, str(action)) for action in actions)
        ):
            resources = one.get("Resource", [])
            for resource in [resources] if isinstance(resources, str) else resources:
                found.add(_named(document, str(resource).partition(":secret/")[2] or "*"))
    return found


def _named(document: Document, text: str) -> str:
    secret = document.target(text, "alicloud_kms_secret")
    return str(secret.values.get("secret_name")) if secret else text


def readers(document: Document) -> dict[str, set[str]]:
    """Address of a secret → addresses of the roles that may read it."""
    found: dict[str, set[str]] = {one.address: set() for one in document.of("alicloud_kms_secret")}
    for attachment in document.of("alicloud_ram_role_policy_attachment"):
        policy = document.target(attachment.values.get("policy_name"), "alicloud_ram_policy")
        role = document.target(attachment.values.get("role_name"), "alicloud_ram_role")
        for pattern in granted(document, policy) if policy and role else ():
            for secret in document.of("alicloud_kms_secret"):
                if role and fnmatchcase(str(secret.values.get("secret_name")), pattern):
                    found[secret.address].add(role.address)
    return found


def users(document: Document) -> dict[str, set[str]]:
    """Address of a secret → addresses of the roles whose hosts are told its name by a step."""
    roles = {}
    for attachment in document.of("alicloud_ecs_ram_role_attachment"):
        role = document.target(attachment.values.get("ram_role_name"), "alicloud_ram_role")
        for host in document.targets(attachment.values.get("instance_id"), "alicloud_instance"):
            if role:
                roles[host.address] = role.address
    found: dict[str, set[str]] = {one.address: set() for one in document.of("alicloud_kms_secret")}
    for step in document.of("alicloud_ecs_invocation"):
        said = json.dumps(step.values.get("parameters"))
        told = {one.address for one in document.targets(step.values.get("parameters"), "alicloud_kms_secret")}
        told |= {
            one.address
            for one in document.of("alicloud_kms_secret")
            if re.search(rf"(?<![\w/-]){re.escape(str(one.values.get('secret_name')))}(?![\w/-])", said)
        }
        for host in document.targets(step.values.get("instance_id"), "alicloud_instance"):
            for secret in told:
                if host.address in roles:
                    found[secret].add(roles[host.address])
    return found


def judge(document: Document) -> Iterator[tuple[str, str]]:
    may, use = readers(document), users(document)
    for address in may:
        for role in sorted(use[address] - may[address]):
            yield address, f"a host of {role} is told its name, but the role may not read it"
        for role in sorted(may[address] - use[address]):
            yield address, f"{role} may read it, but no host of that role is told its name"
        if not may[address] and not use[address]:
            yield address, "no role may read it"


SECRET_READERS = StackRule(
    id="CKV2_DICOM_105",
    name="Every secret is readable by the roles that use it, and by no other",
    severity="HIGH",
    fix="grant kms:GetSecretValue on the secret to the role of the hosts that read it; remove grants that nobody uses",
    types=("alicloud_kms_secret",),
    judge=judge,
    reads=("policy_document", "parameters"),
    failing={
        "alicloud_kms_secret": {"bad_wide": {"secret_name": "dicom/a"}, "bad_unused": {"secret_name": "dicom/b"}},
        "alicloud_ram_role": {"archive": {"role_name": "archive"}},
        "alicloud_ram_policy": {
            "p": {
                "policy_document": '{"Statement":[{"Effect":"Allow","Action":["kms:GetSecretValue"],'
                '"Resource":["acs:kms:r:1:secret/dicom/a"]}]}'
            }
        },
        "alicloud_ram_role_policy_attachment": {
            "a": {
                "policy_name": "${alicloud_ram_policy.p.policy_name}",
                "role_name": "${alicloud_ram_role.archive.role_name}",
            }
        },
    },
    passing={
        "alicloud_kms_secret": {"a": {"secret_name": "dicom/a"}},
        "alicloud_ram_role": {"archive": {"role_name": "archive"}},
        "alicloud_ram_policy": {
            "p": {
                "policy_document": '{"Statement":[{"Effect":"Allow","Action":["kms:GetSecretValue"],'
                '"Resource":["acs:kms:r:1:secret/dicom/a"]}]}'
            }
        },
        "alicloud_ram_role_policy_attachment": {
            "a": {
                "policy_name": "${alicloud_ram_policy.p.policy_name}",
                "role_name": "${alicloud_ram_role.archive.role_name}",
            }
        },
        "alicloud_instance": {"host": {"instance_type": "a"}},
        "alicloud_ecs_ram_role_attachment": {
            "a": {
                "instance_id": "${alicloud_instance.host.id}",
                "ram_role_name": "${alicloud_ram_role.archive.role_name}",
            }
        },
        "alicloud_ecs_invocation": {
            "run": {
                "instance_id": ["${alicloud_instance.host.id}"],
                "parameters": {"values": '${jsonencode({"a" = alicloud_kms_secret.a.secret_name})}'},
            }
        },
    },
)
