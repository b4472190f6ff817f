"""Who could delete or encrypt what: computed from the stack's RAM policies and the deployer's, for the day it is asked in a hurry.

An answer about the stack, not about the account: its owner, RAM administrators and rights given elsewhere are not in it.
"""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from dicom_cdk.handoff import deployer
from dicom_cdk.markdown import cell, code, plain
from dicom_cdk.plan.stack import Stack, block
from dicom_cdk.policy.document import Document, Resource, of_stack
from dicom_cdk.report.content import shown
from dicom_cdk.review.ways_in.permissions import Permission, permissions

_Copies = Mapping[str, list[Resource]]
DEPLOYER = "deployer (deployer-policy-*.json)"
KINDS: dict[str, tuple[tuple[str, ...], str, dict[str, str]]] = {
    "objects of bucket {name}": (
        ("alicloud_oss_bucket",), "bucket",
        {
            "oss:DeleteObject": "{versions}",
            "oss:PutObject": "overwrites: {versions}",
            "oss:ReplicatePut": "overwrites, for OSS: {versions}",
            "oss:DeleteObjectVersion": "{gone}",
            "oss:DeleteBucket": "an empty bucket only: nothing",
            "oss:PutBucketLifecycle": "ends objects and versions by a rule: {gone}",
            "oss:PutBucketVersioning": "later deletions keep no version{copies}",
            "oss:PutBucketReplication": "later objects are not copied",
            "oss:DeleteBucketReplication": "later objects are not copied",
        },
    ),
    "key {name}": (
        ("alicloud_kms_key",), "description",
        {
            "kms:ScheduleKeyDeletion": "everything under the key unreadable after {window} days; kms:CancelKeyDeletion until then",
            "kms:DisableKey": "everything under the key unreadable until it is enabled",
        },
    ),
    "database {name}": (
        ("alicloud_db_instance", "alicloud_rds_clone_db_instance"), "instance_name",
        {
            "rds:DeleteDBInstance": "what released_keep_policy keeps, and dumps",
            "rds:DeleteBackup": "the other backups, and dumps",
            "rds:ModifyBackupPolicy": "backups are kept for a shorter time",
        },
    ),
    "disks and snapshots": (
        ("alicloud_ecs_auto_snapshot_policy",), "",
        {
            "ecs:DeleteSnapshot": "copies in another region, if there are any",
            "ecs:DeleteDisk": "its snapshots",
            "ecs:DeleteInstance": "snapshots of its disks",
            "ecs:DeleteAutoSnapshotPolicy": "snapshots so far",
        },
    ),
    "logs of {name}": (
        ("alicloud_log_project",), "project_name",
        {"log:DeleteProject": "nothing", "log:DeleteLogStore": "nothing", "log:UpdateLogStore": "logs are kept for a shorter time"},
    ),
}  # fmt: skip
"""What holds data → its types, the argument with its name, and action → what is left."""
FINAL = "locked for"
RIGHTS = ("ram:AttachPolicyToUser", "ram:AttachPolicyToRole", "ram:CreatePolicyVersion", "ram:CreateAccessKey")
"""Whoever has one of these may give itself the rest."""


def text(stack: Stack) -> str:
    """Markdown: a table for each thing that holds data, and who may give itself more."""
    document = shown(stack, of_stack(stack))
    known = [*permissions(document), *_of_deployer(stack)]
    lines = [
        f"# Who could delete what of {plain(stack.name)}",
        "",
        "Computed from the RAM policies in the stack and those of the deployer beside this file. Not in it: the account's",
        "owner, RAM administrators, and rights that somebody gave elsewhere. A key of anyone listed is enough.",
        "",
    ]
    for title, rows in _things(document, known):
        lines += [f"## {plain(title)}", "", "| who | may | what is left |", "| --- | --- | --- |"]
        lines += [f"| {cell(who)} | {code(action)} | {cell(left)} |" for who, action, left in rows] or [
            "| nobody | | |"
        ]
        lines.append("")
    givers = sorted({(one.who, action) for action in RIGHTS for one in _holders(action, known)})
    lines += ["## Whoever may give itself any right", ""]
    lines += [f"- {plain(who)}: {code(action)}" for who, action in givers] or ["Nobody."]
    return "\n".join(lines) + "\n"


