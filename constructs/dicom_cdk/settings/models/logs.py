"""Room logs: the log project and its stores, how long entries stay (left out by the guide). What fills them: room watch."""

from typing import Literal

from dicom_cdk.settings.models.base import Settings, setting


class Logs(Settings):
    """One log project for gateway, DICOMweb, archive, directory, hosts, network, buckets and the account's API calls."""

    project: str | None = setting(None, min_length=3, max_length=63)
    """Name of the log project, unique in the world; default <site>-<account_id>."""
    retention_days: int = setting(180, ge=1, le=3650)
    """Days that log entries are kept, the archive's `server.log` on its host included. MLPS 2.0 asks for 180 or more."""
    audit_retention_days: int | None = setting(None, ge=1, le=3650)
    """Days that DICOM audit messages and the account's API calls are kept; 2190 is six years (HIPAA). Default: `retention_days`."""
    network_flows: bool = True
    """Flow logs of the VPC: who spoke with whom. Costs by GB."""
    database: tuple[Literal["slow", "error", "audit"], ...] = ()
    """Logs of the database that are brought into the project: slow statements, errors, every statement (with `database_audit`).
    They hold patient data. Costs by GB; the service that brings them answers in cn-shanghai and ap-southeast-1."""
    database_audit: bool = False
    """Every SQL statement, kept by the database service (SQL audit). Costs by GB; holds patient data."""

    @property
    def audit_days(self) -> int:
        """Days that audit messages and API calls are kept."""
        return self.retention_days if self.audit_retention_days is None else self.audit_retention_days
