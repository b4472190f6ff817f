"""Room alarms: a mail contact, and alarms on database, hosts and balancers (left out by the guide; facts: provider 7, item 9)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from cdktf_cdktf_provider_alicloud.cms_alarm import CmsAlarm, CmsAlarmEscalationsCritical, CmsAlarmTimeouts
from cdktf_cdktf_provider_alicloud.cms_alarm_contact import CmsAlarmContact
from cdktf_cdktf_provider_alicloud.cms_alarm_contact_group import CmsAlarmContactGroup
from constructs import Construct

from dicom_cdk.service.identity import Identity
from dicom_cdk.settings.models import alarms as settings_alarms


@dataclass(frozen=True)
class Watch:
    """One metric of CloudMonitor: its namespace, its name, the threshold in the metric's unit."""

    namespace: str
    metric: str
    threshold: int
    statistics: str = "Average"
    dimension: str = "instanceId"


class Alarms(Construct):
    """Contact and alarms."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        site: Identity,
        settings: settings_alarms.Alarms,
        database: str,
        hosts: Mapping[str, str],
        balancers: Mapping[str, str],
    ) -> None:
        """`database`: an instance id; `hosts`, `balancers`: ids by name."""
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
        for name, watch in {
            "cpu": Watch("acs_rds_dashboard", "CpuUsage", cpu),
            "disk": Watch("acs_rds_dashboard", "DiskUsage", disk),
            "connections": Watch("acs_rds_dashboard", "ConnectionUsage", 80),
        }.items():
            self._alarm(site, f"database-{name}", watch, database)
        for host, instance in hosts.items():
            self._alarm(site, f"{host}-cpu", Watch("acs_ecs_dashboard", "CPUUtilization", cpu), instance)
            self._alarm(site, f"{host}-disk", Watch("acs_ecs_dashboard", "diskusage_utilization", disk), instance)
            self._alarm(site, f"{host}-memory", Watch("acs_ecs_dashboard", "memory_usedutilization", 90), instance)
        for balancer, instance in balancers.items():
            unhealthy = Watch("acs_slb_dashboard", "UnhealthyServerCount", 1, statistics="Maximum")
            self._alarm(site, f"{balancer}-unhealthy", unhealthy, instance)

    def _alarm(self, site: Identity, id: str, watch: Watch, instance: str) -> None:
        CmsAlarm(
            self,
            id,
            name=f"{site.name}-{id}",
            project=watch.namespace,
            metric=watch.metric,
            metric_dimensions=json.dumps([{watch.dimension: instance}], separators=(",", ":")),
            contact_groups=[self._group.alarm_contact_group_name],
            period=300,
            silence_time=3600,
            escalations_critical=CmsAlarmEscalationsCritical(
                statistics=watch.statistics,
                comparison_operator=">=",
                threshold=str(watch.threshold),
                times=3,
            ),
            timeouts=CmsAlarmTimeouts(create="5m", update="5m", delete="5m"),
        )
