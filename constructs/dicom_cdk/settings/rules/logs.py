"""What is brought into the log project: that there is something to bring."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.settings.errors import Problem, shown

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings

KEY = "logs.database"


def database(site: "SiteSettings") -> Iterator[Problem]:
    """Each kind once; every statement only where the database keeps them."""
    kinds = site.logs.database
    got = shown(", ".join(kinds))
    if len(set(kinds)) < len(kinds):
        yield Problem(KEY, "names a kind twice", got, "each of slow, error and audit once")
    if "audit" in kinds and not site.logs.database_audit:
        yield Problem(
            KEY,
            "names audit, and the database keeps no statements",
            got,
            "slow and error, or audit with logs.database_audit: true",
        )


LOG_RULES = (database,)
