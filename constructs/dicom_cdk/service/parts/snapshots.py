"""Daily snapshots of the hosts' disks (left out by the guide)."""

from cdktf_cdktf_provider_alicloud.ecs_auto_snapshot_policy import EcsAutoSnapshotPolicy
from constructs import Construct

from dicom_cdk.service.identity import Identity


def daily_snapshots(scope: Construct, id: str, *, name: str, days: int, site: Identity) -> str:
    """A policy: every day at three at night, kept for `days`; returns its id."""
    return EcsAutoSnapshotPolicy(
        scope,
        id,
        auto_snapshot_policy_name=name,
        repeat_weekdays=[str(day) for day in range(1, 8)],
        time_points=["3"],
        retention_days=days,
        tags=site.tags,
    ).id
