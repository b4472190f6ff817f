"""Where each tenant's images lie, and whose devices bring them."""

from collections.abc import Sequence
from dataclasses import dataclass

from dicom_cdk.settings.models import storage as settings_storage


@dataclass(frozen=True)
class Tenant:
    """An AE title of the archive with a place of its own. `tenants_of` makes them from a site's settings."""

    ae_title: str
    bucket: str
    """Name of the bucket: its own, or the site's with a prefix."""
    prefix: str
    """Folder inside the bucket; "" where the bucket is its own."""
    storage_id: str
    """In the directory."""
    hospitals: tuple[str, ...]
    """Whose listed devices call it."""

    @property
    def key(self) -> str:
        """For names of resources: of the letters that a storage has."""
        return self.ae_title.lower().replace(".", "-")

    @property
    def told(self) -> dict[str, str]:
        """As the step gets it."""
        return {
            "ae_title": self.ae_title,
            "bucket": self.bucket,
            "key": self.key,
            "prefix": self.prefix,
            "storage_id": self.storage_id,
        }


def tenants_of(settings: settings_storage.Storage, bucket: str) -> tuple[Tenant, ...]:
    """In the order of their AE titles; `bucket` is the site's."""
    found = [
        Tenant(
            ae_title=one.ae_title,
            bucket=one.bucket or bucket,
            prefix=one.prefix or "",
            storage_id=f"{settings.storage_id}-{one.ae_title.lower().replace('.', '-')}",
            hospitals=one.hospitals,
        )
        for one in settings.tenants
    ]
    return tuple(sorted(found, key=lambda one: one.ae_title))


def own_buckets(tenants: Sequence[Tenant]) -> list[Tenant]:
    """Those with a bucket of their own."""
    return [one for one in tenants if not one.prefix]
