"""Room alarms: a mail contact, and alarms on database, hosts and balancers (left out by the guide; facts: provider 7, item 9)."""

import json

from cdktf_cdktf_provider_alicloud.cms_alarm import CmsAlarm, CmsAlarmEscalationsCritical, CmsAlarmTimeouts
from cdktf_cdktf_provider_alicloud.cms_alarm_contact import CmsAlarmContact
from cdktf_cdktf_provider_alicloud.cms_alarm_contact_group import CmsAlarmContactGroup
from constructs import Construct

from dicom_cdk.service.identity import Identity
from dicom_cdk.service.metrics import METRICS
from dicom_cdk.service.rooms.archive import Archive
from dicom_cdk.service.rooms.database import Database
from dicom_cdk.service.rooms.dicomweb import Dicomweb
from dicom_cdk.service.rooms.directory import Directory
from dicom_cdk.service.rooms.filter import Filter
from dicom_cdk.settings.models import alarms as settings_alarms


class Alarms(Construct):
    """Contact and alarms."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        site: Identity,
        settings: settings_alarms.Alarms,
        database: Database,
        directory: Directory,
        archive: Archive,
        dicomweb: Dicomweb,
        filter: Filter | None,
    ) -> None:
        super().__init__(scope, id)
        contact = CmsAlarmContact(
            self,
            "contact",
            alarm_contact_name=f"{site.name}-operators",
            describe=f"Operators of DICOM service {site.name}",
            channels_mail=settings.mail,
            lang="en",
        )
        self._group = CmsAlarmContactGroup(
            self,
            "group",
            alarm_contact_group_name=f"{site.name}-operators",
            contacts=[contact.alarm_contact_name],
        )
        cpu, disk = settings.cpu_percent, settings.disk_percent
        thresholds = {"cpu": cpu, "memory": 90, "disk": disk, "iops": 90, "connections": 80}
        for metric, threshold in thresholds.items():
            self._alarm(site, f"database-{metric}", f"database-{metric}", threshold, database.instance_id)
        hosts = {f"directory-{role}": host for role, host in directory.hosts.items()} | {"archive": archive.host}
        for name, host in hosts.items():
            for metric, threshold in {"cpu": cpu, "disk": disk, "memory": 90}.items():
                self._alarm(site, f"{name}-{metric}", f"host-{metric}", threshold, host.instance_id)
        balancers = {"directory": directory.balancer_id, "dicomweb": dicomweb.balancer_id}
        if filter:
            balancers["filter"] = filter.balancer_id
        for name, balancer in balancers.items():
            self._alarm(site, f"{name}-unhealthy", "balancer-unhealthy", 1, balancer)

    def _alarm(self, site: Identity, id: str, watched: str, threshold: int, instance: str) -> None:
        metric = METRICS[watched]
        CmsAlarm(
            self,
            id,
            name=f"{site.name}-{id}",
            project=metric.namespace,
            metric=metric.name,
            metric_dimensions=json.dumps([dict.fromkeys(metric.dimensions, instance)], separators=(",", ":")),
            contact_groups=[self._group.alarm_contact_group_name],
            period=300,
            silence_time=3600,
            escalations_critical=CmsAlarmEscalationsCritical(
                statistics=metric.statistics,
                comparison_operator=">=",
                threshold=str(threshold),
                times=3,
            ),
            timeouts=CmsAlarmTimeouts(create="5m", update="5m", delete="5m"),
        )
