"""CloudMonitor's metrics that alarms watch: one table, with the source of every name.

Names are case-sensitive and the odd spellings are the vendor's. A rule on a metric that never reports stays silent for ever, so
a name stands here only with where it was read. For PostgreSQL other names are true than for MySQL (CpuUsage, DiskUsage …), which
stay silent on it.

Left out, since no source tells all of it: Function Compute (`acs_fc`: by which statistic), SAE (`acs_serverless`: by which
dimensions), KMS (`acs_kms`: dimensions), and whatever would tell that a subscription or a budget
runs out. docs/runbook.md says what tells of these instead.
"""

from dataclasses import dataclass
from typing import Literal

_RDS = "vendor's repository aliyun/alibabacloud-aiops-skills, Common Metrics Quick Reference of its alert-rule skill"
_ECS = "vendor's documentation, Host monitoring metrics (basic, by the hypervisor)"
_AGENT = "vendor's documentation, Host monitoring metrics (operating system, by the CloudMonitor agent)"
_OSS = "vendor's documentation, Appendix 1: Metrics, Object Storage Service"
_CLB = "vendor's documentation, CLB monitoring metrics; Monitoring and alerting metrics"
_SITE = "vendor's documentation, DescribeSiteMonitorAttribute: namespace, metric, dimension and statistic of a task's own rules"
_NAT = "vendor's documentation, Appendix 1: Metrics, NAT Gateway"


@dataclass(frozen=True)
class Metric:
    """One metric: where CloudMonitor keeps it, by what an instance is told, how its values are drawn together."""

    namespace: str
    name: str
    dimensions: tuple[str, ...]
    """Names of the dimensions that a rule gives; `userId` is filled in by the service."""
    statistics: Literal["Average", "Availability", "Maximum", "Minimum", "Value"]
    unit: str
    source: str
    comparison: Literal[">=", "<"] = ">="
    """How a value is held against the threshold."""


METRICS = {
    "database-cpu": Metric("acs_rds_dashboard", "cpu_usage", ("instanceId",), "Average", "%", _RDS),
    "database-memory": Metric("acs_rds_dashboard", "mem_usage", ("instanceId",), "Average", "%", _RDS),
    "database-disk": Metric("acs_rds_dashboard", "local_fs_size_usage", ("instanceId",), "Average", "%", _RDS),
    "database-iops": Metric("acs_rds_dashboard", "iops_usage", ("instanceId",), "Average", "%", _RDS),
    "database-connections": Metric("acs_rds_dashboard", "conn_usgae", ("instanceId",), "Average", "%", _RDS),
    "host-cpu": Metric("acs_ecs_dashboard", "CPUUtilization", ("instanceId",), "Average", "%", _ECS),
    "host-disk": Metric("acs_ecs_dashboard", "diskusage_utilization", ("instanceId",), "Average", "%", _AGENT),
    "host-memory": Metric("acs_ecs_dashboard", "memory_usedutilization", ("instanceId",), "Average", "%", _AGENT),
    "balancer-unhealthy": Metric("acs_slb_dashboard", "UnhealthyServerCount", ("instanceId",), "Maximum", "", _CLB),
    "balancer-empty": Metric("acs_slb_dashboard", "HeathyServerCount", ("instanceId",), "Maximum", "", _CLB, "<"),
    "nat-connections": Metric(
        "acs_nat_gateway", "SessionActiveConnectionWaterLever", ("instanceId",), "Value", "%", _NAT
    ),
    "nat-drops": Metric("acs_nat_gateway", "SessionLimitDropConnection", ("instanceId",), "Value", "", _NAT),
    "gateway-outside": Metric("acs_networkmonitor", "Availability", ("taskId",), "Availability", "%", _SITE, "<"),
    "storage-availability": Metric("acs_oss_dashboard", "Availability", ("BucketName",), "Value", "%", _OSS, "<"),
}
"""By what is watched and how."""
