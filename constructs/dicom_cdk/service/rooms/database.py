"""Room database (guide step 2): ApsaraDB RDS for PostgreSQL in two zones, account, database, backups.

Hardened beyond the guide: TLS, encryption, whitelist of the two vSwitches, deletion protection, backups (facts: provider 2).
"""

from typing import Any

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_alicloud.db_account_privilege import DbAccountPrivilege
from cdktf_cdktf_provider_alicloud.db_backup_policy import DbBackupPolicy
from cdktf_cdktf_provider_alicloud.db_instance import DbInstance, DbInstanceParameters, DbInstanceTimeouts
from constructs import Construct

from dicom_cdk.service.identity import Identity
from dicom_cdk.service.parts.collection import collect
from dicom_cdk.service.parts.owned_database import owned_database
from dicom_cdk.service.rooms.logs import Logs
from dicom_cdk.service.rooms.network import Network
from dicom_cdk.service.rooms.secrets import Secrets
from dicom_cdk.settings.models import database as settings_database

AUDIT_DAYS = (30, 180, 365, 1095, 1825)
"""What the service offers (facts: cloud 4.3)."""
LOG_CODES = {"slow": "slow_log", "error": "error_log", "audit": "audit_log"}
"""The collection service's codes for logs of RDS: the first stands in the vendor's own landing zone (its component log-audit), the
others follow those that it has for other products."""
WEEK = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class Database(Construct):
    """PostgreSQL instance, account and database."""

    instance_id: str
    host: str
    port: str
    name: str
    user: str
    schema: settings_database.Schema
    """Where the SQL of the archive's tables comes from; room archive makes them."""
    ready: DbAccountPrivilege
    """Account owns database: the only point at which SQL can run."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        site: Identity,
        settings: settings_database.Database,
        network: Network,
        secrets: Secrets,
        logs: Logs,
    ) -> None:
        """`logs`: how long the service keeps every SQL statement, if it does."""
        super().__init__(scope, id)
        prepaid = settings.charge_type == "Prepaid"
        instance = DbInstance(
            self,
            "instance",
            instance_name=settings.instance_name or f"rds-{site.name}",
            engine="PostgreSQL",
            engine_version=settings.engine_version,
            category=settings.category,
            instance_type=settings.instance_type,
            db_instance_storage_type=settings.storage_type,
            instance_storage=settings.storage_gb,
            instance_charge_type=settings.charge_type,
            period=settings.period_months if prepaid else None,
            storage_auto_scale="Enable",
            storage_threshold=20,
            storage_upper_bound=settings.storage_limit_gb,
            vpc_id=network.vpc_id,
            # One comma-joined string, primary first.
            vswitch_id=f"{network.vswitch_l.id},{network.vswitch_g.id}",
            zone_id=network.vswitch_l.zone,
            zone_id_slave_a=network.vswitch_g.zone,
            security_ips=[network.vswitch_l.cidr, network.vswitch_g.cidr],
            ssl_action="Open",
            ca_type="aliyun",
            encryption_key=secrets.key_id,
            role_arn=f"acs:ram::{site.account_id}:role/AliyunRDSInstanceEncryptionDefaultRole",
            # The vendor offers deletion protection for pay-as-you-go only.
            deletion_protection=site.protected and not prepaid,
            auto_upgrade_minor_version="Auto",
            maintain_time=settings.maintenance_window_utc,
            monitoring_period=60,
            **_sql_audit(logs.statement_days),
            parameters=[DbInstanceParameters(name="log_connections", value="on")],
            tags=site.tags,
            timeouts=DbInstanceTimeouts(create="90m", update="60m", delete="30m"),
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if site.protected else None,
        )
        self.instance_id = instance_id = instance.id
        self.ready = owned_database(
            self,
            "database",
            instance_id=instance_id,
            settings=settings,
            password=secrets.values["database"],
            description="dcm4chee archive",
            protected=site.protected,
        )
        DbBackupPolicy(
            self,
            "backup",
            instance_id=instance_id,
            preferred_backup_period=WEEK,
            preferred_backup_time=f"{settings.backup_hour_utc:02}:00Z-{settings.backup_hour_utc + 1:02}:00Z",
            backup_retention_period=settings.backup_retention_days,
            enable_backup_log=True,
            log_backup_retention_period=settings.log_backup_retention_days,
            # Spelled so by the vendor: the last backup outlives a released instance.
            released_keep_policy="Lastest",
        )
        for kind in sorted(logs.of_database):
            collect(
                self,
                f"{kind}-log",
                site=site,
                product="rds",
                kind=LOG_CODES[kind],
                instances=[instance_id],
                project=logs.project_name,
                store=logs.store_names["database"],
                days=logs.retention_days,
            )
        self.host, self.port = instance.connection_string, instance.port
        self.name, self.user, self.schema = settings.name, settings.user, settings.schema_sql

    @property
    def connection(self) -> dict[str, object]:
        """What a host step is told of it."""
        return {
            "database_host": self.host,
            "database_name": self.name,
            "database_port": self.port,
            "database_sslmode": "require",
            "database_user": self.user,
        }

    def scripts(self, image: str) -> dict[str, object]:
        """What a host step is told of it and of the archive's SQL: `image` holds that, where no bucket does."""
        schema = self.schema
        if schema.source == "image":
            return {**self.connection, "sql_source": schema.source, "sql_image": image}
        where = {"sql_bucket": schema.bucket, "sql_key": schema.key, "sql_sha256": schema.sha256}
        return {**self.connection, "sql_source": schema.source, **where}


def _sql_audit(days: int) -> dict[str, Any]:
    """Kept by the service for the shortest of its times that is no shorter than `days`; 0: not at all."""
    if not days:
        return {}
    offered = [each for each in AUDIT_DAYS if each >= days] or [AUDIT_DAYS[-1]]
    return {"sql_collector_status": "Enabled", "sql_collector_config_value": offered[0]}
