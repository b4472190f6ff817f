"""Room alarms: who hears of trouble (left out by the guide)."""

from dicom_cdk.settings.models.base import Settings, setting


class Alarms(Settings):
    """Contact and thresholds."""

    mail: str = setting(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)
    """Mail address that alarms go to; the vendor asks it to confirm."""
    disk_percent: int = setting(80, ge=50, le=99)
    """Disk use that raises an alarm, percent."""
    cpu_percent: int = setting(80, ge=50, le=99)
    """Processor use that raises an alarm, percent."""
    on_logs: bool = True
    """Alarms on what hosts and gateway say of themselves: LDAP lag, queues, refused images, certificates that end. Who hears is a
    record of the log service in cn-heyuan, where it keeps those of an account of the China site."""
