"""A restore drill reads what its site keeps, and can change nothing of it: by rights, by network, by what it declares.

Over 200 lines: one rule, with an example of each thing that it refuses.
"""

import re
from collections.abc import Iterator
from typing import Any

from dicom_cdk.plan.reading.written_json import read_json
from dicom_cdk.plan.stack import lifecycle
from dicom_cdk.policy.address_ranges import network
from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.ingress_networks import networks
from dicom_cdk.policy.stack_rules.rule import Open, StackRule

CLONE, GROUP, RULE = "alicloud_rds_clone_db_instance", "alicloud_security_group", "alicloud_security_group_rule"
DATABASE, VPC, LINK = "alicloud_db_instance", "alicloud_vpc", "alicloud_cr_vpc_endpoint_linked_vpc"
OF_DATABASE = {
    "alicloud_rds_account": "db_instance_id",
    "alicloud_db_database": "instance_id",
    "alicloud_db_account_privilege": "instance_id",
}
"""What stands in a database, and the argument that says in which."""
READS = re.compile(r"oss:(Get|List)\w+|kms:(GetSecretValue|Decrypt)|cr:(GetAuthorizationToken|PullRepository)")
"""Actions that change nothing."""
OF_A_DRILL = {
    CLONE, DATABASE, GROUP, LINK, RULE, VPC, *OF_DATABASE, "alicloud_vswitch", "alicloud_instance", "alicloud_ecs_command",
    "alicloud_ecs_invocation", "alicloud_ecs_ram_role_attachment", "alicloud_kms_secret", "alicloud_ram_access_key",
    "alicloud_ram_policy", "alicloud_ram_role", "alicloud_ram_role_policy_attachment", "alicloud_ram_user",
    "alicloud_ram_user_policy_attachment",
}  # fmt: skip
BUCKETS = re.compile(r"alicloud_oss_bucket(_\w+)?")
EVERYWHERE = "0.0.0.0/0"
TAG = "drill-of"
NAME = re.compile(r".*-drill(-recovery)?")


def is_drill(document: Document) -> bool:
    """By its name, or by the tag of its database."""
    tagged = [one.get("tags") for kind in (CLONE, DATABASE) for one in document.of(kind)]
    return bool(NAME.fullmatch(document.name)) or any(isinstance(tags, dict) and TAG in tags for tags in tagged)


def judge(document: Document) -> Iterator[tuple[str, str]]:
    """Of stacks that are no drill only their clones."""
    drill = is_drill(document)
    for one in document.resources.values() if drill else document.of(CLONE):
        for problem in _of(document, one) if drill else _reached(document, one):
            yield one.address, problem


def _of(document: Document, one: Resource) -> Iterator[str]:
    if BUCKETS.fullmatch(one.type):
        name = str(document.resolved(one).get("bucket") or "")
        if "-drill" not in name and "${" not in name:
            yield f"a drill manages no bucket but one of its own, and this is {name}"
    elif one.type.startswith("alicloud_") and one.type not in OF_A_DRILL:
        yield f"{one.type} is nothing that a drill is made of"
    if _protected(one):
        yield "is protected: a drill is destroyed by one command"
    if one.type == "alicloud_ram_policy":
        yield from (f"allows {action}, which is no reading" for action in _allowed(one) if not READS.fullmatch(action))
    elif one.type.endswith("policy_attachment") and document.resolved(one).get("policy_type") == "System":
        yield f"attaches the vendor's {one.get('policy_name')}, which is more than a drill reads"
    elif one.type == RULE and one.get("type") == "ingress" and one.get("policy") != "drop":
        if document.target(one.values.get("source_security_group_id"), GROUP) is None:
            yield f"lets {', '.join(networks(document, one)) or 'a group of another stack'} in, and a drill has no way in"
    elif one.type == GROUP and not any(_closes(document, rule, one) for rule in document.of(RULE)):
        yield f"has a way out to everything: an egress rule that drops {EVERYWHERE} is missing"
    elif one.type in (CLONE, DATABASE):
        yield from _reached(document, one)
    elif one.type in OF_DATABASE:
        if document.target(one.values.get(OF_DATABASE[one.type]), DATABASE) is None:
            yield "is of a database of another stack, and a drill changes none but its own"
    elif one.type == LINK and document.target(one.values.get("vpc_id"), VPC) is None:
        yield "links the registry to a VPC of another stack, and a drill changes none but its own"


def _protected(one: Resource) -> bool:
    prevented = str(lifecycle(one.values).get("prevent_destroy")).lower() == "true"
    return prevented or str(one.get("deletion_protection")).lower() == "true"


def _allowed(one: Resource) -> Iterator[str]:
    text = one.get("policy_document")
    try:
        document = read_json(text) if isinstance(text, str) else {}
    except ValueError:
        document = None
    if not isinstance(document, dict) or not document:
        yield "what cannot be read offline"
        return
    statements = document.get("Statement")
    for statement in statements if isinstance(statements, list) else [statements]:
        if isinstance(statement, dict) and statement.get("Effect") != "Deny":
            actions: Any = statement.get("Action", statement.get("NotAction", "*"))
            yield from map(
                str, ["*"] if "NotAction" in statement else actions if isinstance(actions, list) else [actions]
            )


