"""Room watch: brings the logs of hosts, account and bucket into the log project (facts: cloud 4).

Over 200 lines: each source of logs once, beside the others.

The step on hosts is the last on each host and nothing waits for it: a host that cannot be watched yet still serves.
"""

import json

from cdktf import ITerraformDependable, Token
from cdktf_cdktf_provider_alicloud.actiontrail_trail import ActiontrailTrail
from cdktf_cdktf_provider_alicloud.cms_site_monitor import (
    CmsSiteMonitor,
    CmsSiteMonitorOptionJson,
    CmsSiteMonitorOptionJsonAssertions,
)
from cdktf_cdktf_provider_alicloud.log_dashboard import LogDashboard
from cdktf_cdktf_provider_alicloud.log_machine_group import LogMachineGroup
from cdktf_cdktf_provider_alicloud.logtail_attachment import LogtailAttachment
from cdktf_cdktf_provider_alicloud.logtail_config import LogtailConfig
from cdktf_cdktf_provider_alicloud.oss_bucket import OssBucket
from constructs import Construct

from dicom_cdk.payload.bundle import Bundle
from dicom_cdk.service.log_dashboard import CHARTS, char_list
from dicom_cdk.service.log_sources import SOURCES
from dicom_cdk.service.parts import ram
from dicom_cdk.service.parts.collection import collect
from dicom_cdk.service.parts.docker_host import DockerHost
from dicom_cdk.service.parts.host_step import HostStep
from dicom_cdk.service.parts.ingress import allow_group
from dicom_cdk.service.rooms import archive_audit
from dicom_cdk.service.rooms.archive import Archive
from dicom_cdk.service.rooms.gateway import Gateway
from dicom_cdk.service.rooms.platform import Platform
from dicom_cdk.service.rooms.storage import TRAIL_PREFIX, Storage
from dicom_cdk.settings.models import watch as settings_watch


