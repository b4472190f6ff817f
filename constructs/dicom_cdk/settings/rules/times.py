"""Retention in an order that can be kept, hours that are hours, waivers that end."""

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Problem, shown

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

WAIVER_LATEST = datetime.date(2099, 12, 31)


def log_backups(site: "SiteSettings") -> Iterator[Problem]:
    """Longer log backups are silently cut by the provider and then differ at every plan (facts: provider 2)."""
    logs, backups = site.database.log_backup_retention_days, site.database.backup_retention_days
    if logs > backups:
        yield Problem(
            "database.log_backup_retention_days",
            "is more than database.backup_retention_days",
            shown(logs),
            f"at most {backups} (days)",
        )


def audit(site: "SiteSettings") -> Iterator[Problem]:
    """Who looked at what is kept at least as long as what they looked with."""
    audit, logs = site.logs.audit_retention_days, site.logs.retention_days
    if audit is not None and audit < logs:
        yield Problem(
            "logs.audit_retention_days",
            "is less than logs.retention_days",
            shown(audit),
            f"{logs} (days) or more; leave it out for as long as logs are kept",
        )


def maintenance(site: "SiteSettings") -> Iterator[Problem]:
    """One hour, beginning at a full one."""
    window = site.database.maintenance_window_utc
    start, end = int(window[:2]), int(window[7:9])
    if start > 23 or end not in ((start + 1) % 24, start + 1):
        yield Problem(
            "database.maintenance_window_utc",
            "is not one hour",
            shown(window),
            "one full hour (UTC) such as 19:00Z-20:00Z",
        )
    elif start == site.database.backup_hour_utc:
        yield Problem(
            "database.maintenance_window_utc",
            "is the hour of the daily backup",
            shown(window),
            "another hour than database.backup_hour_utc",
        )


def waivers(site: "SiteSettings") -> Iterator[Problem]:
    """Each policy and resource once, with an end within a person's time. Whether it has ended, `dicom-cdk check` says."""
    first: dict[tuple[str, str], int] = {}
    for index, waiver in enumerate(site.waivers):
        if waiver.expires > WAIVER_LATEST:
            yield Problem(
                ("waivers", index, "expires"),
                "is too far away",
                shown(str(waiver.expires)),
                f"a day up to {WAIVER_LATEST}",
            )
        pair = (waiver.policy, waiver.resource)
        if (other := first.setdefault(pair, index)) != index:
            yield Problem(
                ("waivers", index),
                f"waives the same as waivers[{other}]",
                f"{waiver.policy} for {waiver.resource}",
                "one waiver for each",
            )


TIME_RULES = (log_backups, audit, maintenance, waivers)