def _closes(document: Document, rule: Resource, group: Resource) -> bool:
    mine = document.target(rule.values.get("security_group_id"), GROUP)
    return (
        mine is not None
        and mine.address == group.address
        and (rule.get("type"), rule.get("policy"), rule.get("cidr_ip")) == ("egress", "drop", EVERYWHERE)
    )


def _reached(document: Document, database: Resource) -> Iterator[str]:
    own = [found for one in document.of("alicloud_vswitch") if (found := network(one.get("cidr_block"))) is not None]
    whitelist = database.values.get("security_ips")
    if not isinstance(whitelist, list) or not whitelist:
        yield "names no security_ips: what the vendor puts there is not known offline"
        return
    for text in whitelist:
        asked = network(text)
        if asked is None:
            yield f"lets {text} in, which is no network"
        elif not any(asked.version == one.version and asked.subnet_of(one) for one in own):  # type: ignore[arg-type]
            yield f"lets {text} in, which is outside the drill's own vSwitch"


_VSWITCH = {"drill": {"cidr_block": "172.18.255.240/28"}}
_CLONE = {"source_db_instance_id": "pgm-1", "tags": {TAG: "clinic"}, "security_ips": ["172.18.255.240/28"]}
_OWN = {"instance_name": "rds-clinic-drill-recovery", "tags": {TAG: "clinic"}, "security_ips": ["172.18.255.240/28"]}
_LINK = {"instance_id": "cri-1", "module_name": "Registry"}
_READ = (
    '{"Statement":[{"Action":["oss:GetObject"],"Effect":"Allow","Resource":["acs:oss:*:1:images/*"]}],"Version":"1"}'
)
_OUT = {
    "type": "egress",
    "policy": "drop",
    "cidr_ip": EVERYWHERE,
    "security_group_id": "${alicloud_security_group.drill.id}",
}

DRILL = StackRule(
    id="CKV2_DICOM_121",
    name="A restore drill can change nothing of its site, and nothing reaches it",
    severity="CRITICAL",
    fix="rights that read; no ingress but inside the drill; egress that ends with a drop; nothing but what dicom-cdk drill makes",
    types=(
        CLONE,
        DATABASE,
        GROUP,
        LINK,
        RULE,
        *OF_DATABASE,
        "alicloud_ram_policy",
        "alicloud_oss_bucket",
        "alicloud_instance",
    ),
    judge=judge,
    weighs={
        RULE: {"type": Open(worst="ingress"), "policy": Open(worst="accept")},
        "alicloud_instance": {"deletion_protection": Open(False, True)},
        DATABASE: {"deletion_protection": Open(False, True)},
        "alicloud_oss_bucket": {"bucket": Open(worst="elsewhere")},
    },
    failing={
        CLONE: {
            "database": _CLONE,
            "bad_wide": {**_CLONE, "security_ips": ["172.18.80.0/20"]},
            "bad_open": {"engine": "PostgreSQL"},
        },
        DATABASE: {"bad_reached": {**_OWN, "security_ips": ["10.0.0.0/8"]}},
        "alicloud_rds_account": {"bad_account": {"db_instance_id": "pgm-1", "account_name": "pacs"}},
        "alicloud_db_database": {"bad_database": {"instance_id": "${var.database_instance_id}"}},
        "alicloud_db_account_privilege": {"bad_privilege": {"instance_id": "pgm-1"}},
        LINK: {"bad_link": {**_LINK, "vpc_id": "${var.vpc_id}"}},
        "alicloud_vswitch": _VSWITCH,
        GROUP: {"drill": {}, "bad_out": {}},
        RULE: {
            "out": _OUT,
            "bad_in": {
                "type": "ingress",
                "cidr_ip": "10.0.0.0/8",
                "security_group_id": "${alicloud_security_group.drill.id}",
            },
        },
        "alicloud_ram_policy": {
            "bad_write": {"policy_document": _READ.replace("GetObject", "PutObject")},
            "bad_all": {"policy_document": _READ.replace("oss:GetObject", "oss:*")},
            "bad_hidden": {"policy_document": "${var.policy}"},
        },
        "alicloud_oss_bucket": {"bad_bucket": {"bucket": "clinic-1234567890123456"}},
        "alicloud_instance": {"bad_kept": {"deletion_protection": True}},
    },
    passing={
        CLONE: {"database": _CLONE},
        DATABASE: {"filled": _OWN},
        "alicloud_rds_account": {"pacs": {"db_instance_id": "${alicloud_db_instance.filled.id}"}},
        "alicloud_db_database": {"schema": {"instance_id": "${alicloud_db_instance.filled.id}"}},
        "alicloud_db_account_privilege": {"owner": {"instance_id": "${alicloud_db_instance.filled.id}"}},
        VPC: {"own": {"cidr_block": "172.18.0.0/16"}},
        LINK: {"own": {**_LINK, "vpc_id": "${alicloud_vpc.own.id}"}},
        "alicloud_vswitch": _VSWITCH,
        GROUP: {"drill": {}},
        RULE: {
            "out": _OUT,
            "ldap": {
                "type": "ingress",
                "source_security_group_id": "${alicloud_security_group.drill.id}",
                "security_group_id": "${alicloud_security_group.drill.id}",
            },
        },
        "alicloud_ram_policy": {"read": {"policy_document": _READ}},
        "alicloud_oss_bucket": {"secrets": {"bucket": "clinic-drill-1234567890123456-secrets"}},
        "alicloud_instance": {"host": {"deletion_protection": False}},
    },
)
