"""Room database: ApsaraDB RDS for PostgreSQL (guide step 2) and its schema (guide 4.3)."""

from typing import Literal

from dicom_cdk.settings.models.base import ImageTag, Settings, setting


class Schema(Settings):
    """Where the SQL of the archive's tables comes from: the mirrored image, or a file in your own bucket."""

    source: Literal["image", "oss"] = "image"
    """image: from postgres-dcm4chee in the registry; oss: a zip that you put into a bucket."""
    image_tag: ImageTag | None = None
    """Tag of postgres-dcm4chee (source image); default: the one whose SQL belongs to archive.version."""
    bucket: str | None = setting(None, guide="4.3", min_length=3, max_length=63)
    """Bucket of the zip (source oss)."""
    key: str | None = setting(None, guide="4.3", min_length=1, max_length=1023)
    """Object key of the zip (source oss), such as dcm4chee-arc-5.25.2-psql.zip."""
    sha256: str | None = setting(None, pattern=r"^[0-9a-f]{64}$")
    """SHA-256 of the zip, lower-case hex (source oss)."""


class Database(Settings):
    """PostgreSQL in two zones."""

    instance_name: str | None = setting(None, min_length=2, max_length=255)
    """Name of the instance; default rds-<site>."""
    engine_version: Literal["13.0", "14.0", "15.0"] = setting("15.0", guide="2.1")
    """PostgreSQL version. Changing it upgrades in place."""
    category: Literal["HighAvailability", "cluster"] = setting("HighAvailability", guide="2.1")
    """Edition; both run in two zones."""
    instance_type: str = setting("pg.n2.2c.2m", guide="2.1", pattern=r"^(pg|pgx?)\.[a-z0-9.]+$")
    """Instance type; pg.n2.2c.2m is 2 cores, 4 GB, 400 connections."""
    storage_type: Literal["cloud_essd", "cloud_essd2", "cloud_essd3", "general_essd"] = setting(
        "cloud_essd3", guide="2.1"
    )
    """cloud_essd is PL1, cloud_essd2 is PL2, cloud_essd3 is PL3."""
    storage_gb: int = setting(1500, guide="2.1", ge=20, le=64000, multiple_of=5)
    """Storage, GB."""
    storage_limit_gb: int = setting(3000, ge=20, le=64000)
    """Storage grows by itself up to this many GB."""
    charge_type: Literal["Postpaid", "Prepaid"] = setting("Postpaid", guide="2.1")
    """Pay as you go or subscription. Deletion protection exists for Postpaid only."""
    period_months: Literal[1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 24, 36] = 12
    """Months bought at a time under Prepaid."""
    name: str = setting("pacsdb", guide="2.2", pattern=r"^[a-z][a-z0-9_-]{0,61}[a-z0-9]$")
    """Name of the database."""
    user: str = setting("pacs", guide="2.2", pattern=r"^[a-z][a-z0-9_]{0,61}[a-z0-9]$")
    """Account that owns the database."""
    backup_retention_days: int = setting(30, ge=7, le=730)
    """Days that backups are kept."""
    log_backup_retention_days: int = setting(30, ge=7, le=730)
    """Days that log backups are kept; not more than the backups."""
    backup_hour_utc: int = setting(18, ge=0, le=23)
    """Full hour (UTC) in which the daily backup starts; 18 is two at night in China."""
    maintenance_window_utc: str = setting("19:00Z-20:00Z", pattern=r"^[0-2][0-9]:00Z-[0-2][0-9]:00Z$")
    """Hours (UTC) in which the vendor may maintain the instance."""
    schema_sql: Schema = Schema()
    """Source of the archive's tables."""
