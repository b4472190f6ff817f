"""Where the DICOM audit messages of both archives go: to the site's own collector, to the archive's host, or nowhere."""

from dicom_cdk.service.rooms.logs import Logs
from dicom_cdk.settings.models import archive as settings_archive

PORT = 1514
"""Where the archive's host receives them (UDP). Above 1023: its receiver is not root."""
PACKAGE = "rsyslog"
"""What receives them there."""


def received_at(settings: settings_archive.Archive, logs: Logs) -> str:
    """Address and port of the archive's host; "" where they go elsewhere or nowhere."""
    own = logs.collects_from_hosts and settings.audit_host is None
    return f"{settings.private_ip}:{PORT}" if own else ""


def values(settings: settings_archive.Archive, received: str) -> dict[str, object]:
    """What the archive's steps are told. `received`: as `received_at` says."""
    if settings.audit_host:
        return {"audit_host": settings.audit_host, "audit_port": settings.audit_port}
    return {"audit_here": received} if received else {}
