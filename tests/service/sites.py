"""Sites of many settings that do not touch each other: synthesized once, and each test looks at its own part.

`stack_with(**CHOSEN)`. A setting whose effect is told by a difference from another site stands in none of them.
"""

from typing import Any

SCHEMA = {"source": "oss", "bucket": "own-bucket", "key": "psql.zip", "sha256": "0" * 64}
WAIVER = {
    "policy": "CKV2_DICOM_71",
    "resource": "alicloud_ram_access_key.storage_key",
    "reason": "jclouds cannot use a role",
    "expires": "2027-06-30",
    "approved_by": "security office",
}
ARCHIVE_IMAGE = "registry.example.com/mirror/arc:5.25.0"
GATEWAY_IMAGE = "hospital-registry-vpc.cn-shanghai.cr.aliyuncs.com/imaging/nginx:1.28.0-own"

CHOSEN: dict[str, Any] = {
    "tags": {"team": "imaging"},
    "state": {"backend": "oss"},
    "moved": {"alicloud_vpc.old": "alicloud_vpc.network_vpc"},
    "waivers": [WAIVER],
    "logs": {"project": "own-logs", "retention_days": 400},
    "secrets": {"generations": {"storage": 3}},
    "registry": {"images": {"nginx": "registry.example.com/mirror/nginx:1.28.0", "dcm4chee_arc_psql": ARCHIVE_IMAGE}},
    "database": {
        "schema_sql": SCHEMA,
        "backup_retention_days": 90,
        "log_backup_retention_days": 60,
        "backup_hour_utc": 23,
        "charge_type": "Prepaid",
        "period_months": 24,
    },
    "storage": {"noncurrent_version_days": 99, "infrequent_after_days": 30},
    "archive": {
        "test_data": True,
        "data_disk_gb": 200,
        "verify_studies": 40,
        "audit_host": "audit.hospital.example",
        "time_zone": "Europe/Berlin",
    },
    "dicomweb": {"memory_mb": 16384, "heap_percent": 50},
    "gateway": {
        "domain": "images.clinic.com.cn",
        "dns_zone": "clinic.com.cn",
        "ae_titles": ["DCM4CHEE", "RESEARCH"],
        "allowed_origins": ["https://viewer.clinic.cn"],
        "min_instances": 0,
    },
    "watch": {"collector_sha256": "a" * 64},
    "alarms": {"mail": "a@b.cn", "disk_percent": 70, "cpu_percent": 95, "on_logs": False},
}
"""A site that makes choices in every room."""

OWN: dict[str, Any] = {
    "network": {
        "vpc_id": "vpc-own",
        "cidr": "10.20.0.0/16",
        "vswitch_l": {"id": "vsw-own-l", "zone": "cn-shanghai-b", "cidr": "10.20.1.0/24"},
        "vswitch_g": {"id": "vsw-own-g", "zone": "cn-shanghai-f", "cidr": "10.20.2.0/24"},
    },
    "directory": {"private_ip_l": "10.20.1.11", "private_ip_g": "10.20.2.11", "balancer_ip": "10.20.1.10"},
    "archive": {"private_ip": "10.20.1.12"},
    "dicomweb": {"balancer_ip": "10.20.1.20"},
    "secrets": {"kms_key_id": "key-own"},
    "registry": {"instance_id": "cri-own", "instance_name": "hospital", "link_vpc": False, "subscribe": False},
    "gateway": {"image": GATEWAY_IMAGE},
    "logs": {"database_audit": True, "retention_days": 180},
    "watch": {"hosts": False},
}
"""A site that brings its own network, key, registry and image."""

WITHOUT: dict[str, Any] = {
    "network": {"egress": "none"},
    "gateway": {"domain": "images.clinic.cn", "dns": False},
    "logs": {"network_flows": False, "database_audit": True, "retention_days": 30},
    "watch": {"hosts": False, "bucket_access": False, "account_calls": False},
}
"""A site that does without what it can do without."""

DATABASE_LOGS: dict[str, Any] = {"logs": {"database": ["slow", "audit"], "database_audit": True, "retention_days": 200}}
"""A site that collects what its database logs."""
