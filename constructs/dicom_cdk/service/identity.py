"""Which site a room belongs to: the few plain values that every room names its resources by."""

from collections.abc import Mapping
from dataclasses import dataclass

from dicom_cdk.settings.site import SiteSettings


@dataclass(frozen=True)
class Identity:
    """Name, place and protection of the site."""

    name: str
    region: str
    account_id: str
    protected: bool
    """Whether what holds data refuses to be destroyed."""
    tags: Mapping[str, str]

    @classmethod
    def of(cls, settings: SiteSettings) -> "Identity":
        return cls(
            name=settings.name,
            region=settings.region,
            account_id=settings.account_id,
            protected=settings.protection.level == "full" and not settings.protection.destroy_data,
            tags={**settings.tags, "managed-by": "dicom-cdk", "site": settings.name},
        )

    @property
    def unique(self) -> str:
        """Name for what is unique in the world: the site's name with the account's id."""
        return f"{self.name}-{self.account_id}"
