"""Room watch: what is collected, and from where (left out by the guide)."""

from dicom_cdk.settings.models.base import Settings, setting


class Watch(Settings):
    """What hosts, account and bucket say, into the log project."""

    hosts: bool = True
    """Collect from the hosts: `server.log`, audit messages, LDAP, cloud-init, units, health. By LoongCollector, the vendor's."""
    collector_sha256: str | None = setting(None, pattern=r"^[0-9a-f]{64}$")
    """SHA-256 of the collector's installer, which is refused if it differs. Without one it is taken as the vendor's region serves
    it, by TLS."""
    bucket_access: bool = True
    """Requests to the bucket of images, to be searched; files of the same are in the operations bucket in any case. Costs by GB."""
    account_calls: bool = True
    """A trail of the account's API calls (ActionTrail), to be searched, and in the operations bucket where nobody may delete it."""
