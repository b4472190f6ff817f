"""Room logs: a log project with a store for each kind of log, and a role that reads those that tell of patients.

Left out by the guide (facts: provider 7, item 9; cloud 4). What fills the stores of hosts, account and bucket is room watch.
"""

from typing import Literal

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_alicloud.log_project import LogProject
from cdktf_cdktf_provider_alicloud.log_store import LogStore
from cdktf_cdktf_provider_alicloud.log_store_index import (
    LogStoreIndex,
    LogStoreIndexFieldSearch,
    LogStoreIndexFullText,
)
from cdktf_cdktf_provider_alicloud.ram_policy import RamPolicy
from cdktf_cdktf_provider_alicloud.ram_role import RamRole
from cdktf_cdktf_provider_alicloud.ram_role_policy_attachment import RamRolePolicyAttachment
from cdktf_cdktf_provider_alicloud.vpc_flow_log import VpcFlowLog
from constructs import Construct

from dicom_cdk.service import log_stores
from dicom_cdk.service.identity import Identity
from dicom_cdk.service.parts import ram
from dicom_cdk.service.rooms.network import Network
from dicom_cdk.settings.models import logs as settings_logs
from dicom_cdk.settings.models import watch as settings_watch

WORD_ENDS = ", '\";=()[]{}?@&<>/:\n\t\r"
READ = (
    "log:GetLogStore",
    "log:GetLogStoreLogs",
    "log:GetLogStoreHistogram",
    "log:GetIndex",
    "log:GetLogStoreContextLogs",
)


class Logs(Construct):
    """Log project and stores."""

    project: LogProject
    name: str
    """Name of the project as text."""
    retention_days: int
    """Of every log of the site, on hosts too."""
    audit_days: int
    """Of audit messages."""
    trail_days: int
    """Of the account's API calls, 0 where they are not kept."""
    statement_days: int
    """Of SQL statements, 0 where they are not kept."""
    of_database: tuple[Literal["slow", "error", "audit"], ...]
    """Logs of the database that are brought into its store."""
    collects_from_hosts: bool
    project_name: str
    stores: dict[str, LogStore]
    """Every log store of the site, by its name in `service.log_stores`."""
    store_names: dict[str, str]
    """References to what they are called, by the same name."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        site: Identity,
        settings: settings_logs.Logs,
        watch: settings_watch.Watch,
        network: Network,
    ) -> None:
        """`watch`: what will be collected. `network`: whose flow logs are kept."""
        super().__init__(scope, id)
        kept = TerraformResourceLifecycle(prevent_destroy=True) if site.protected else None
        self.name, self.retention_days = settings.project or site.unique, settings.retention_days
        self.audit_days, self.collects_from_hosts = settings.audit_days, watch.hosts
        self.trail_days = settings.audit_days if watch.account_calls else 0
        self.statement_days = settings.audit_days if settings.database_audit else 0
        self.project = LogProject(
            self,
            "project",
            project_name=self.name,
            description=f"DICOM service {site.name}",
            tags=site.tags,
            lifecycle=kept,
        )
        # Asked of Node once: each of them is read by dozens of resources.
        self.project_name, self.store_names = self.project.project_name, {}
        self.stores = {}
        self.of_database = settings.database
        wanted = {
            "network": settings.network_flows,
            "bucket": watch.bucket_access,
            "database": bool(settings.database),
        }
        for each in log_stores.STORES:
            from_hosts = each.name in ("archive", "audit", "directory", "host", "health")
            if wanted.get(each.name, watch.hosts or not from_hosts):
                self.stores[each.name] = self._store(each, kept)
        self._readers(site)
        if settings.network_flows:
            VpcFlowLog(
                self,
                "flows",
                flow_log_name=f"{site.name}-flows",
                description=f"DICOM service {site.name}: who spoke with whom",
                resource_type="VPC",
                resource_id=network.vpc_id,
                traffic_type="All",
                project_name=self.project_name,
                log_store_name=self.store_names["network"],
                # Minutes.
                aggregation_interval="10",
                tags=site.tags,
            )

    def _store(self, each: log_stores.LogStore, kept: TerraformResourceLifecycle | None) -> LogStore:
        store = LogStore(
            self,
            each.name,
            project_name=self.project_name,
            logstore_name=each.name,
            retention_period=self.audit_days if each.audit else self.retention_days,
            shard_count=2,
            auto_split=True,
            max_split_shard_count=16,
            lifecycle=kept,
        )
        self.store_names[each.name] = store.logstore_name
        LogStoreIndex(
            self,
            f"{each.name}-index",
            project=self.project_name,
            logstore=self.store_names[each.name],
            full_text=LogStoreIndexFullText(case_sensitive=False, include_chinese=True, token=WORD_ENDS),
            field_search=[
                LogStoreIndexFieldSearch(
                    name=name, type=kind, enable_analytics=True, token=WORD_ENDS if kind == "text" else None
                )
                for name, kind in each.columns.items()
            ]
            or None,
        )
        return store

    def _readers(self, site: Identity) -> None:
        """A role that people take with a second factor to read what tells of patients; a policy for those who read the rest."""
        told = {each.name for each in log_stores.STORES if each.patients}
        role = RamRole(
            self,
            "patient-reader",
            role_name=f"{site.name}-patient-logs",
            description=f"DICOM service {site.name}: reads the log stores that tell of patients",
            assume_role_policy_document=ram.trust_people(site.account_id),
            max_session_duration=3600,
            tags=site.tags,
        )
        policy = self._policy(site, "patients", [name for name in self.stores if name in told])
        RamRolePolicyAttachment(
            self,
            "patient-reader-grant",
            role_name=role.role_name,
            policy_name=policy.policy_name,
            policy_type="Custom",
        )
        self._policy(site, "operations", [name for name in self.stores if name not in told])

    def _policy(self, site: Identity, readers: str, stores: list[str]) -> RamPolicy:
        project = f"acs:log:{site.region}:{site.account_id}:project/{self.name}"
        return RamPolicy(
            self,
            f"read-{readers}",
            policy_name=f"{site.name}-logs-{readers}",
            description=f"DICOM service {site.name}: reads the log stores {', '.join(stores)}",
            policy_document=ram.document(
                ram.allow(["log:GetProject", "log:ListLogStores"], [project]),
                *([ram.allow(READ, [f"{project}/logstore/{name}" for name in stores])] if stores else []),
            ),
        )