class Watch(Construct):
    """The collector's configurations and its step on each host, the trail of API calls, the bucket's requests."""

    hosts: dict[str, DockerHost]
    """The hosts that send numbers, by name; empty where nothing is collected from hosts."""
    buckets: dict[str, OssBucket]
    """Whose requests are looked at."""
    uptime_id: str | None
    """The check of the gateway from outside; None where its address is known to the cloud only."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: settings_watch.Watch,
        platform: Platform,
        storage: Storage,
        archive: Archive,
        gateway: Gateway,
    ) -> None:
        """`archive`: its host, and those of the directory that it was made with. `gateway`: its certificate's end is looked at."""
        super().__init__(scope, id)
        self._platform, self._settings = platform, settings
        self.hosts = {}
        self.buckets = {name: bucket for name, (_, bucket) in storage.image_buckets.items()}
        # The function's own address is known to the cloud only, and so is its certificate's end.
        domain = "" if Token.is_unresolved(gateway.url) else gateway.url.removeprefix("https://")
        if settings.hosts:
            self._configure()
            pair = {f"directory-{role}": host for role, host in archive.directory.hosts.items()}
            self.hosts = {**pair, "archive": archive.host}
            for name, host in pair.items():
                self._watch(name, host, "directory", after=archive.directory.ready)
            own = {"audit_address": archive.audit, "gateway_domain": domain}
            self._watch("archive", archive.host, "archive", after=archive.ready, **own)
        LogDashboard(
            self,
            "dashboard",
            project_name=platform.logs.project_name,
            dashboard_name=f"{platform.site.name}-service",
            display_name=f"DICOM service {platform.site.name}",
            attribute=_text({"type": "grid"}),
            # A chart on a store that is not there is refused.
            char_list=_text(char_list([chart for chart in CHARTS if chart.store in platform.logs.stores])),
            depends_on=[platform.logs.stores[name] for name in ("gateway", "health") if name in platform.logs.stores],
        )
        self.uptime_id = self._uptime(gateway) if domain else None
        if archive.audit:
            allow_group(
                self,
                "audit-from-dicomweb",
                into=platform.network.groups["archive"],
                port=archive_audit.PORT,
                client=platform.network.groups["dicomweb"],
                reason="DICOM audit messages from dicomweb",
                protocol="udp",
            )
        if settings.bucket_access:
            self._bucket(storage)
        if settings.account_calls:
            self._trail(storage)

    def _configure(self) -> None:
        site, logs = self._platform.site, self._platform.logs
        groups = {
            room: LogMachineGroup(
                self,
                f"group-{room}",
                project=logs.project_name,
                name=f"{site.name}-{room}",
                identify_type="userdefined",
                # What a host says of itself: it joins without its address being known.
                identify_list=[f"{site.name}-{room}"],
            ).name
            for room in ("directory", "archive")
        }
        for source in SOURCES:
            config_name = LogtailConfig(
                self,
                source.name,
                project=logs.project_name,
                logstore=logs.store_names[source.store],
                name=f"{site.name}-{source.name}",
                input_type=source.input_type,
                output_type="LogService",
                input_detail=_text(source.detail),
            ).name
            for room in source.rooms:
                LogtailAttachment(
                    self,
                    f"{source.name}-at-{room}",
                    project=logs.project_name,
                    logtail_config_name=config_name,
                    machine_group_name=groups[room],
                )

    def _watch(self, name: str, host: DockerHost, room: str, *, after: list[ITerraformDependable], **own: str) -> None:
        site, digest = self._platform.site, self._settings.collector_sha256
        HostStep(
            self,
            name,
            host=host,
            bundle=Bundle.from_assets("watch"),
            entry="watch",
            values={
                "collector_group": f"{site.name}-{room}",
                "host": name,
                "region": site.region,
                "retention_days": self._platform.logs.retention_days,
                "room": room,
                **({"collector_sha256": digest} if digest else {}),
                **{key: value for key, value in own.items() if value},
            },
            after=after,
        )

    def _uptime(self, gateway: Gateway) -> str:
        """From outside, every five minutes. Without a signature: 403 is the gateway's own answer, so it is there and guarded."""
        check = CmsSiteMonitor(
            self,
            "uptime",
            task_name=f"{self._platform.site.name}-gateway",
            task_type="HTTP",
            address=f"{gateway.url}/",
            interval="5",
            option_json=CmsSiteMonitorOptionJson(
                http_method="get",
                timeout=10000,
                assertions=[CmsSiteMonitorOptionJsonAssertions(type="status_code", operator="equals", target="403")],
            ),
        )
        return str(check.id)

    def _bucket(self, storage: Storage) -> None:
        """Within minutes instead of hours, and to be searched."""
        site, logs = self._platform.site, self._platform.logs
        collect(
            self,
            "bucket-access",
            site=site,
            product="oss",
            kind="access_log",
            instances=[bucket.bucket for _, bucket in storage.image_buckets.values()],
            project=logs.project_name,
            store=logs.store_names["bucket"],
            days=logs.retention_days,
        )

    def _trail(self, storage: Storage) -> None:
        """Into the project, to be searched, and below a prefix of the operations bucket that nobody may delete from."""
        site, logs, secrets = self._platform.site, self._platform.logs, self._platform.secrets
        role = ram.Role(
            self,
            "trail-role",
            name=f"{site.name}-trail",
            description=f"DICOM service {site.name}: ActionTrail writes API calls",
            service="actiontrail.aliyuncs.com",
            tags=site.tags,
        )
        bucket = f"acs:oss:*:{site.account_id}:{storage.operations_name}"
        ram.grant(
            self,
            "trail-writes",
            role=role,
            name=f"{site.name}-trail",
            statements=[
                ram.allow(["oss:PutObject"], [f"{bucket}/{TRAIL_PREFIX}*"]),
                ram.allow(["oss:GetBucketInfo", "oss:GetBucketLocation", "oss:ListObjects"], [bucket]),
                # The bucket's objects are encrypted with the site's key.
                ram.allow(["kms:GenerateDataKey", "kms:Decrypt"], [secrets.key_arn]),
            ],
        )
        ActiontrailTrail(
            self,
            "trail",
            trail_name=f"{site.name}-calls",
            event_rw="All",
            trail_region="All",
            oss_bucket_name=storage.operations.bucket,
            oss_key_prefix=TRAIL_PREFIX.rstrip("/"),
            oss_write_role_arn=role.arn,
            # ActionTrail makes its own store in the project, by its own service-linked role.
            sls_project_arn=f"acs:log:{site.region}:{site.account_id}:project/{logs.project_name}",
            depends_on=role.grants,
        )


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
