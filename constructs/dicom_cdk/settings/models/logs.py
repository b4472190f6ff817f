"""Room logs: the log project and its stores (left out by the guide)."""

from dicom_cdk.settings.models.base import Settings, setting


class Logs(Settings):
    """Log project and stores for the gateway, DICOMweb and access to the hosts."""

    project: str | None = setting(None, min_length=3, max_length=63)
    """Name of the log project, unique in the world; default <site>-<account_id>."""
    retention_days: int = setting(180, ge=1, le=3650)
    """Days that log entries are kept, the archive's `server.log` on its host included. MLPS 2.0 asks for 180 or more."""
