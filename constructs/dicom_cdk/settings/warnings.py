"""What a site is allowed to choose but should know: said by every synthesis, refused by none."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dicom_cdk.releases.table import release
from dicom_cdk.settings.errors import Problem, shown

if TYPE_CHECKING:
    from dicom_cdk.settings.site import SiteSettings


def archive_faults(site: "SiteSettings") -> Iterator[Problem]:
    """A release that is known not to do all that a DICOM service promises."""
    known = release(site.archive.behaves_like or site.archive.version)
    if known is not None and known.faults:
        yield Problem("archive.version", f"{shown(site.archive.version)}: {known.faults}")


WARNINGS = (archive_faults,)


def warnings(site: "SiteSettings") -> list[str]:
    """One line each, in a fixed order; empty for a site without any."""
    return [str(problem) for warn in WARNINGS for problem in warn(site)]
