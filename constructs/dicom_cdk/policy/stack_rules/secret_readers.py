"""Every secret is read by a role that uses it, and by no other."""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from dicom_cdk.plan.reading.written_json import read_json
from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.stack_rules.rule import ANY, Open, StackRule

READ = {"kms:GetSecretValue": ":secret/", "oss:GetObject": "acs:oss:"}
"""Action that reads a secret, and what stands before its name in a policy's resource."""
KINDS = ("alicloud_kms_secret", "alicloud_oss_bucket_object")
GENERATED = ("random_password.", "alicloud_ram_access_key.", "tls_private_key.")


def held(document: Document) -> dict[str, str]:
    """Address → name of every secret, as hosts are told it: of KMS, or oss://bucket/key of an object with a generated value."""
    found = {one.address: str(one.values.get("secret_name")) for one in document.of("alicloud_kms_secret")}
    for one in document.of("alicloud_oss_bucket_object"):
        if any(kind in str(one.values.get("content")) for kind in GENERATED):
            there = document.resolved(one)
            found[one.address] = f"oss://{there.get('bucket')}/{there.get('key')}"
    return found


def granted(document: Document, policy: Resource) -> set[str]:
    """Names (patterns) of the secrets that a RAM policy lets read."""
    try:
        statements = read_json(str(policy.values.get("policy_document"))).get("Statement", [])
    except (ValueError, AttributeError):
        return set()
    found = set()
    for one in statements if isinstance(statements, list) else []:
        if not isinstance(one, dict) or one.get("Effect") != "Allow":
            continue
        actions, resources = one.get("Action", []), one.get("Resource", [])
        actions = [actions] if isinstance(actions, str) else actions
        for read, start in READ.items():
            if any(fnmatchcase(read, str(action)) for action in actions):
                for resource in [resources] if isinstance(resources, str) else resources:
                    found.add(_named(document, read, str(resource).partition(start)[2]))
    return found


def _named(document: Document, read: str, text: str) -> str:
    if read == "oss:GetObject":
        return f"oss://{text.split(':', 2)[-1] or '*'}"
    secret = document.target(text, "alicloud_kms_secret")
    return str(secret.values.get("secret_name")) if secret else text or "*"


def readers(document: Document) -> dict[str, set[str]]:
    """Address of a secret → addresses of the roles that may read it."""
    names = held(document)
    found: dict[str, set[str]] = {address: set() for address in names}
    for attachment in document.of("alicloud_ram_role_policy_attachment"):
        policy = document.target(attachment.values.get("policy_name"), "alicloud_ram_policy")
        role = document.target(attachment.values.get("role_name"), "alicloud_ram_role")
        for pattern in granted(document, policy) if policy and role else ():
            for address, name in names.items():
                if role and fnmatchcase(name, pattern):
                    found[address].add(role.address)
    return found


def users(document: Document) -> dict[str, set[str]]:
    """Address of a secret → addresses of the roles whose hosts are told its name by a step."""
    roles = {}
    for attachment in document.of("alicloud_ecs_ram_role_attachment"):
        role = document.target(attachment.values.get("ram_role_name"), "alicloud_ram_role")
        for host in document.targets(attachment.values.get("instance_id"), "alicloud_instance"):
            if role:
                roles[host.address] = role.address
    names = held(document)
    found: dict[str, set[str]] = {address: set() for address in names}
    for step in document.of("alicloud_ecs_invocation"):
        said = json.dumps(step.values.get("parameters"))
        told = {one.address for one in document.targets(step.values.get("parameters"), *KINDS) if one.address in names}
        told |= {
            address for address, name in names.items() if re.search(rf"(?<![\w/-]){re.escape(name)}(?![\w/-])", said)
        }
        for host in document.targets(step.values.get("instance_id"), "alicloud_instance"):
            for secret in told:
                if host.address in roles:
                    found[secret].add(roles[host.address])
    return found


def shared_with_people(document: Document) -> set[str]:
    """Secrets whose value a VPN connection has too: an administrator reads it for the other end, no host does."""
    keys = {
        need
        for one in document.of("alicloud_vpn_connection")
        for need in one.needs
        if need.startswith("random_password.")
    }
    return {one.address for one in document.of(*KINDS) if keys & set(one.needs)}


def judge(document: Document) -> Iterator[tuple[str, str]]:
    may, use, shared = readers(document), users(document), shared_with_people(document)
    for address in may:
        for role in sorted(use[address] - may[address]):
            yield address, f"a host of {role} is told its name, but the role may not read it"
        for role in sorted(may[address] - use[address]):
            yield address, f"{role} may read it, but no host of that role is told its name"
        if not may[address] and not use[address] and address not in shared:
            yield address, "no role may read it"


SECRET_READERS = StackRule(
    id="CKV2_DICOM_105",
    name="Every secret is readable by the roles that use it, and by no other",
    severity="HIGH",
    fix="grant kms:GetSecretValue (oss:GetObject for one in a bucket) on the secret to the role of the hosts that read it; "
    "remove grants that nobody uses",
    types=KINDS,
    judge=judge,
    weighs={
        "alicloud_ram_policy": {"policy_document": Open(ANY, ANY, text=True)},
        "alicloud_kms_secret": {"secret_name": Open(ANY, ANY)},
    },
    reads=("policy_document", "parameters", "content"),
    failing={
        "alicloud_oss_bucket_object": {
            "bad_object": {"bucket": "s", "key": "dicom/c", "content": "${random_password.a.result}"}
        },
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
        "random_password": {"vpn": {"length": 48}},
        "alicloud_vpn_connection": {
            "north": {"tunnel_options_specification": [{"tunnel_ike_config": {"psk": "${random_password.vpn.result}"}}]}
        },
        "alicloud_kms_secret": {
            "a": {"secret_name": "dicom/a"},
            "vpn": {"secret_name": "dicom/vpn-north", "secret_data": "${random_password.vpn.result}"},
        },
        "alicloud_oss_bucket_object": {
            "c": {"bucket": "s", "key": "dicom/c", "content": "${random_password.a.result}"},
            "page": {"bucket": "s", "key": "page", "content": "hello"},
        },
        "alicloud_ram_role": {"archive": {"role_name": "archive"}},
        "alicloud_ram_policy": {
            "p": {
                "policy_document": '{"Statement":[{"Effect":"Allow","Action":["kms:GetSecretValue"],'
                '"Resource":["acs:kms:r:1:secret/dicom/a"]},'
                '{"Effect":"Allow","Action":["oss:GetObject"],"Resource":["acs:oss:*:1:s/dicom/c"]}]}'
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
                "parameters": {
                    "values": '${jsonencode({"a" = alicloud_kms_secret.a.secret_name, "c" = "oss://s/${alicloud_oss_bucket_object.c.key}"})}'
                },
            }
        },
    },
)
