"""Room alarms: who hears, alarms on the cloud's metrics and on what hosts and gateway say of themselves (left out by the guide).

Every alarm carries the section of the runbook that says what it means (facts: provider 7, item 9; cloud 1.1, 4.4).
"""

import json

from cdktf_cdktf_provider_alicloud.cms_alarm import CmsAlarm, CmsAlarmEscalationsCritical, CmsAlarmTimeouts
from cdktf_cdktf_provider_alicloud.cms_alarm_contact import CmsAlarmContact
from cdktf_cdktf_provider_alicloud.cms_alarm_contact_group import CmsAlarmContactGroup
from cdktf_cdktf_provider_alicloud.provider import AlicloudProvider
from constructs import Construct

from dicom_cdk.service.log_alarms import log_alarms
from dicom_cdk.service.metrics import METRICS
from dicom_cdk.service.parts.log_alarm import RECORDS_REGION, listeners, log_alarm
from dicom_cdk.service.rooms.archive import Archive
from dicom_cdk.service.rooms.database import Database
from dicom_cdk.service.rooms.dicomweb import Dicomweb
from dicom_cdk.service.rooms.filter import Filter
from dicom_cdk.service.rooms.platform import Platform
from dicom_cdk.service.rooms.watch import Watch
from dicom_cdk.settings.models import alarms as settings_alarms


class Alarms(Construct):
    """Contact and alarms."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: settings_alarms.Alarms,
        platform: Platform,
        database: Database,
        archive: Archive,
        dicomweb: Dicomweb,
        watch: Watch,
        filter: Filter | None,
    ) -> None:
        super().__init__(scope, id)
        site, directory = platform.site, archive.directory
        self._site = site
        contact = CmsAlarmContact(
            self,
            "contact",
            alarm_contact_name=f"{site.name}-operators",
            describe=f"Operators of DICOM service {site.name}",
            channels_mail=settings.mail,
            lang="en",
        )
        group = CmsAlarmContactGroup(
            self,
            "group",
            alarm_contact_group_name=f"{site.name}-operators",
            contacts=[contact.alarm_contact_name],
        )
        self._group_name = group.alarm_contact_group_name
        cpu, disk = settings.cpu_percent, settings.disk_percent
        thresholds = {"cpu": cpu, "memory": 90, "disk": disk, "iops": 90, "connections": 80}
        for metric, threshold in thresholds.items():
            self._alarm(f"database-{metric}", f"database-{metric}", threshold, database.instance_id)
        hosts = {f"directory-{role}": host for role, host in directory.hosts.items()} | {"archive": archive.host}
        for name, host in hosts.items():
            for metric, threshold in {"cpu": cpu, "disk": disk, "memory": 90}.items():
                self._alarm(f"{name}-{metric}", f"host-{metric}", threshold, host.instance_id)
        balancers = {"directory": directory.balancer_id, "dicomweb": dicomweb.balancer_id}
        if filter:
            balancers["filter"] = filter.balancer_id
        for name, balancer in balancers.items():
            self._alarm(f"{name}-unhealthy", "balancer-unhealthy", 1, balancer)
            self._alarm(f"{name}-empty", "balancer-empty", 1, balancer)
        if nat := platform.network.nat_gateway_id:
            self._alarm("nat-connections", "nat-connections", 80, nat)
            self._alarm("nat-drops", "nat-drops", 1, nat)
        if watch.uptime_id:
            self._alarm("gateway-outside", "gateway-outside", 90, watch.uptime_id)
        for name, bucket in watch.buckets.items():
            # Without the name of the site's own, which was the only one.
            alarm = f"storage-availability{name.removeprefix('images')}"
            self._alarm(alarm, "storage-availability", 99, bucket.bucket)
        self._logs(settings, platform, watch)

    def _logs(self, settings: settings_alarms.Alarms, platform: Platform, watch: Watch) -> None:
        site, logs = platform.site, platform.logs
        if not settings.on_logs:
            return
        records = AlicloudProvider(
            self, "records", alias="log-records", region=RECORDS_REGION, account_id=site.account_id
        )
        project = logs.project_name
        action, ready = listeners(self, site=site, mail=settings.mail, project=project, provider=records)
        for alarm in log_alarms(hosts=len(watch.hosts), disk_percent=settings.disk_percent):
            store = logs.store_names[alarm.store]
            log_alarm(self, alarm, site=site, project=project, store=store, action=action, after=ready)

    def _alarm(self, id: str, watched: str, threshold: int, instance: str) -> None:
        """`watched`: a row of METRICS, and a section of the runbook."""
        site, metric = self._site, METRICS[watched]
        CmsAlarm(
            self,
            id,
            name=f"{site.name}-{id}",
            project=metric.namespace,
            metric=metric.name,
            metric_dimensions=json.dumps([dict.fromkeys(metric.dimensions, instance)], separators=(",", ":")),
            contact_groups=[self._group_name],
            period=300,
            silence_time=3600,
            escalations_critical=CmsAlarmEscalationsCritical(
                statistics=metric.statistics,
                comparison_operator=metric.comparison,
                threshold=str(threshold),
                times=3,
            ),
            tags={**site.tags, "runbook": watched},
            timeouts=CmsAlarmTimeouts(create="5m", update="5m", delete="5m"),
        )