def _things(document: Document, known: list[Permission]) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    ordered, copies, locks = sorted(set(known), key=str), _copied(document), _locks(document)
    for title, (types, argument, actions) in KINDS.items():
        holders = {action: _holders(action, ordered) for action in actions}
        for one in document.of(*types)[: None if argument else 1]:
            name = str(document.resolved(one).get(argument) or one.address) if argument else ""
            facts = _facts(document, one, copies, locks)
            rows = [
                (who.who, action, left.format(**facts))
                for action, left in actions.items()
                for who in holders[action]
                if _covers(who, one, name)
            ]
            yield title.format(name=name), list(dict.fromkeys(rows))


def _holders(action: str, known: list[Permission]) -> list[Permission]:
    """Those of `known` that an action is of: a stack of a thousand buckets says the same few patterns for each."""
    covering = {pattern for pattern in {one.action for one in known} if _matches(action, pattern)}
    return [one for one in known if one.action in covering]


def _facts(document: Document, one: Resource, copies: _Copies, locks: Mapping[str, str]) -> dict[str, str]:
    """What is left of a bucket's objects; a key's days."""
    days = _noncurrent_days(one)
    said = "".join(
        f", but the copy in {document.resolved(copy).get('bucket')}{locks.get(copy.address, '')}"
        for copy in copies.get(one.address, [])
    )
    lock = locks.get(one.address, "")
    gone = f"everything{lock}" if FINAL in lock else f"nothing here{said}"
    versions = f"everything{lock}" if FINAL in lock else f"the old version for {days} days{said}" if days else gone
    return {"versions": versions, "copies": said, "gone": gone, "window": str(one.get("pending_window_in_days") or "7")}


def _copied(document: Document) -> _Copies:
    """The address of a bucket → the buckets that its objects are copied to."""
    found: dict[str, list[Resource]] = {}
    for each in document.of("alicloud_oss_bucket_replication"):
        source = document.target(each.values.get("bucket"), "alicloud_oss_bucket")
        copy = document.target(block(each.get("destination")).get("bucket"), "alicloud_oss_bucket")
        if source and copy and each.get("action") == "PUT":
            found.setdefault(source.address, []).append(copy)
    return found


def _locks(document: Document) -> Mapping[str, str]:
    """The address of a bucket → what its lock is; the first one of several."""
    found: dict[str, str] = {}
    for lock in document.of("alicloud_oss_bucket_worm"):
        if bucket := document.target(lock.values.get("bucket"), "alicloud_oss_bucket"):
            days, state = lock.get("retention_period_in_days"), str(lock.get("status"))
            final = f" ({FINAL} {days} days)" if state == "Locked" else f" (a lock of {days} days that is not final)"
            found.setdefault(bucket.address, final)
    return found


def _noncurrent_days(bucket: Resource) -> int:
    if block(bucket.values.get("versioning")).get("status") != "Enabled":
        return 0
    rules = bucket.values.get("lifecycle_rule")
    for rule in rules if isinstance(rules, list) else []:
        if days := block(rule.get("noncurrent_version_expiration")).get("days"):
            return int(days)
    return 36500


def _covers(who: Permission, one: Resource, name: str) -> bool:
    """Whether a permission is about this resource: by name where RAM takes one, else it is about all of its kind."""
    resource = who.resource
    if resource.startswith("everything but "):
        return True
    last = resource.rpartition(":")[2]
    if one.type == "alicloud_oss_bucket":
        return fnmatchcase(name, last.partition("/")[0])
    if one.type == "alicloud_kms_key":
        return not last.startswith("secret/") and (
            one.address in resource or fnmatchcase("key/", last) or last in ("*", "key/*")
        )
    return True


def _of_deployer(stack: Stack) -> Iterable[Permission]:
    for policy in deployer.policies(stack):
        for statement in policy["Statement"]:
            for action in statement["Action"]:
                for resource in statement["Resource"]:
                    yield Permission(DEPLOYER, action, resource)


def _matches(action: str, pattern: str) -> bool:
    if pattern.startswith("everything but "):
        return not fnmatchcase(action.lower(), pattern.removeprefix("everything but ").lower())
    return fnmatchcase(action.lower(), pattern.lower())
