"""Who called the cloud's API is recorded, and kept where it can be protected."""

from collections.abc import Iterator

from dicom_cdk.policy.document import Document, Resource
from dicom_cdk.policy.stack_rules.rule import Open, StackRule


def judge(document: Document) -> Iterator[tuple[str, str]]:
    """A stack with logs has a trail of all calls that goes into a bucket; the log service alone cannot be locked."""
    projects = document.of("alicloud_log_project")
    trails = document.of("alicloud_actiontrail_trail")
    for one in trails:
        if lacking := list(_lacking(one)):
            yield one.address, "; ".join(lacking)
    if projects and not trails:
        yield projects[0].address, "the stack keeps logs, but none of who called the cloud's API"


def _lacking(trail: Resource) -> Iterator[str]:
    if trail.get("status") == "Disable":
        yield "the trail is switched off"
    if trail.get("event_rw") != "All":
        yield f"it records {trail.get('event_rw') or 'writing calls'} only, not who looked"
    if not trail.get("oss_bucket_name"):
        yield "it goes into no bucket"


TRAIL = StackRule(
    id="CKV2_DICOM_114",
    name="Calls of the cloud's API are recorded, reading ones too, into a bucket",
    severity="MEDIUM",
    fix="watch.account_calls; elsewhere alicloud_actiontrail_trail with event_rw = All and oss_bucket_name",
    types=("alicloud_log_project", "alicloud_actiontrail_trail"),
    judge=judge,
    weighs={
        "alicloud_actiontrail_trail": {
            "status": Open("Enable", "Disable"),
            "event_rw": Open("All", "Write"),
            "oss_bucket_name": Open(worst=None, leads=True),
        }
    },
    failing={
        "alicloud_log_project": {"logs": {"project_name": "a"}},
        "alicloud_actiontrail_trail": {"bad_writes": {"trail_name": "a", "event_rw": "Write", "oss_bucket_name": "b"}},
    },
    passing={
        "alicloud_log_project": {"logs": {"project_name": "a"}},
        "alicloud_actiontrail_trail": {"kept": {"trail_name": "a", "event_rw": "All", "oss_bucket_name": "b"}},
    },
)
